import { sql } from 'kysely';
import type { LastLook } from '../domain/lacking.ts';
import type { Db } from './database.ts';

/** One look at a source, told honestly. */
export interface IngestRun {
  readonly source: string;
  /** What was read: a day, a file, an address. */
  readonly input: string;
  readonly seen: number;
  readonly new: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly merged: number;
  readonly rejected: number;
  /** The first ones; `rejected` counts all. */
  readonly rejections: readonly { readonly at: number; readonly why: string }[];
  /** Requests that it took. */
  readonly requests: number;
  readonly seconds: number;
  readonly failed: boolean;
  /** Why nothing was new, or why the source failed, in words. */
  readonly note: string | null;
}

/** A run as it was kept. */
export interface KeptRun extends IngestRun {
  readonly startedAt: Date;
}

const REJECTIONS_KEPT = 100;

export async function recordIngestRun(
  db: Db,
  run: IngestRun,
  moments: { readonly startedAt: Date; readonly finishedAt: Date },
  listPrint: string | null,
): Promise<void> {
  await db
    .insertInto('ingest_runs')
    .values({
      ...run,
      rejections: JSON.stringify(run.rejections.slice(0, REJECTIONS_KEPT)),
      started_at: moments.startedAt,
      finished_at: moments.finishedAt,
      list_print: listPrint,
    })
    .execute();
}

/** The newest runs first. @param source only of this one. */
export async function listIngestRuns(
  db: Db,
  options: { readonly source?: string | undefined; readonly limit: number },
): Promise<KeptRun[]> {
  let query = db.selectFrom('ingest_runs').selectAll();
  if (options.source !== undefined) query = query.where('source', '=', options.source);
  const rows = await query.orderBy('id', 'desc').limit(options.limit).execute();
  return rows.map(({ started_at, finished_at: _, list_print: __, id: ___, ...run }) => ({
    ...run,
    rejections: run.rejections as KeptRun['rejections'],
    startedAt: started_at,
  }));
}

/** The input of the newest earlier run of a source that listed the very same papers. */
export async function sameListBefore(
  db: Db,
  source: string,
  listPrint: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('ingest_runs')
    .where('source', '=', source)
    .where('list_print', '=', listPrint)
    .select('input')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.input;
}

/** The newest look at each input of each source between two moments. */
export async function newestRuns(db: Db, from: Date, until: Date): Promise<LastLook[]> {
  const { rows } = await sql<LastLook>`
    select distinct on (source, input) source, input, failed, note from ingest_runs
     where started_at >= ${from}::timestamptz and started_at <= ${until}::timestamptz
     order by source, input, id desc
  `.execute(db);
  return rows;
}

/** Whether any source was looked at by a moment. */
export async function lookedBefore(db: Db, moment: Date): Promise<boolean> {
  const row = await db
    .selectFrom('ingest_runs')
    .where('started_at', '<=', moment)
    .select('id')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Which of these days were read well, at a moment when their list was final. */
export async function inputsDone(
  db: Db,
  source: string,
  days: readonly string[],
  finalFrom: (day: string) => Date,
): Promise<Set<string>> {
  const { rows } = await sql<{ input: string; newest: Date }>`
    select input, max(started_at) as newest from ingest_runs
     where source = ${source} and not failed and input = any (${days}::text[])
     group by input
  `.execute(db);
  const final = rows.filter(({ input, newest }) => newest >= finalFrom(input));
  return new Set(final.map(({ input }) => input));
}
