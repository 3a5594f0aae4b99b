import type { App } from './app.ts';
import { addDays } from './domain/calendar.ts';
import { type IngestRun, inputsDone } from './store/ingest-runs.ts';

/** What came of a backfill. */
export interface Backfilled {
  readonly source: string;
  readonly from: string;
  readonly to: string;
  /** Days read now. */
  readonly read: number;
  /** Days that an earlier run had read when their list was final. */
  readonly doneBefore: number;
  readonly papers: number;
  readonly failed: readonly { readonly day: string; readonly why: string }[];
  /** It was told to stop before the end. */
  readonly stopped: boolean;
}

/** Each failed day is tried again this often, after all the others. */
const ROUNDS = 3;
/** A list grows for a day after its own; a look after that has all of it. */
const FINAL_AFTER_DAYS = 2;

/**
 * Reads a source day by day. Each day is saved and remembered by itself, so that stopping it loses
 * nothing and the same call again goes on where it stopped.
 * @param look one run of the source for one day.
 */
export async function backfill(
  app: Pick<App, 'db' | 'log'>,
  options: {
    readonly source: string;
    readonly from: string;
    readonly to: string;
    readonly signal: AbortSignal;
    look(day: string): Promise<Pick<IngestRun, 'new'>>;
    told?(done: number, of: number): void;
  },
): Promise<Backfilled> {
  const { source, from, to, signal } = options;
  const all = daysBetween(from, to);
  const done = await inputsDone(app.db, source, all, finalFrom);
  let waiting = all.filter((day) => !done.has(day)).map((day) => ({ day, why: '' }));
  let read = 0;
  let papers = 0;
  for (let round = 0; round < ROUNDS && waiting.length > 0 && !signal.aborted; round++) {
    const failed: typeof waiting = [];
    for (const one of waiting) {
      if (signal.aborted) {
        failed.push(one);
        continue;
      }
      try {
        papers += (await options.look(one.day)).new;
        read += 1;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        app.log.warn({ source, day: one.day, why }, 'a day failed, it is tried again');
        failed.push({ day: one.day, why });
      }
      options.told?.(done.size + read, all.length);
    }
    waiting = failed;
  }
  const failed = waiting.filter(({ why }) => why !== '');
  return { source, from, to, read, doneBefore: done.size, papers, failed, stopped: signal.aborted };
}

/** From when on a look at a day has the whole of its list. */
function finalFrom(day: string): Date {
  return new Date(`${addDays(day, FINAL_AFTER_DAYS)}T00:00:00Z`);
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}
