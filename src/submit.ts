import type { App } from './app.ts';
import { decide } from './domain/delivery.ts';
import { fingerprint } from './domain/email.ts';
import type { Outcome } from './domain/outcome.ts';
import { done, type Ending } from './queue/job.ts';
import { editionRow } from './store/editions.ts';
import {
  recordNothingToSubmit,
  recordRefused,
  recordSubmitted,
  recordUnknown,
  splitSlice,
} from './store/settle.ts';
import {
  type Claimed,
  killSlice,
  LeaseLostError,
  pinFingerprint,
  releaseSlice,
  type Taken,
  takenDeliveries,
} from './store/slices.ts';
import { freezeMembers } from './store/taking.ts';

/** The idempotency key of a slice: the same for every attempt, another one for every other slice. */
export function sliceKey(sliceId: string): string {
  return `paperboy/${sliceId}`;
}

/**
 * Hands over a slice that this worker has claimed, and writes down what the provider said. Everything
 * that decides the bytes is frozen and committed before the request leaves.
 */
export async function submitSlice(app: App, slice: Claimed): Promise<Ending> {
  try {
    const live = await app.edition(slice.editionId);
    if (!slice.taken) await firstTaking(app, slice);
    const taken = await takenDeliveries(app.db, slice.id);
    if (taken.length === 0) {
      await recordNothingToSubmit(app.db, slice.id);
      return done;
    }
    const emails = taken.map((delivery) => live.render(delivery, slice.takenAt));
    const print = fingerprint(emails);
    const pinned = await pinFingerprint(app.db, slice, print, app.now());
    if (pinned !== print) {
      return await kill(app, slice, 'it renders differently than at its first attempt');
    }
    const outcome = await app.provider.submit(emails, sliceKey(slice.id));
    return await settleOutcome(app, slice, taken, outcome);
  } catch (error) {
    if (error instanceof LeaseLostError) return done; // the other holder carries on
    // When the database is away too, the lease ends by itself.
    await releaseSlice(app.db, slice, app.now(), String(error)).catch(() => {});
    throw error;
  }
}

async function firstTaking(app: App, slice: Claimed): Promise<void> {
  const { prepared } = await app.edition(slice.editionId);
  const { latestByHours } = await editionRow(app.db, slice.editionId);
  await freezeMembers(
    app.db,
    slice,
    prepared.edition.candidates.map(({ paper }) => paper.id),
    (member) => decide(prepared, member, { now: slice.takenAt, latestByHours }),
    app.now(),
  );
}

/** The ledger's side of the five outcomes. */
async function settleOutcome(
  app: App,
  slice: Claimed,
  taken: readonly Taken[],
  outcome: Outcome,
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
      return done;
    case 'busy':
      return again(app, slice, outcome.retryAfterMs, outcome.why, 'later');
    case 'halted':
      return again(app, slice, outcome.retryAfterMs ?? HALT_RETRY_MS, outcome.why, 'halt');
    case 'refused':
      return refuse(app, slice, taken, outcome);
    case 'unknown':
      return repeat(app, slice, outcome);
  }
}

const HALT_RETRY_MS = 300_000;
const UNKNOWN_WAIT_MIN_MS = 1_000;
const UNKNOWN_WAIT_MAX_MS = 600_000;

/** It may have been taken: the same bytes under the same key again, for as long as the key lives. */
async function repeat(
  app: App,
  slice: Claimed,
  outcome: Extract<Outcome, { kind: 'unknown' }>,
): Promise<Ending> {
  const now = app.now();
  const since = slice.firstAttemptAt ?? now;
  const waitMs = Math.max(
    outcome.retryAfterMs ?? 0,
    Math.min(UNKNOWN_WAIT_MAX_MS, UNKNOWN_WAIT_MIN_MS * 2 ** (slice.attempts - 1)),
  );
  if (now.getTime() + waitMs - since.getTime() >= app.provider.keyLifeMs) {
    await recordUnknown(app.db, slice.id, outcome.why, now);
    const why = `slice ${slice.id} may or may not have gone out, and its key has expired: ${outcome.why}`;
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
  const groups = groupsOf(numbers, culprits);
  const slices = await splitSlice(app.db, slice.id, groups, why, now);
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

async function kill(app: App, slice: Claimed, problem: string): Promise<Ending> {
  const why = `slice ${slice.id} is stopped: ${problem}`;
  await killSlice(app.db, slice.id, why);
  return { kind: 'dead', why };
}
