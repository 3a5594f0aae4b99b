import type { App } from './app.ts';
import { dispatchDigest } from './dispatch.ts';
import { dueFor, type Schedule } from './domain/calendar.ts';
import { cutOff, type Digest } from './domain/digest.ts';
import { inventSubscribers } from './domain/invented.ts';
import { freezeEdition } from './freeze.ts';
import { ingest } from './ingest.ts';
import { type Watched, watchRepeats } from './repeats.ts';
import { recordedDays } from './sources/recorded.ts';
import { balances } from './store/balance.ts';
import { addSubscribers } from './store/subscribers.ts';
import { submitSlice } from './submit.ts';

/** What came of a replay. */
export interface Replayed {
  /** Calendar days, those without papers too. */
  readonly days: number;
  readonly papers: number;
  readonly editions: number;
  /** Emails handed over. */
  readonly deliveries: number;
  /** Papers that somebody got a second time, as counted from those emails. */
  readonly repeats: number;
  /** Days on which the source listed nothing, each with its run. */
  readonly emptyRuns: number;
  /** Editions that do not add up, or have something open. */
  readonly unbalanced: number;
}

/** The hour before which the recorded list of a day is read. */
const BEFORE_CUT_OFF_MS = 60_000;

/**
 * Runs recorded days through the whole pipeline: each day is ingested just before the cut-off and
 * frozen at it, then the clock goes to every local morning until the next, and every slice is
 * handed over. Nothing but the clock is different from a real installation.
 * @param setClock moves the app's clock.
 */
export async function replay(
  app: App,
  digest: Digest,
  options: {
    readonly dir: string;
    readonly subscribers: number;
    readonly seed: number;
    setClock(at: Date): void;
    told?(day: string, days: number): void;
  },
): Promise<Replayed> {
  const provider = watchRepeats(app.provider);
  const watched = { ...app, provider };
  const people = inventSubscribers(options.subscribers, options.seed);
  const schedules = distinct(people.map(({ preferences }) => preferences));
  const counts = { days: 0, papers: 0, editions: 0, emptyRuns: 0 };
  for await (const { day, pulled } of recordedDays(options.dir)) {
    const cutOffAt = cutOff(digest, day);
    options.setClock(new Date(cutOffAt.getTime() - BEFORE_CUT_OFF_MS));
    if (counts.days === 0) await addSubscribers(app.db, people, app.now());
    const run = await ingest(watched, { source: 'hf-daily', input: day }, () => pulled);
    counts.papers += run.new;
    if (run.seen === 0) counts.emptyRuns += 1;
    options.setClock(cutOffAt);
    const { frozenNow } = await freezeEdition(watched, digest.name, day, 'cut-off');
    if (frozenNow) counts.editions += 1;
    for (const morning of morningsAfter(cutOffAt, schedules)) {
      options.setClock(morning);
      await handOver(watched, await dispatchDigest(watched, digest.name));
    }
    counts.days += 1;
    options.told?.(day, counts.days);
  }
  return { ...counts, ...(await account(app, provider)) };
}

/** Every moment at which somebody's hour comes for the edition of a cut-off, in order. */
function morningsAfter(cutOffAt: Date, schedules: readonly Schedule[]): Date[] {
  const times = schedules.flatMap((schedule) => dueFor(schedule, cutOffAt)?.at.getTime() ?? []);
  return [...new Set(times)].sort((a, b) => a - b).map((time) => new Date(time));
}

/** One daily schedule for each zone and hour: whatever somebody's cadence, these are their mornings. */
function distinct(schedules: readonly Schedule[]): Schedule[] {
  const byWord = schedules.map(({ timeZone, hour, weekday }): [string, Schedule] => [
    `${timeZone} ${hour}`,
    { timeZone, hour, weekday, cadence: 'daily' },
  ]);
  return [...new Map(byWord).values()];
}

async function handOver(app: App, slices: readonly string[]): Promise<void> {
  for (const slice of slices) {
    const ending = await submitSlice(app, slice);
    if (ending.kind !== 'done') throw new Error(`slice ${slice}: ${ending.why}`);
  }
}

async function account(app: App, provider: Watched) {
  const all = await balances(app.db);
  const sound = all.filter(({ faults, open }) => faults.length === 0 && open === 0);
  const submitted = all.reduce((sum, { submitted: count }) => sum + count, 0);
  return {
    deliveries: submitted,
    repeats: provider.repeats(),
    unbalanced: all.length - sound.length + (submitted === provider.taken() ? 0 : 1),
  };
}
