import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from './app.ts';
import { dayOf } from './domain/calendar.ts';
import { done, type Ending } from './queue/job.ts';
import { type Held as HeldBack, heldBack } from './store/brakes.ts';
import { type DailyLimit, JITTER_MS, mailsLeft, type Rate, reserve } from './store/rates.ts';
import { bookTurn, type SliceBrief } from './store/slices.ts';

const HOUR_MS = 3_600_000;
/** A worker waits for so long at most; what takes longer comes back. */
const SLEPT_MS = 1_000;
/** Turns in the rates of domains are given out for so long ahead. */
const TURNS_AHEAD_MS = 600_000;
/** A turn that passed so long ago is another's by now. */
const TURN_KEPT_MS = 5_000;
/** Between the last look at the clock and the request. */
const COMMIT_MS = 50;
/** After so many slots that it could not keep, a busy process lets its request leave late. */
const MISSED_MAX = 10;

type Tools = Pick<App, 'config' | 'db' | 'now' | 'provider' | 'queue'>;

/** What today may still have, when the operator limits it. */
export function dailyLimit({ config, now }: Pick<App, 'config' | 'now'>): DailyLimit | undefined {
  const { mailsPerDay } = config.limits;
  return mailsPerDay === undefined ? undefined : { day: dayOf(now(), 'UTC'), ramp: mailsPerDay };
}

/** Why a claimed slice is put back, and when it may be claimed again. */
export interface Held {
  readonly kind: 'held';
  readonly ending: Ending;
  readonly afterMs: number;
  readonly why: string;
}

const later = (afterMs: number, why: string) => ({ kind: 'later', afterMs, why }) as const;
const held = (afterMs: number, why: string, ending: Ending = later(afterMs, why)): Held => ({
  kind: 'held',
  ending,
  afterMs,
  why,
});

/** A brake was put on. */
export const putBack = (gate: HeldBack): Held =>
  gate.kind === 'paused'
    ? held(0, gate.why, done) // resuming asks for it again
    : held(gate.ms, gate.why);

/** The day has no room for the slice. */
export const tomorrow = ({ day }: DailyLimit): Held =>
  held(HOUR_MS, `${day} has as many mails as PAPERBOY_MAILS_PER_DAY allows`);

/**
 * What a slice must wait for before anybody claims it: room in the day, and its turn in the rates of
 * its recipients' domains. What is too late for everybody waits for nothing: it is to be skipped.
 * @returns undefined when it may go on.
 */
export async function pace(
  app: Tools,
  sliceId: string,
  brief: SliceBrief,
): Promise<Ending | undefined> {
  const now = app.now();
  const lateMs = now.getTime() - brief.dueAt.getTime() - brief.latestByHours * HOUR_MS;
  if (brief.untried && lateMs > 0) return undefined;
  const mails = [...brief.domains.values()].reduce((sum, open) => sum + open, 0);
  const daily = dailyLimit(app);
  if (daily !== undefined && !brief.counted && (await mailsLeft(app.db, daily)) < mails) {
    return tomorrow(daily).ending;
  }
  const rates = [...brief.domains].flatMap(([domain, tokens]): Rate[] => {
    const perSecond = app.config.limits.domainRates.get(domain);
    return perSecond === undefined ? [] : [{ name: `mails to ${domain}`, perSecond, tokens }];
  });
  if (rates.length === 0) return undefined;
  const waitMs = await domainTurn(app, sliceId, brief, rates, now);
  if (waitMs > SLEPT_MS) {
    const why = `others of its domains go first: ${rates.map(({ name }) => name).join(', ')}`;
    return later(waitMs, why);
  }
  await sleep(waitMs);
  return undefined;
}

/** How long until a slice's turn, which it keeps until it is claimed or lets it pass, ms. */
async function domainTurn(
  app: Tools,
  sliceId: string,
  { turnAt }: SliceBrief,
  rates: readonly Rate[],
  now: Date,
): Promise<number> {
  if (turnAt !== null) {
    const waitMs = turnAt.getTime() - now.getTime();
    if (waitMs > -TURN_KEPT_MS) return Math.max(0, waitMs);
    await bookTurn(app.db, sliceId, null); // it was paused meanwhile, like others: not all at once
  }
  const slot = await reserve(app.db, rates, TURNS_AHEAD_MS);
  if (slot.kind === 'slot' && slot.waitMs > SLEPT_MS) {
    await bookTurn(app.db, sliceId, new Date(now.getTime() + slot.waitMs));
  }
  return slot.kind === 'slot' ? slot.waitMs : slot.waitMs + TURNS_AHEAD_MS;
}

/** The turn of a request among all that leave for the provider, over all processes. */
export interface Turn {
  /** Resolves when the request may leave, or to what holds it back since. */
  come(editionId: string): Promise<Held | undefined>;
  /** Whether its time passed unused, so that it must wait for another one. */
  missed(): boolean;
}

/** Takes turns at `PAPERBOY_REQUESTS_PER_SECOND`; without it every request leaves at once. */
export function turns(app: Tools, probe: boolean): Turn {
  const perSecond = app.config.limits.requestsPerSecond;
  if (perSecond === undefined) return { come: async () => undefined, missed: () => false };
  const rate = { name: `requests to ${app.provider.name}`, perSecond, tokens: 1 };
  let latest = 0;
  let missed = 0;
  return {
    async come(editionId) {
      for (;;) {
        if (app.queue.draining()) return held(0, 'its process stops: another one takes it');
        const asked = performance.now();
        const slot = await reserve(app.db, [rate], SLEPT_MS);
        await sleep(slot.waitMs);
        // The slot may lie as early as the question; after the check the commit needs its time too.
        latest = asked + slot.waitMs + JITTER_MS - COMMIT_MS;
        if (slot.kind === 'slot') return undefined;
        const gate = await heldBack(app.db, editionId, app.now(), probe);
        if (gate !== undefined) return putBack(gate);
      }
    },
    missed() {
      if (performance.now() <= latest) return false;
      missed += 1;
      return missed < MISSED_MAX;
    },
  };
}
