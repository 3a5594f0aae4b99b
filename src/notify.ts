import { alertHalted } from './alert.ts';
import type { App } from './app.ts';
import { type Email, fingerprint } from './domain/email.ts';
import type { Outcome } from './domain/outcome.ts';
import { whileHeld } from './lease.ts';
import { noticeEmail } from './notice-email.ts';
import { putBack, turns } from './pace.ts';
import { done, type Ending } from './queue/job.ts';
import { HALT_RETRY_MS, works as providerWorks, unknownWaitMs } from './settle-outcome.ts';
import { endProbe, holdProvider, passGate, providerFailed } from './store/brakes.ts';
import { renewNotice } from './store/notice-lease.ts';
import {
  type ClaimedNotice,
  claimNotice,
  isAlert,
  releaseNotice,
  settleNotice,
  startNotice,
} from './store/notices.ts';

/** How long a dead worker's notice stays its own; a live one renews its lease, however long a mail server takes. */
const LEASE_MS = 60_000;
const RENEW_EVERY_MS = 5_000;
/** Nobody waits longer for an answer to what they did. */
const LATEST_BY_MS = 24 * 3_600_000;
/** For who looks into the log, because no alert tells them. */
const ALERTS_STOPPED =
  'the address of PAPERBOY_ALERT_TO is suppressed and gets no alert: name another, or lift it by `paperboy subscribers lift`';
/** Notices are no edition, but a brake on everything or on the provider holds them back, too. */
const NOTICES = 'notices';

/**
 * Hands over one notice by the same rules as a slice: claimed and committed before the request
 * leaves, the same bytes under the same key at every attempt, never repeated when nobody can know.
 */
export async function sendNotice(app: App, id: number): Promise<Ending> {
  if (app.alertProvider !== app.provider && (await isAlert(app.db, id)))
    return sendAlert({ ...app, provider: app.alertProvider }, id);
  const gate = await passGate(app.db, NOTICES, app.now(), { tried: false });
  if (gate.kind !== 'go') return putBack(gate).ending;
  let asked = false;
  try {
    const claim = { token: app.randomId(), leaseMs: LEASE_MS, now: app.now() };
    const notice = await claimNotice(app.db, id, claim);
    if (notice === undefined) return done; // decided, or with another worker, or asked for again later
    return await holding(app, notice, async () => {
      const email = await emailOf(app, notice);
      if (email === undefined) return done;
      const held = await turns(app, gate.probe).come(NOTICES);
      if (held !== undefined) {
        const until = new Date(app.now().getTime() + held.afterMs);
        await releaseNotice(app.db, notice, until, held.why, notice.inDoubtSince === null);
        return held.ending;
      }
      if (!(await startNotice(app.db, notice, email, app.now()))) return done;
      asked = true;
      const outcome = await app.provider.submit([email], noticeKey(id, email));
      return settle(app, notice, outcome, gate.probe);
    });
  } finally {
    if (gate.probe && !asked) await endProbe(app.db).catch(() => {});
  }
}

/** By a mail server of its own: whatever holds the provider back is what an alert may be about. */
async function sendAlert(app: App, id: number): Promise<Ending> {
  const claim = { token: app.randomId(), leaseMs: LEASE_MS, now: app.now() };
  const notice = await claimNotice(app.db, id, claim);
  if (notice === undefined) return done;
  return holding(app, notice, async () => {
    const email = await emailOf(app, notice);
    if (email === undefined) return done;
    if (!(await startNotice(app.db, notice, email, app.now()))) return done;
    const outcome = await app.provider.submit([email], noticeKey(id, email));
    return settle(app, notice, outcome, undefined);
  });
}

/** Holds a notice until the work for it is done. */
function holding<T>(app: App, notice: ClaimedNotice, work: () => Promise<T>): Promise<T> {
  const renew = (until: Date) => renewNotice(app.db, notice, until);
  return whileHeld(app, { leaseMs: LEASE_MS, everyMs: RENEW_EVERY_MS, renew }, work);
}

