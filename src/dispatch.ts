import type { App } from './app.ts';
import { type Due, dueFor, parseSchedule } from './domain/calendar.ts';
import {
  type DueSchedule,
  editionsWaiting,
  getSend,
  markSendDispatched,
  planWave,
  schedulesOf,
} from './store/dispatch.ts';
import { type EditionRow, editionRow, editionsSince } from './store/editions.ts';

type Tools = Pick<App, 'config' | 'db' | 'now' | 'provider' | 'log'>;

const HOUR_MS = 3_600_000;
/** A local morning comes at most a day (of 25 h) after the cut-off; the rest is lateness. */
const DUE_WITHIN_MS = 49 * HOUR_MS;
const WEEK_DAYS = 7;

/**
 * The timetable's wave: everybody for whom an edition's local hour has come. Who was due so long ago
 * that it is too late is planned all the same, and skipped with that reason when its slice is taken.
 * @returns the new slices.
 */
export async function dispatchDigest(app: Tools, digest: string): Promise<string[]> {
  const now = app.now();
  const editions = await editionsSince(app.db, digest, new Date(now.getTime() - DUE_WITHIN_MS));
  const schedules = editions.length === 0 ? [] : await schedulesOf(app.db, digest);
  const waves = editions.map((edition) => ({
    edition,
    due: dueSchedules(edition, schedules).filter(({ dueAt }) => dueAt <= now),
  }));
  // Most minutes nobody is waiting: that is one question for all editions, and no lock.
  const waiting = await editionsWaiting(
    app.db,
    digest,
    waves.map(({ edition, due }) => ({ editionId: edition.id, due })),
  );
  const slices: string[] = [];
  for (const { edition, due } of waves) {
    if (!waiting.has(edition.id)) continue;
    slices.push(...(await plan(app, edition, due, { joinedLater: false })));
  }
  return slices;
}

/**
 * An operator's wave: now, whatever the local hour, but only those whose cadence wants the day of
 * the edition; named addresses get it in any case.
 * @returns the new slices; none when the send was carried out before.
 */
export async function dispatchSend(app: Tools, sendId: number): Promise<string[]> {
  const send = await getSend(app.db, sendId);
  if (send === undefined || send.dispatched) return [];
  const edition = await editionRow(app.db, send.editionId);
  const named = send.onlyEmailKeys ?? undefined;
  const schedules = await schedulesOf(app.db, edition.digest);
  const due = sendSchedules(edition, schedules, send.at, named !== undefined);
  const slices = await plan(app, edition, due, { joinedLater: true, named });
  await markSendDispatched(app.db, send.id, app.now());
  return slices;
}

/**
 * When an edition is due for each schedule that wants its day. That never changes, and a dispatch
 * asks for it every minute: the answers of the last few cut-offs are kept.
 */
function dueSchedules(edition: EditionRow, schedules: readonly string[]): DueSchedule[] {
  const known = dues.get(edition.cutOffAt.getTime()) ?? new Map<string, Due | undefined>();
  dues.set(edition.cutOffAt.getTime(), known);
  const [oldest] = dues.keys();
  if (dues.size > DUES_KEPT && oldest !== undefined) dues.delete(oldest);
  return schedules.flatMap((schedule) => {
    if (!known.has(schedule)) {
      known.set(schedule, dueFor(parseSchedule(schedule), edition.cutOffAt));
    }
    const due = known.get(schedule);
    return due === undefined ? [] : [{ schedule, dueAt: due.at, lookbackDays: due.lookbackDays }];
  });
}

const dues = new Map<number, Map<string, Due | undefined>>();
const DUES_KEPT = 16;

/** The same for an operator's send: at its hour, and for named addresses on any day. */
export function sendSchedules(
  edition: EditionRow,
  schedules: readonly string[],
  at: Date,
  anyDay: boolean,
): DueSchedule[] {
  return schedules.flatMap((schedule) => {
    const due = dueFor(parseSchedule(schedule), edition.cutOffAt);
    if (due === undefined && !anyDay) return [];
    return [{ schedule, dueAt: at, lookbackDays: due?.lookbackDays ?? WEEK_DAYS }];
  });
}

async function plan(
  app: Tools,
  edition: EditionRow,
  due: readonly DueSchedule[],
  options: { joinedLater: boolean; named?: readonly string[] | undefined },
): Promise<string[]> {
  const slices = await planWave(
    app.db,
    {
      editionId: edition.id,
      digest: edition.digest,
      due,
      onlyEmailKeys: options.named,
      // A slice goes out on one day.
      sliceMax: Math.min(app.provider.sliceMax, ...(app.config.limits.mailsPerDay ?? [])),
      joinedLater: options.joinedLater,
    },
    app.now(),
  );
  if (slices.length > 0) app.log.info({ edition: edition.id, slices: slices.length }, 'dispatched');
  return app.config.limits.mailsPerDay === undefined ? slices : turned(slices, edition.cutOffAt);
}

const DAY_MS = 24 * HOUR_MS;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * In a warm-up not everybody fits into a day, and who comes last is skipped: each day another slice is the
 * first, by the golden section, so that a few days begin far apart.
 */
export function turned<T>(slices: readonly T[], cutOffAt: Date): T[] {
  const day = Math.floor(cutOffAt.getTime() / DAY_MS);
  const at = Math.floor(slices.length * ((day * GOLDEN) % 1));
  return [...slices.slice(at), ...slices.slice(0, at)];
}
