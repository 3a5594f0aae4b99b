import type { App } from './app.ts';
import { dueFor } from './domain/calendar.ts';
import { compose } from './domain/compose.ts';
import { addresseeOf } from './domain/weekly.ts';
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
  const { prepared } = await app.edition(editionId);
  const { edition } = prepared;
  const paperIds = edition.candidates.map(({ paper }) => paper.id);
  const delivered = anew
    ? new Map<number, Set<string>>()
    : await deliveredAmong(app.db, [subscriber.id], paperIds);
  const { preferences, email } = subscriber;
  const due = dueFor(preferences, new Date(edition.cutOffAt));
  const wish = {
    preferences,
    delivered: delivered.get(subscriber.id) ?? new Set<string>(),
    lookbackDays: due?.lookbackDays ?? WEEK_DAYS,
  };
  const composition = compose(prepared, wish);
  return {
    subscriberId: subscriber.id,
    addressee: addresseeOf(prepared, { ...wish, email }, composition),
    composition,
  };
}
