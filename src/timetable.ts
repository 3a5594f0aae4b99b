import { setTimeout } from 'node:timers/promises';
import type { App } from './app.ts';
import {
  type Entry,
  entryFault,
  nextSlot,
  rule,
  slotsBetween,
  timetable,
} from './domain/timetable.ts';
import { payloads } from './queue/payloads.ts';
import { listDigests } from './store/digests.ts';
import { claimSlot, markSlotAsked, newestSlot } from './store/slots.ts';
import { sweepLedger } from './sweep.ts';

type Tools = Pick<App, 'db' | 'queue' | 'now' | 'log' | 'config'>;

const SWEEP_EVERY_MS = 30_000;
/** Looked at again this often even when nothing is due: a digest may have been changed. */
const LOOK_EVERY_MS = 15_000;
/** Slots of an outage longer than this are neither run nor recorded. */
const LOOK_BACK_MS = 7 * 86_400_000;

/**
 * Runs every slot of the timetable that lies after `cursor` and not after now, each once over all
 * processes: whoever claims its row asks for its job.
 */
export async function runSlots(app: Tools, entries: readonly Entry[], cursor: Date): Promise<void> {
  const now = app.now();
  for (const entry of entries) {
    for (const { slot, skipWhy } of rule(entry, slotsBetween(entry, cursor, now), now)) {
      await runSlot(app, entry, slot, skipWhy, now);
    }
  }
}

/** The slots that were missed while no process ran, by the catch-up rule, each entry from its own. */
export async function catchUp(app: Tools, entries: readonly Entry[]): Promise<void> {
  const now = app.now();
  const earliest = new Date(now.getTime() - LOOK_BACK_MS);
  for (const entry of entries) {
    const newest = await newestSlot(app.db, entry.name);
    if (newest === undefined) continue; // the first start of this entry has nothing to catch up
    await runSlots(app, [entry], newest > earliest ? newest : earliest);
  }
}

async function runSlot(
  app: Tools,
  entry: Entry,
  at: Date,
  skipWhy: string | undefined,
  now: Date,
): Promise<void> {
  const payload = payloads[entry.job].parse(entry.payload(at));
  const slot = { timetable: entry.name, at, job: entry.job, payload };
  if (!(await claimSlot(app.db, slot, now, skipWhy ?? null))) return;
  if (skipWhy !== undefined) {
    app.log.warn({ timetable: entry.name, slot: at, why: skipWhy }, 'slot skipped');
    return;
  }
  await app.queue.enqueue(entry.job, payload as never);
  await markSlotAsked(app.db, slot);
}

/**
 * Follows the timetable until it is stopped: catches up, then runs each slot as its time comes, and
 * sweeps at the start and every 30 s. A failure is logged and tried again at the next look.
 * @returns the function that stops it, after what it is doing now.
 */
export function startTimetable(app: Tools): () => Promise<void> {
  const stopping = new AbortController();
  const following = follow(app, stopping.signal);
  const sweeping = every(SWEEP_EVERY_MS, stopping.signal, async () => {
    // Once over all processes by the queue; by this one when the queue is away.
    await app.queue
      .enqueue('sweep', {})
      .catch(() => sweepLedger(app))
      .catch((error: unknown) => app.log.error({ err: error }, 'sweep failed'));
  });
  return async () => {
    stopping.abort();
    await Promise.all([following, sweeping]);
  };
}

/** The entries whose times can be told; of the others each is told once. One digest takes no other down. */
function sound(app: Tools, entries: readonly Entry[], told: Set<string>): Entry[] {
  return entries.filter((entry) => {
    const why = entryFault(entry);
    if (why !== undefined && !told.has(why)) {
      told.add(why);
      app.log.error({ timetable: entry.name, why }, 'an entry of the timetable is left out');
    }
    return why === undefined;
  });
}

async function follow(app: Tools, signal: AbortSignal): Promise<void> {
  let cursor: Date | undefined;
  const faulty = new Set<string>();
  while (!signal.aborted) {
    let sleepMs = LOOK_EVERY_MS;
    try {
      const entries = sound(app, timetable(await listDigests(app.db)), faulty);
      const now = app.now();
      if (cursor === undefined) await catchUp(app, entries);
      else await runSlots(app, entries, cursor);
      cursor = now;
      const next = entries.map(
        (entry) => nextSlot(entry, now)?.getTime() ?? Number.POSITIVE_INFINITY,
      );
      sleepMs = Math.min(LOOK_EVERY_MS, Math.max(0, Math.min(...next) - app.now().getTime()));
    } catch (error) {
      app.log.error({ err: error }, 'timetable failed');
    }
    await sleep(sleepMs, signal);
  }
}

async function every(ms: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work();
    await sleep(ms, signal);
  }
}

/** Resolves after `ms`, or at once when the signal comes. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => {});
}
