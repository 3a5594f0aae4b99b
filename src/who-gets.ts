import type { App } from './app.ts';
import { emailKey } from './domain/address.ts';
import { dueFor } from './domain/calendar.ts';
import { decide } from './domain/delivery.ts';
import { tastesFor } from './ranking.ts';
import { deliveryStates } from './store/deliveries.ts';
import { editionRow } from './store/editions.ts';
import { lookbacks } from './store/lookback.ts';
import { listSubscribers, type Subscriber } from './store/subscribers.ts';
import { deliveredAmong } from './store/taking.ts';

/** What a send would do for one subscriber. */
export interface Verdict {
  readonly email: string;
  readonly papers: readonly { readonly id: string; readonly title: string }[];
  /** Why they would get nothing; undefined when they would get the papers. */
  readonly why: string | undefined;
}

const WEEK_DAYS = 7;

/**
 * What an operator's send of an edition at a moment would do, person by person, by the same rules
 * that the send itself follows. Writes nothing.
 * @param only addresses to look at; absent: everybody.
 */
export async function* whoGets(
  app: Pick<App, 'db' | 'edition'>,
  editionId: string,
  at: Date,
  only: readonly string[] | undefined,
): AsyncGenerator<Verdict> {
  const edition = await editionRow(app.db, editionId);
  const { prepared, ranking } = await app.edition(editionId);
  const paperIds = prepared.edition.candidates.map(({ paper }) => paper.id);
  const titles = new Map(prepared.edition.candidates.map(({ paper }) => [paper.id, paper.title]));
  const named = only === undefined ? undefined : new Set(only.map(emailKey));
  for (let page = await listSubscribers(app.db); page.length > 0; ) {
    const wanted = page.filter(({ email }) => named === undefined || named.has(emailKey(email)));
    const ids = wanted.map(({ id }) => id);
    const had = await deliveredAmong(app.db, ids, paperIds);
    const asking = wanted.map(({ id, preferences }) => ({ subscriberId: id, preferences }));
    const tastes = await tastesFor(app.db, ranking, asking, { keep: false });
    const dues = new Map(wanted.map((one) => [one.id, dueFor(one.preferences, edition.cutOffAt)]));
    const days = await lookbacks(
      app.db,
      editionId,
      ids.map((id) => ({ id, days: dues.get(id)?.lookbackDays ?? WEEK_DAYS })),
    );
    const states = await deliveryStates(app.db, editionId, ids);
    for (const subscriber of wanted) {
      yield verdict(subscriber);
    }
    page = await listSubscribers(app.db, page.at(-1)?.id);

    function verdict(subscriber: Subscriber): Verdict {
      const { email, preferences } = subscriber;
      const no = (why: string): Verdict => ({ email, papers: [], why });
      const state = states.get(subscriber.id);
      if (state !== undefined) return no(`has a delivery of this edition already: ${state}`);
      if (!preferences.digests.includes(edition.digest)) return no(`reads other digests`);
      if (dues.get(subscriber.id) === undefined && named === undefined) {
        return no(`${preferences.cadence}: this edition's day is not one of theirs`);
      }
      const decision = decide(
        prepared,
        {
          ...subscriber,
          subscriberId: subscriber.id,
          dueAt: at,
          lookbackDays: days.get(subscriber.id) ?? WEEK_DAYS,
          delivered: had.get(subscriber.id) ?? new Set(),
          tastes: tastes.get(subscriber.id),
        },
        { now: at, latestByHours: edition.latestByHours },
      );
      if (decision.kind !== 'deliver') return no(decision.why);
      const papers = decision.composition.map(({ paperId }) => ({
        id: paperId,
        title: titles.get(paperId) ?? '',
      }));
      return { email, papers, why: undefined };
    }
  }
}
