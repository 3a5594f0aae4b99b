import type { App } from './app.ts';
import { tombstones } from './domain/erasure.ts';
import { withinLimit } from './limits.ts';
import type { Occasion } from './store/leaving.ts';
import { askSignup, type Wish } from './store/signups.ts';

const HOUR_MS = 3_600_000;
/** Forms of one network in an hour: a university shares an address, a robot sends thousands. */
const PER_NETWORK = 20;

/** What becomes of a sign-up, as far as whoever asked may know. */
export type SignupAnswer = 'asked' | 'limited' | 'blocked domain';

/**
 * Takes a wish to subscribe. The answer is the same whether the address is known, suppressed, asked
 * too often or new: only the owner of the address learns which, by the mail that comes or does not.
 */
export async function signUp(
  app: Pick<App, 'db' | 'queue' | 'now' | 'keys' | 'config' | 'blocked'>,
  wish: Wish,
  occasion: Occasion,
): Promise<SignupAnswer> {
  if (!(await mayAsk(app, occasion.network))) return 'limited';
  const blocked = app.blocked(wish.email);
  if (blocked === 'domain') return 'blocked domain';
  const { perHour } = app.config.signups;
  if (!(await withinLimit(app, 'sign-ups', perHour, HOUR_MS))) return 'limited';
  if (blocked === 'address') return 'asked';
  const forgotten = tombstones(app.keys, wish.email);
  const noticeId = await askSignup(app.db, wish, occasion, forgotten, app.now());
  await notifySoon(app, noticeId);
  return 'asked';
}

/** Whether a network may send another form that may end in an email. */
export function mayAsk(app: Pick<App, 'db' | 'queue' | 'now'>, network: string): Promise<boolean> {
  return withinLimit(app, `forms from ${network}`, PER_NETWORK, HOUR_MS);
}

/** Asks for a notice to go out. When the queue is away the sweep asks: the ledger has it. */
export async function notifySoon(
  app: Pick<App, 'queue'>,
  noticeId: number | undefined,
): Promise<void> {
  if (noticeId !== undefined) await app.queue.enqueue('notify', { noticeId }).catch(() => {});
}
