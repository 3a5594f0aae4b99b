import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from './app.ts';
import { dayOf } from './domain/calendar.ts';
import { decide } from './domain/delivery.ts';
import { fingerprint } from './domain/email.ts';
import { done, type Ending } from './queue/job.ts';
import { settleOutcome, settleUnknown } from './settle-outcome.ts';
import { startAttempt } from './store/attempt.ts';
import { endProbe, passGate } from './store/brakes.ts';
import { editionRow } from './store/editions.ts';
import { countMails, reserve } from './store/rates.ts';
import { recordNothingToSubmit } from './store/settle.ts';
import {
  briefSlice,
  type Claimed,
  claimSlice,
  killSlice,
  LeaseLostError,
  releaseSlice,
  renewLease,
  type SliceBrief,
  takenDeliveries,
} from './store/slices.ts';
import { freezeMembers } from './store/taking.ts';

/** How long a dead worker's slices stay its own; a live one renews its lease in time. */
const LEASE_MS = 15_000;
const RENEW_EVERY_MS = 4_000;
const HOUR_MS = 3_600_000;

/** The idempotency key of a slice: the same for every attempt, another one for every other slice. */
function sliceKey(sliceId: string): string {
  return `paperboy/${sliceId}`;
}

/**
 * Hands over one slice, when nothing holds it back: claims it, freezes and commits everything that
 * decides the bytes, lets the request leave, and writes down what the provider said.
 */
export async function submitSlice(app: App, sliceId: string): Promise<Ending> {
  const brief = await briefSlice(app.db, sliceId);
  if (brief === undefined) return settled(app, sliceId);
  const gate = await passGate(app.db, brief.editionId, app.now());
  if (gate.kind === 'paused') return done; // resuming asks for it again
  if (gate.kind === 'wait') return { kind: 'later', afterMs: gate.ms, why: gate.why };
  let asked = false;
  try {
    const tomorrow = await pace(app, brief);
    if (tomorrow !== undefined) return tomorrow;
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
    return await attempt(app, claim.slice, gate.probe, () => {
      asked = true;
    });
  } finally {
    if (gate.probe && !asked) await endProbe(app.db).catch(() => {});
  }
}

/** A slice with nothing open: its last deliveries were decided without a request. */
async function settled(app: App, sliceId: string): Promise<Ending> {
  await recordNothingToSubmit(app.db, sliceId);
  return done;
}

/** Waits for the slots of every rate that applies, or puts the slice off to the next day. */
async function pace(app: App, brief: SliceBrief): Promise<Ending | undefined> {
  const { requestsPerSecond, mailsPerDay, domainRates } = app.config.limits;
  if (mailsPerDay !== undefined && brief.untried) {
    const mails = [...brief.domains.values()].reduce((sum, open) => sum + open, 0);
    const today = dayOf(app.now(), 'UTC');
    if (!(await countMails(app.db, today, mails, mailsPerDay))) {
      const afterMs = HOUR_MS;
      return {
        kind: 'later',
        afterMs,
        why: `${today} has as many mails as PAPERBOY_MAILS_PER_DAY allows`,
      };
    }
  }
  const waits: number[] = [];
  for (const [domain, open] of brief.domains) {
    const rate = domainRates.get(domain);
    if (rate !== undefined) waits.push(await reserve(app.db, `mails to ${domain}`, rate, open));
  }
  if (requestsPerSecond !== undefined) {
    waits.push(await reserve(app.db, `requests to ${app.provider.name}`, requestsPerSecond));
  }
  if (waits.length > 0) await sleep(Math.max(...waits));
  return undefined;
}

/** From a claimed slice to the provider's answer. */
async function attempt(
  app: App,
  slice: Claimed,
  probe: boolean,
  leaving: () => void,
): Promise<Ending> {
  const renewing = setInterval(() => {
    const until = new Date(app.now().getTime() + LEASE_MS);
    renewLease(app.db, slice, until).catch((err: unknown) =>
      app.log.warn({ err }, 'lease not renewed'),
    );
  }, RENEW_EVERY_MS);
  try {
    app.failpoint('after-claim');
    const live = await app.edition(slice.editionId);
    const { latestByHours } = await editionRow(app.db, slice.editionId);
    if (!slice.taken) await firstTaking(app, slice, latestByHours);
    for (;;) {
      const taken = await takenDeliveries(app.db, slice.id);
      if (taken.length === 0) return await settled(app, slice.id);
      const emails = taken.map((delivery) => live.render(delivery, slice.takenAt));
      const print = fingerprint(emails);
      const now = app.now();
      const dueAfter = new Date(now.getTime() - latestByHours * HOUR_MS);
      const start = await startAttempt(app.db, slice, {
        fingerprint: print,
        emails: emails.length,
        dueAfter,
        keyLifeMs: app.provider.keyLifeMs,
        now,
      });
      if (start.kind === 'changed') continue;
      if (start.kind === 'expired') {
        return await settleUnknown(app, slice, 'a worker died with its request on the way');
      }
      if (start.pinned !== print) {
        return await kill(app, slice, 'it renders differently than at its first attempt');
      }
      leaving();
      app.failpoint('request-left');
      const outcome = await app.provider.submit(emails, sliceKey(slice.id));
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
  } finally {
    clearInterval(renewing);
  }
}

async function firstTaking(app: App, slice: Claimed, latestByHours: number): Promise<void> {
  const { prepared } = await app.edition(slice.editionId);
  await freezeMembers(
    app.db,
    slice,
    prepared.edition.candidates.map(({ paper }) => paper.id),
    (member) => decide(prepared, member, { now: slice.takenAt, latestByHours }),
    app.now(),
  );
}

async function kill(app: App, slice: Claimed, problem: string): Promise<Ending> {
  const why = `slice ${slice.id} is stopped: ${problem}`;
  await killSlice(app.db, slice, why);
  return { kind: 'dead', why };
}
