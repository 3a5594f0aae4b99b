import type { IngestRun } from '../store/ingest-runs.ts';
import type { Report } from './command.ts';

const REJECTIONS_SHOWN = 20;

/** What one run took, and what it did not. */
export function reportOf(run: IngestRun): Report {
  return { json: json(run), text: text(run) };
}

/** Files that were read, and those that could not be. */
export interface Files {
  readonly runs: readonly IngestRun[];
  readonly failed: readonly { readonly input: string; readonly why: string }[];
}

/** What several files gave, each by itself; a file that could not be read makes it a failure. */
export function reportOfFiles({ runs, failed }: Files): Report {
  const faults = failed.map(({ input, why }) => `${input} failed: ${why}`);
  return {
    json: { runs: runs.map(json), failed },
    text: [...runs.map(text), ...faults].join('\n'),
    failed: failed.length > 0,
  };
}

function json({ rejections, ...run }: IngestRun) {
  return { ...run, rejections };
}

function text(run: IngestRun): string {
  const counts = `${run.new} new, ${run.updated} updated, ${run.unchanged} unchanged, ${run.merged} merged, ${run.rejected} rejected`;
  const lines = run.rejections
    .slice(0, REJECTIONS_SHOWN)
    .map(({ at, why }) => `  rejected at ${at}: ${why}`);
  const more = run.rejected > lines.length ? [`  … and ${run.rejected - lines.length} more`] : [];
  return [
    `${run.source} ${run.input}: ${run.seen} seen: ${counts}`,
    ...(run.note === null ? [] : [run.note]),
    ...lines,
    ...more,
  ].join('\n');
}
