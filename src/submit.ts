import { setImmediate } from 'node:timers/promises';
import type { App } from './app.ts';
import { decide } from './domain/delivery.ts';
import { type Email, fingerprint } from './domain/email.ts';
import { sliceKey } from './domain/slice-key.ts';
import type { LiveEdition } from './editions.ts';
import { whileHeld } from './lease.ts';
import { dailyLimit, pace, putBack, type Turn, tomorrow, turns } from './pace.ts';
import { done, type Ending } from './queue/job.ts';
import { tastesFor } from './ranking.ts';
import { settleOutcome, settleUnknown } from './settle-outcome.ts';
import { startAttempt } from './store/attempt.ts';
import { endProbe, passGate } from './store/brakes.ts';
import { recordNothingToSubmit } from './store/settle.ts';
import {
  briefSlice,
  type Claimed,
  claimSlice,
  killSlice,
  LeaseLostError,
  releaseSlice,
  renewLease,
  type Taken,
  takenDeliveries,
} from './store/slices.ts';
import { freezeMembers } from './store/taking.ts';

/** How long a dead worker's slices stay its own; a live one renews its lease in time. */
const LEASE_MS = 15_000;
const RENEW_EVERY_MS = 4_000;
const HOUR_MS = 3_600_000;
const RENDERED_AT_ONCE = 4;

/**
 * Hands over one slice, when nothing holds it back: claims it, freezes and commits everything that
 * decides the bytes, lets the request leave, and writes down what the provider said.
 */
export async function submitSlice(app: App, sliceId: string): Promise<Ending> {
  const brief = await briefSlice(app.db, sliceId);
  if (brief === undefined) return settled(app, sliceId);
  const gate = await passGate(app.db, brief.editionId, app.now(), { tried: !brief.untried });
  if (gate.kind !== 'go') return putBack(gate).ending;
  let asked = false;
  try {
    const later = await pace(app, sliceId, brief);
    if (later !== undefined) return later;
    app.failpoint('before-claim');
    const claim = await claimSlice(app.db, sliceId, {
      token: app.randomId(),
      leaseMs: LEASE_MS,
      now: app.now(),
    });
    if (claim.kind === 'none') return done; // settled meanwhile, or leased to another worker
    if (claim.kind === 'later') {
      const afterMs = Math.max(1, claim.at.getTime() - app.now().getTime());
      return { kind: 'later', afterMs, why: `slice ${sliceId} waits for its next try` };
    }
    const { slice } = claim;
    const renew = (until: Date) => renewLease(app.db, slice, until);
    const lease = { leaseMs: LEASE_MS, everyMs: RENEW_EVERY_MS, renew };
    return await whileHeld(app, lease, () =>
      attempt(app, slice, brief.latestByHours, gate.probe, () => {
        asked = true;
      }),
    );
  } finally {
    if (gate.probe && !asked) await endProbe(app.db).catch(() => {});
  }
}

/** A slice with nothing open: its last deliveries were decided without a request. */
async function settled(app: App, sliceId: string): Promise<Ending> {
  await recordNothingToSubmit(app.db, sliceId);
  return done;
}

/** From a claimed slice to the provider's answer. */
async function attempt(
  app: App,
  slice: Claimed,
  latestByHours: number,
  probe: boolean,
  leaving: () => void,
): Promise<Ending> {
  try {
    app.failpoint('after-claim');
    const live = await app.edition(slice.editionId);
    if (!slice.taken) await firstTaking(app, slice, latestByHours);
    const turn = turns(app, probe);
    for (;;) {
      const taken = await takenDeliveries(app.db, slice.id);
      if (taken.length === 0) return await settled(app, slice.id);
      const emails = await renderAll(live, taken, slice.datedAt);
      const print = fingerprint(emails);
      const start = await go(app, slice, turn, probe, {
        fingerprint: print,
        emails: emails.length,
        latestByHours,
      });
      if (start.kind === 'changed') continue;
      if (start.kind === 'expired') {
        const why =
          'a request was on the way when its worker died, and nobody would recognise a repeat';
        return await settleUnknown(app, slice, why);
      }
      if (start.kind === 'held') {
        const until = new Date(app.now().getTime() + start.afterMs);
        await releaseSlice(app.db, slice, until, start.why);
        return start.ending;
      }
      if (start.kind === 'differs') {
        return await kill(app, slice, 'it renders differently than at its first attempt');
      }
      leaving();
      app.failpoint('request-left');
      const outcome = await app.provider.submit(emails, start.key);
      app.failpoint('after-answer');
      const ending = await settleOutcome(app, { slice, taken, probe, ...start }, outcome);
      app.failpoint('after-record');
      return ending;
    }
  } catch (error) {
    if (error instanceof LeaseLostError) return done; // the other holder carries on
    // When the database is away too, the lease ends by itself.
    await releaseSlice(app.db, slice, app.now(), String(error)).catch(() => {});
    throw error;
  }
}

/** A slice takes a good part of a second to render: others whose turn it is must not wait so long. */
async function renderAll(live: LiveEdition, taken: readonly Taken[], datedAt: Date) {
  const emails: Email[] = [];
  for (const delivery of taken) {
    emails.push(live.render(delivery, datedAt));
    if (emails.length % RENDERED_AT_ONCE === 0) await setImmediate();
  }
  return emails;
}

/** Waits for its turn, looks a last time and commits the attempt; again when it missed its turn. */
async function go(
  app: App,
  slice: Claimed,
  turn: Turn,
  probe: boolean,
  rendered: { fingerprint: string; emails: number; latestByHours: number },
) {
  for (;;) {
    const held = await turn.come(slice.editionId);
    if (held !== undefined) return held;
    const now = app.now();
    const daily = dailyLimit(app);
    const start = await startAttempt(app.db, slice, {
      ...rendered,
      key: sliceKey(app.installation, slice.id),
      dueAfter: new Date(now.getTime() - rendered.latestByHours * HOUR_MS),
      provider: app.provider,
      probe,
      daily,
      missed: turn.missed,
      now,
    });
    if (start.kind === 'held') return putBack(start.gate);
    if (start.kind === 'tomorrow' && daily !== undefined) return tomorrow(daily);
    if (start.kind !== 'missed' && start.kind !== 'tomorrow') return start;
  }
}

async function firstTaking(app: App, slice: Claimed, latestByHours: number): Promise<void> {
  const { prepared, ranking } = await app.edition(slice.editionId);
  await freezeMembers(
    app.db,
    slice,
    prepared.edition.candidates.map(({ paper }) => paper.id),
    {
      tastesOf: (tx, members) => tastesFor(tx, ranking, members, { keep: app.now() }),
      decide: (member) => decide(prepared, member, { now: slice.takenAt, latestByHours }),
    },
    app.now(),
  );
}

async function kill(app: App, slice: Claimed, problem: string): Promise<Ending> {
  const why = `slice ${slice.id} is stopped: ${problem}`;
  await killSlice(app.db, slice, why);
  return { kind: 'dead', why };
}
