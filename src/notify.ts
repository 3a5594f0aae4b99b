import type { App } from './app.ts';
import { type Email, fingerprint } from './domain/email.ts';
import { languageNamed } from './domain/language.ts';
import type { Outcome } from './domain/outcome.ts';
import { type Purpose, signToken } from './domain/token.ts';
import { putBack, turns } from './pace.ts';
import { done, type Ending } from './queue/job.ts';
import { noticeRenderer } from './render/notice.ts';
import { HALT_RETRY_MS, unknownWaitMs, works } from './settle-outcome.ts';
import { endProbe, holdProvider, passGate, providerFailed } from './store/brakes.ts';
import {
  type ClaimedNotice,
  claimNotice,
  releaseNotice,
  settleNotice,
  startNotice,
} from './store/notices.ts';
import type { NoticeKind } from './store/schema-people.ts';

/** Longer than any provider takes to answer, so that nobody else takes the notice meanwhile. */
const LEASE_MS = 180_000;
/** Nobody waits longer for an answer to what they did. */
const LATEST_BY_MS = 24 * 3_600_000;
/** Notices are no edition, but a brake on everything or on the provider holds them back, too. */
const NOTICES = 'notices';

/**
 * Hands over one notice by the same rules as a slice: claimed and committed before the request
 * leaves, the same bytes under the same key at every attempt, never repeated when nobody can know.
 */
export async function sendNotice(app: App, id: number): Promise<Ending> {
  const gate = await passGate(app.db, NOTICES, app.now());
  if (gate.kind !== 'go') return putBack(gate).ending;
  let asked = false;
  try {
    const claim = { token: app.randomId(), leaseMs: LEASE_MS, now: app.now() };
    const notice = await claimNotice(app.db, id, claim);
    if (notice === undefined) return done; // decided, or with another worker, or asked for again later
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
    return await settle(app, notice, outcome, gate.probe);
  } finally {
    if (gate.probe && !asked) await endProbe(app.db).catch(() => {});
  }
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
    return undefined;
  }
  if (now.getTime() - notice.askedAt.getTime() > LATEST_BY_MS) {
    await settleNotice(app.db, notice, 'skipped', { why: 'too late' }, now);
    return undefined;
  }
  return notice.frozen ?? render(app, notice);
}

const DOORS: Readonly<Record<NoticeKind, { path: string; purpose: Purpose }>> = {
  confirm: { path: 'confirm', purpose: 'confirm' },
  known: { path: 'preferences', purpose: 'preferences' },
  link: { path: 'preferences', purpose: 'preferences' },
  address: { path: 'address', purpose: 'address' },
};

async function render(app: App, notice: ClaimedNotice): Promise<Email> {
  const { baseUrl, from, postalAddress } = app.config;
  const { path, purpose } = DOORS[notice.kind];
  const token = signToken(app.keys, [...app.keys.keys()][0] ?? '', purpose, notice.aboutId);
  return noticeRenderer(await app.noticeTemplate())({
    ...notice,
    language: languageNamed(notice.language) ?? 'en',
    url: `${baseUrl}/${path}/${token}`,
    frame: { from, baseUrl, postalAddress },
    askedAt: notice.askedAt.toISOString(),
  });
}

async function settle(
  app: App,
  notice: ClaimedNotice,
  outcome: Outcome,
  probe: boolean,
): Promise<Ending> {
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
      await works(app, probe);
      return done;
    }
    case 'refused':
      await settleNotice(app.db, notice, 'refused', { why: outcome.why }, now);
      await works(app, probe);
      return done;
    case 'conflict':
      await settleNotice(app.db, notice, 'unknown', { why: outcome.why }, now);
      await works(app, probe);
      return done;
    case 'busy':
    case 'halted': {
      const waitMs = outcome.retryAfterMs ?? HALT_RETRY_MS;
      if (outcome.kind === 'halted' || outcome.scope !== 'slice') {
        const until = new Date(now.getTime() + waitMs);
        await holdProvider(app.db, outcome.kind, until, outcome.why, now);
      } else await works(app, probe);
      return again(waitMs, outcome.why, notice.inDoubtSince === null);
    }
    case 'unknown': {
      if (outcome.scope === 'slice') await works(app, probe);
      else await providerFailed(app.db, outcome.why, now);
      const waitMs = Math.max(outcome.retryAfterMs ?? 0, unknownWaitMs(notice.attempts));
      return again(waitMs, outcome.why, false);
    }
  }
}
