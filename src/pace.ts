import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from './app.ts';
import { dayOf } from './domain/calendar.ts';
import { done, type Ending } from './queue/job.ts';
import { passGate } from './store/brakes.ts';
import { type DailyLimit, JITTER_MS, mailsLeft, type Rate, reserve } from './store/rates.ts';
import type { SliceBrief } from './store/slices.ts';

const HOUR_MS = 3_600_000;
/** After so many slots that it could not keep, a busy process lets its request leave late. */
const MISSED_MAX = 10;

type Tools = Pick<App, 'config' | 'db' | 'now' | 'provider'>;

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

/** The day has no room for the slice. */
export const tomorrow = ({ day }: DailyLimit): Held =>
  held(HOUR_MS, `${day} has as many mails as PAPERBOY_MAILS_PER_DAY allows`);

/**
 * What a slice must wait for before anybody claims it: room in the day, and its turn in the rates of
 * its recipients' domains.
 * @returns undefined when it may go on.
 */
export async function pace(app: Tools, brief: SliceBrief): Promise<Ending | undefined> {
  const mails = [...brief.domains.values()].reduce((sum, open) => sum + open, 0);
  const daily = dailyLimit(app);
  if (daily !== undefined && brief.untried && (await mailsLeft(app.db, daily)) < mails) {
    return tomorrow(daily).ending;
  }
  const rates: Rate[] = [];
  for (const [domain, tokens] of brief.domains) {
    const perSecond = app.config.limits.domainRates.get(domain);
    if (perSecond !== undefined) rates.push({ name: `mails to ${domain}`, perSecond, tokens });
  }
  const slot = await reserve(app.db, rates);
  if (slot.kind === 'slot') {
    await sleep(slot.waitMs);
    return undefined;
  }
  const why = `others of its domains go first: ${rates.map(({ name }) => name).join(', ')}`;
  return later(slot.waitMs, why);
}

/** The turn of a request among all that leave for the provider, over all processes. */
export interface Turn {
  /** Resolves when the request may leave, or to what holds it back since. */
  come(editionId: string): Promise<Held | undefined>;
  /** Whether its time passed unused, so that it must wait for another one. */
  missed(): boolean;
}

/** Takes turns at `PAPERBOY_REQUESTS_PER_SECOND`; without it every request leaves at once. */
export function turns(app: Tools): Turn {
  const perSecond = app.config.limits.requestsPerSecond;
  if (perSecond === undefined) return { come: async () => undefined, missed: () => false };
  const rate = { name: `requests to ${app.provider.name}`, perSecond, tokens: 1 };
  let latest = 0;
  let missed = 0;
  return {
    async come(editionId) {
      for (;;) {
        const slot = await reserve(app.db, [rate]);
        const from = performance.now();
        await sleep(slot.waitMs);
        latest = from + slot.waitMs + JITTER_MS;
        if (slot.kind === 'slot') return undefined;
        const gate = await passGate(app.db, editionId, app.now());
        if (gate.kind === 'paused') return held(0, gate.why, done); // resuming asks for it again
        if (gate.kind === 'wait') return held(gate.ms, gate.why);
      }
    },
    missed() {
      if (performance.now() <= latest) return false;
      missed += 1;
      return missed < MISSED_MAX;
    },
  };
}
