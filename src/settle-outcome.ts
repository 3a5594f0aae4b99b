import type { App } from './app.ts';
import type { Outcome } from './domain/outcome.ts';
import { done, type Ending } from './queue/job.ts';
import { holdProvider, providerFailed, providerWorks } from './store/brakes.ts';
import { recordRefused, recordSubmitted, recordUnknown, splitSlice } from './store/settle.ts';
import { type Claimed, releaseSlice, type Taken } from './store/slices.ts';

const HALT_RETRY_MS = 300_000;
const UNKNOWN_WAIT_MIN_MS = 500;
const UNKNOWN_WAIT_MAX_MS = 60_000;

/**
 * The ledger's side of the five outcomes, and what they say of the provider as a whole.
 * @param probe whether this request was the one that tried if the provider takes something again.
 */
export async function settleOutcome(
  app: App,
  slice: Claimed,
  taken: readonly Taken[],
  outcome: Outcome,
  probe: boolean,
): Promise<Ending> {
  const now = app.now();
  switch (outcome.kind) {
    case 'submitted':
      await recordSubmitted(
        app.db,
        slice.id,
        taken.map(({ subscriberId }, index) => ({
          subscriberId,
          providerId: outcome.providerIds[index] ?? '',
        })),
        now,
      );
      await providerWorks(app.db, probe);
      return done;
    case 'busy':
    case 'halted':
      return hold(app, slice, outcome);
    case 'refused':
      await providerWorks(app.db, probe);
      return refuse(app, slice, taken, outcome);
    case 'unknown':
      await providerFailed(app.db, outcome.why, now);
      return repeat(app, slice, outcome);
  }
}

/** Nothing was taken, and nothing of any slice will be for a while: everybody waits. */
async function hold(
  app: App,
  slice: Claimed,
  outcome: Extract<Outcome, { kind: 'busy' | 'halted' }>,
): Promise<Ending> {
  const now = app.now();
  const afterMs = outcome.retryAfterMs ?? HALT_RETRY_MS;
  const until = new Date(now.getTime() + afterMs);
  const news = await holdProvider(app.db, outcome.kind, until, outcome.why, now);
  const alert = news && outcome.kind === 'halted';
  return again(app, slice, afterMs, outcome.why, alert ? 'halt' : 'later');
}

/** It may have been taken: the same bytes under the same key again, for as long as the key lives. */
async function repeat(
  app: App,
  slice: Claimed,
  outcome: Extract<Outcome, { kind: 'unknown' }>,
): Promise<Ending> {
  const now = app.now();
  const since = slice.firstAttemptAt ?? now;
  const backoffMs = Math.min(UNKNOWN_WAIT_MAX_MS, UNKNOWN_WAIT_MIN_MS * 2 ** (slice.attempts - 1));
  const waitMs = Math.max(outcome.retryAfterMs ?? 0, backoffMs);
  if (now.getTime() + waitMs - since.getTime() >= app.provider.keyLifeMs) {
    await recordUnknown(app.db, slice.id, outcome.why, now);
    const why = `slice ${slice.id} may or may not have gone out, and no repeat is safe: ${outcome.why}`;
    return { kind: 'dead', why };
  }
  return again(app, slice, waitMs, outcome.why, 'later');
}

/** Nothing was taken. One email is the reason: find it by halves, and send the others. */
async function refuse(
  app: App,
  slice: Claimed,
  taken: readonly Taken[],
  { why, culprits }: Extract<Outcome, { kind: 'refused' }>,
): Promise<Ending> {
  const now = app.now();
  if (taken.length === 1) {
    await recordRefused(app.db, slice.id, why, now);
    return done;
  }
  const numbers = taken.map(({ subscriberId }) => subscriberId);
  const slices = await splitSlice(app.db, slice.id, groupsOf(numbers, culprits), why, now);
  await app.queue.enqueueAll(
    'submit',
    slices.map((sliceId) => ({ sliceId })),
  );
  return done;
}

/** Named culprits each alone and the others together; otherwise two halves. */
function groupsOf(numbers: readonly number[], culprits: readonly number[]): number[][] {
  const named = culprits.flatMap((index) => numbers[index] ?? []);
  if (named.length > 0 && named.length < numbers.length) {
    return [
      numbers.filter((number) => !named.includes(number)),
      ...named.map((number) => [number]),
    ];
  }
  const half = Math.ceil(numbers.length / 2);
  return [numbers.slice(0, half), numbers.slice(half)];
}

async function again(
  app: App,
  slice: Claimed,
  afterMs: number,
  why: string,
  kind: 'later' | 'halt',
): Promise<Ending> {
  await releaseSlice(app.db, slice, new Date(app.now().getTime() + afterMs), why);
  return { kind, afterMs, why: `slice ${slice.id}: ${why}` };
}
