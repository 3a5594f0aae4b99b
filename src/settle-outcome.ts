import { alertHalted } from './alert.ts';
import type { App } from './app.ts';
import type { Outcome } from './domain/outcome.ts';
import { done, type Ending } from './queue/job.ts';
import { clearDoubt } from './store/attempt.ts';
import { holdProvider, providerFailed, providerWorks } from './store/brakes.ts';
import { holdBack } from './store/held-back.ts';
import { recordRefused, recordSubmitted, recordUnknown, splitSlice } from './store/settle.ts';
import { type Claimed, releaseSlice, type Taken } from './store/slices.ts';

/** After a halt of which the provider did not say how long it lasts. */
export const HALT_RETRY_MS = 300_000;
/** While others can try, a slice that was halted so many times waits 32 times as long. */
const PATIENCE_MAX = 5;
const UNKNOWN_WAIT_MIN_MS = 500;
const UNKNOWN_WAIT_MAX_MS = 60_000;

/** How long to wait after so many attempts, the last of which got no clear answer, ms. */
export const unknownWaitMs = (attempts: number): number =>
  Math.min(UNKNOWN_WAIT_MAX_MS, UNKNOWN_WAIT_MIN_MS * 2 ** (attempts - 1));

/** A request that has left, and what was known when it did. */
export interface Attempted {
  readonly slice: Claimed;
  readonly taken: readonly Taken[];
  /** It was the one that tried whether the provider takes something again. */
  readonly probe: boolean;
  readonly inDoubtSince: Date;
  /** No earlier request of the slice may have been taken. */
  readonly cleanBefore: boolean;
}

/** The ledger's side of the seven outcomes, and what they say of the provider as a whole. */
export async function settleOutcome(
  app: App,
  attempted: Attempted,
  outcome: Outcome,
): Promise<Ending> {
  const { slice, taken, probe } = attempted;
  const now = app.now();
  switch (outcome.kind) {
    case 'submitted':
    case 'partly':
      await submitted(app, slice.id, taken, outcome, now);
      await works(app, probe);
      return done;
    case 'busy':
    case 'halted':
      return hold(app, attempted, outcome);
    case 'refused':
      await works(app, probe);
      return refuse(app, slice, taken, outcome);
    case 'conflict':
      await works(app, probe);
      return settleUnknown(app, slice, outcome.why);
    case 'unknown':
      if (outcome.scope === 'slice') await works(app, probe);
      else await providerFailed(app.db, outcome.why, now);
      return repeat(app, attempted, outcome);
  }
}

/** The provider answered as it should: when that was to be tried, the others are asked for at once. */
export async function works(app: Pick<App, 'db' | 'queue'>, probe: boolean): Promise<void> {
  if (!(await providerWorks(app.db, probe))) return;
  // A queue that is away now gives them back by their own delay.
  for (const name of ['submit', 'notify'] as const) await app.queue.hurry(name).catch(() => {});
}

/** The ids stand in the order of those that were taken: whoever was refused has none. */
async function submitted(
  app: App,
  sliceId: string,
  taken: readonly Taken[],
  outcome: Extract<Outcome, { kind: 'submitted' | 'partly' }>,
  now: Date,
): Promise<void> {
  const refusals = outcome.kind === 'partly' ? outcome.refusals : [];
  const refused = new Map(refusals.map(({ index, why }) => [taken[index]?.subscriberId, why]));
  await recordSubmitted(
    app.db,
    sliceId,
    taken
      .filter(({ subscriberId }) => !refused.has(subscriberId))
      .map(({ subscriberId }, index) => ({
        subscriberId,
        providerId: outcome.providerIds[index] ?? '',
      })),
    taken.flatMap(({ subscriberId }) => {
      const why = refused.get(subscriberId);
      return why === undefined ? [] : [{ subscriberId, why }];
    }),
    now,
  );
}

/**
 * Nothing was taken, and for a while nothing will be: of any slice, so that everybody waits, or of
 * this one alone. It says nothing of an earlier request of the slice that is still in doubt.
 */
async function hold(
  app: App,
  { slice, probe, cleanBefore }: Attempted,
  outcome: Extract<Outcome, { kind: 'busy' | 'halted' }>,
): Promise<Ending> {
  const now = app.now();
  const afterMs = outcome.retryAfterMs ?? HALT_RETRY_MS;
  if (cleanBefore) await clearDoubt(app.db, slice);
  if (outcome.kind === 'busy' && outcome.scope === 'slice') {
    await works(app, probe);
    return again(app, slice, afterMs, outcome.why);
  }
  const until = new Date(now.getTime() + afterMs);
  const news = await holdProvider(app.db, outcome.kind, until, outcome.why, now);
  if (outcome.kind === 'busy') return again(app, slice, afterMs, outcome.why);
  if (news) await alertHalted(app, outcome.why);
  const patience = 2 ** Math.min(slice.attempts - 1, PATIENCE_MAX);
  const patientUntil = new Date(now.getTime() + afterMs * patience);
  const next = await holdBack(app.db, slice, { until, patientUntil, why: outcome.why, news });
  return {
    kind: news ? 'halt' : 'later',
    afterMs: next.getTime() - now.getTime(),
    why: `slice ${slice.id}: ${outcome.why}`,
  };
}

/** It may have been taken: the same bytes under the same key again, for as long as the key lives. */
async function repeat(
  app: App,
  { slice, inDoubtSince }: Attempted,
  outcome: Extract<Outcome, { kind: 'unknown' }>,
): Promise<Ending> {
  const waitMs = Math.max(outcome.retryAfterMs ?? 0, unknownWaitMs(slice.attempts));
  const doubtMs = app.now().getTime() + waitMs - inDoubtSince.getTime();
  if (doubtMs >= app.provider.keyLifeMs) return settleUnknown(app, slice, outcome.why);
  return again(app, slice, waitMs, outcome.why);
}

/** Nobody knows whether it went out, and no repeat is safe: a person decides. */
export async function settleUnknown(app: App, slice: Claimed, why: string): Promise<Ending> {
  await recordUnknown(app.db, slice, why, app.now());
  return {
    kind: 'dead',
    why: `slice ${slice.id} may or may not have gone out, and no repeat is safe: ${why}`,
  };
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
    await recordRefused(app.db, slice, why, now);
    return done;
  }
  const numbers = taken.map(({ subscriberId }) => subscriberId);
  const slices = await splitSlice(app.db, slice, groupsOf(numbers, culprits), why, now);
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

async function again(app: App, slice: Claimed, afterMs: number, why: string): Promise<Ending> {
  await releaseSlice(app.db, slice, new Date(app.now().getTime() + afterMs), why);
  return { kind: 'later', afterMs, why: `slice ${slice.id}: ${why}` };
}
