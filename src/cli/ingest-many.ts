import type { App } from '../app.ts';
import { type Backfilled, backfill } from '../backfill.ts';
import { dayOf } from '../domain/calendar.ts';
import { ingest } from '../ingest.ts';
import type { Pulled } from '../sources/source.ts';
import { ingestSql } from '../sql-source.ts';
import { parseDay, type Report, UsageError, withApp } from './command.ts';
import { progress } from './progress.ts';
import { untilAskedToStop } from './signals.ts';

/** What is new in the configured table. */
export function ingestTable() {
  return withApp(ingestSql);
}

/** Many days of a source, one run each; Ctrl-C ends it after the day that is being read. */
export function backfillDays(
  source: string,
  first: string,
  last: string | undefined,
  pull: (app: App, day: string, given: string | undefined) => Promise<Pulled>,
): Promise<Report> {
  const from = parseDay(first, '--from');
  return withApp(async (app) => {
    const today = dayOf(app.now(), 'UTC');
    const to = last === undefined ? today : parseDay(last, '--to');
    if (to > today) throw new UsageError(`--to: ${to} is in the future`);
    if (from > to) throw new UsageError(`--from: ${from} is after --to ${to}`);
    const stop = new AbortController();
    untilAskedToStop().then(() => stop.abort());
    const bar = progress('days');
    const done = await backfill(app, {
      source,
      from,
      to,
      signal: stop.signal,
      look: (day) => ingest(app, { source, input: day }, () => pull(app, day, day)),
      told: (count, of) => bar.at(count, of),
    });
    bar.stop();
    return { json: done, text: text(done), failed: done.failed.length > 0 || done.stopped };
  });
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
