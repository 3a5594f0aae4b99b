import { type Backfilled, backfill } from '../backfill.ts';
import { dayOf } from '../domain/calendar.ts';
import { type SourceSetting, sourceName } from '../domain/source-setting.ts';
import { runSource } from '../pull.ts';
import type { IngestRun } from '../store/ingest-runs.ts';
import { parseDay, type Report, UsageError, withApp } from './command.ts';
import { type Files, reportOfFiles } from './ingest-report.ts';
import { progress } from './progress.ts';
import { untilAskedToStop } from './signals.ts';

/** From the first to the last, ISO. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** The days of `--from` and `--to`. @throws UsageError */
export function daysOf(first: string, last: string | undefined): Days {
  const today = dayOf(new Date(), 'UTC');
  const from = parseDay(first, '--from');
  const to = last === undefined ? today : parseDay(last, '--to');
  if (to > today) throw new UsageError(`--to: ${to} is in the future`);
  if (from > to) throw new UsageError(`--from: ${from} is after --to ${to}`);
  return { from, to };
}

/** Many days of a source, one run each; Ctrl-C ends it after the day that is being read. */
export function backfillDays(setting: SourceSetting, days: Days): Promise<Report> {
  return withApp(async (app) => {
    const stop = new AbortController();
    untilAskedToStop().then(() => stop.abort());
    const bar = progress('days');
    const done = await backfill(app, {
      ...days,
      source: sourceName(setting),
      signal: stop.signal,
      look: (date) => runSource(app, setting, { date }),
      told: (count, of) => bar.at(count, of),
    });
    bar.stop();
    return { json: done, text: text(done), failed: done.failed.length > 0 || done.stopped };
  });
}

/** Files one after another, a run each. One that cannot be read keeps no other from being read. */
export async function readFiles(
  settings: readonly SourceSetting[],
  read: (setting: SourceSetting) => Promise<IngestRun>,
): Promise<Report> {
  const runs: IngestRun[] = [];
  const failed: Files['failed'][number][] = [];
  const bar = progress('files');
  for (const setting of settings) {
    try {
      runs.push(await read(setting));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      failed.push({ input: 'file' in setting ? setting.file : sourceName(setting), why });
    }
    bar.at(runs.length + failed.length, settings.length);
  }
  bar.stop();
  return reportOfFiles({ runs, failed });
}

function text(done: Backfilled): string {
  return [
    `${done.source} ${done.from} to ${done.to}: ${done.read} days read, ${done.doneBefore} done before, ${done.papers} new papers`,
    ...done.failed.map(({ day, why }) => `  ${day} failed: ${why}`),
    ...(done.failed.length > 0 || done.stopped
      ? ['Run the same command again: it goes on with the days that are missing.']
      : []),
  ].join('\n');
}
