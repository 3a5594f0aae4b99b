import type { App } from './app.ts';
import { dueFor } from './domain/calendar.ts';
import { compose } from './domain/compose.ts';
import { tastesFor } from './ranking.ts';
import type { Taken } from './store/slices.ts';
import type { Subscriber } from './store/subscribers.ts';
import { deliveredAmong } from './store/taking.ts';

const WEEK_DAYS = 7;

/**
 * What the first taking would freeze for a subscriber if it happened now.
 * @param anew as if no earlier digest had brought anything, to show what preferences do.
 */
export async function wouldTake(
  app: Pick<App, 'db' | 'edition'>,
  editionId: string,
  subscriber: Pick<Subscriber, 'id' | 'email' | 'preferences'>,
  { anew = false }: { anew?: boolean } = {},
): Promise<Taken> {
  const { prepared, ranking } = await app.edition(editionId);
  const { edition } = prepared;
  const paperIds = edition.candidates.map(({ paper }) => paper.id);
  const delivered = anew
    ? new Map<number, Set<string>>()
    : await deliveredAmong(app.db, [subscriber.id], paperIds);
  const { preferences, email } = subscriber;
  const asking = [{ subscriberId: subscriber.id, preferences }];
  const tastes = await tastesFor(app.db, ranking, asking, { keep: false });
  const due = dueFor(preferences, new Date(edition.cutOffAt));
  return {
    subscriberId: subscriber.id,
    addressee: { email, layout: preferences.layout, language: preferences.language },
    composition: compose(prepared, {
      preferences,
      delivered: delivered.get(subscriber.id) ?? new Set(),
      lookbackDays: due?.lookbackDays ?? WEEK_DAYS,
      tastes: tastes.get(subscriber.id),
    }),
  };
}
