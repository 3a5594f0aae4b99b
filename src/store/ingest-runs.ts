import type { Db } from './database.ts';

/** One look at a source, told honestly. */
export interface IngestRun {
  readonly source: string;
  /** What was read: a date, a file. */
  readonly input: string;
  readonly seen: number;
  readonly new: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly merged: number;
  readonly rejected: number;
  /** The first ones; `rejected` counts all. */
  readonly rejections: readonly { readonly at: number; readonly why: string }[];
  /** Why nothing was new, or why the source failed, in words. */
  readonly note: string | null;
}

const REJECTIONS_KEPT = 100;

export async function recordIngestRun(
  db: Db,
  run: IngestRun,
  startedAt: Date,
  finishedAt: Date,
): Promise<void> {
  await db
    .insertInto('ingest_runs')
    .values({
      ...run,
      rejections: JSON.stringify(run.rejections.slice(0, REJECTIONS_KEPT)),
      started_at: startedAt,
      finished_at: finishedAt,
    })
    .execute();
}
