import type { App } from './app.ts';
import { dueFor } from './domain/calendar.ts';
import { compose, type Wish } from './domain/compose.ts';
import { addresseeOf } from './domain/weekly.ts';
import { tastesFor } from './ranking.ts';
import { lookbacks } from './store/lookback.ts';
import type { Taken } from './store/slices.ts';
import type { Subscriber } from './store/subscribers.ts';
import { deliveredAmong } from './store/taking.ts';

const WEEK_DAYS = 7;

/** Whose digest, and which of their earlier ones count. */
interface Looking {
  /** As if no earlier digest had brought anything, to show what preferences do. */
  readonly anew?: boolean;
  /** As before the edition's own digest left. */
  readonly before?: boolean;
  /** What their delivery froze. */
  readonly lookbackDays?: number | undefined;
}

/** What a subscriber's digest of an edition is made of, as far as it is known now. Writes nothing. */
export async function wishOf(
  app: Pick<App, 'db' | 'edition'>,
  editionId: string,
  { id, preferences }: Pick<Subscriber, 'id' | 'preferences'>,
  { anew = false, before = false, lookbackDays }: Looking = {},
): Promise<Wish> {
  const { prepared, ranking } = await app.edition(editionId);
  const { edition } = prepared;
  const paperIds = edition.candidates.map(({ paper }) => paper.id);
  const had = anew
    ? new Map<number, Set<string>>()
    : await deliveredAmong(app.db, [id], paperIds, before ? editionId : undefined);
  const asking = [{ subscriberId: id, preferences }];
  const tastes = await tastesFor(app.db, ranking, asking, { keep: false });
  const { lookbackDays: ofSchedule = WEEK_DAYS } =
    dueFor(preferences, new Date(edition.cutOffAt)) ?? {};
  const ofReader = anew
    ? undefined
    : (await lookbacks(app.db, editionId, [{ id, days: ofSchedule }])).get(id);
  return {
    preferences,
    delivered: had.get(id) ?? new Set(),
    lookbackDays: lookbackDays ?? ofReader ?? ofSchedule,
    tastes: tastes.get(id),
  };
}

/** What the first taking would freeze for a subscriber if it happened now. */
export async function wouldTake(
  app: Pick<App, 'db' | 'edition'>,
  editionId: string,
  subscriber: Pick<Subscriber, 'id' | 'email' | 'preferences'>,
  looking: Looking = {},
): Promise<Taken> {
  const { prepared } = await app.edition(editionId);
  const { id, email } = subscriber;
  const wish = await wishOf(app, editionId, subscriber, looking);
  const composition = compose(prepared, wish);
  return {
    subscriberId: id,
    addressee: addresseeOf(prepared, { ...wish, email }, composition),
    composition,
  };
}