/**
 * The idempotency key: the same for every attempt, whose bytes are frozen. The bytes are part of it,
 * because a restored database counts its notices from an older number on.
 */
function noticeKey(id: number, email: Email): string {
  return `paperboy/notice/${id}-${fingerprint([email]).slice(0, 16)}`;
}

/** The bytes to hand over; undefined when nothing is to leave any more, which is written down. */
async function emailOf(app: App, notice: ClaimedNotice): Promise<Email | undefined> {
  const now = app.now();
  if (notice.inDoubtSince !== null) {
    const doubtMs = now.getTime() - notice.inDoubtSince.getTime();
    if (doubtMs < app.provider.keyLifeMs) return notice.frozen ?? undefined;
    const why = 'it may have been taken, and no repeat is safe';
    await settleNotice(app.db, notice, 'unknown', { why }, now);
    app.log.warn({ notice: notice.id, why }, 'a notice is unknown');
    return undefined;
  }
  if (notice.suppressed !== null) {
    await settleNotice(app.db, notice, 'suppressed', { why: notice.suppressed }, now);
    if (notice.kind === 'alert') app.log.error({ notice: notice.id }, ALERTS_STOPPED);
    return undefined;
  }
  if (now.getTime() - notice.askedAt.getTime() > LATEST_BY_MS) {
    await settleNotice(app.db, notice, 'skipped', { why: 'too late' }, now);
    return undefined;
  }
  if (notice.frozen !== null) return notice.frozen;
  const email = await noticeEmail(app, notice);
  if (typeof email !== 'string') return email;
  await settleNotice(app.db, notice, 'skipped', { why: email }, now);
  return undefined;
}

/**
 * Writes down what became of it, and what that says of the provider.
 * @param probe undefined: it was not the provider of everybody else, whose brakes stay as they are.
 */
async function settle(
  app: App,
  notice: ClaimedNotice,
  outcome: Outcome,
  probe: boolean | undefined,
): Promise<Ending> {
  const works = async () => {
    if (probe !== undefined) await providerWorks(app, probe);
  };
  const now = app.now();
  const again = async (waitMs: number, why: string, clean: boolean): Promise<Ending> => {
    const afterMs = Math.max(1, waitMs);
    await releaseNotice(app.db, notice, new Date(now.getTime() + afterMs), why, clean);
    return { kind: 'later', afterMs, why: `notice ${notice.id}: ${why}` };
  };
  switch (outcome.kind) {
    case 'submitted':
    case 'partly': {
      const [providerId] = outcome.providerIds;
      const [refusal] = outcome.kind === 'partly' ? outcome.refusals : [];
      if (refusal === undefined) {
        await settleNotice(app.db, notice, 'submitted', { providerId: providerId ?? '' }, now);
      } else await settleNotice(app.db, notice, 'refused', { why: refusal.why }, now);
      await works();
      return done;
    }
    case 'refused':
      await settleNotice(app.db, notice, 'refused', { why: outcome.why }, now);
      await works();
      return done;
    case 'conflict':
      await settleNotice(app.db, notice, 'unknown', { why: outcome.why }, now);
      await works();
      return done;
    case 'busy':
    case 'halted': {
      const waitMs = outcome.retryAfterMs ?? HALT_RETRY_MS;
      if (probe === undefined) return again(waitMs, outcome.why, notice.inDoubtSince === null);
      if (outcome.kind === 'halted' || outcome.scope !== 'slice') {
        const until = new Date(now.getTime() + waitMs);
        const news = await holdProvider(app.db, outcome.kind, until, outcome.why, now);
        if (news && outcome.kind === 'halted') await alertHalted(app, outcome.why);
      } else await works();
      return again(waitMs, outcome.why, notice.inDoubtSince === null);
    }
    case 'unknown': {
      if (outcome.scope === 'slice') await works();
      else if (probe !== undefined) await providerFailed(app.db, outcome.why, now);
      const waitMs = Math.max(outcome.retryAfterMs ?? 0, unknownWaitMs(notice.attempts));
      return again(waitMs, outcome.why, false);
    }
  }
}
