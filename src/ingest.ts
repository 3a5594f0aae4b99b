import type { App } from './app.ts';
import type { Pulled } from './sources/source.ts';
import { type IngestRun, recordIngestRun } from './store/ingest-runs.ts';
import { savePapers } from './store/papers.ts';

/**
 * One run of a source: pull, save, and a row that tells what came of it, also when the source
 * failed. What could be read is kept; what could not is counted with its reason.
 * @throws what `pull` throws, after the run was recorded.
 */
export async function ingest(
  app: Pick<App, 'db' | 'now' | 'log'>,
  run: Pick<IngestRun, 'source' | 'input'>,
  pull: () => Promise<Pulled> | Pulled,
): Promise<IngestRun> {
  const startedAt = app.now();
  let pulled: Pulled;
  try {
    pulled = await pull();
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    await recordIngestRun(app.db, { ...run, ...nothing, note }, startedAt, app.now());
    throw error;
  }
  const { listings, rejections } = pulled;
  const saved = await savePapers(app.db, run.source, listings, app.now());
  const told: IngestRun = {
    ...run,
    seen: listings.length + rejections.length,
    ...saved,
    rejected: rejections.length,
    rejections,
    note: pulled.note ?? (saved.new > 0 ? null : whyNothingNew(listings.length)),
  };
  await recordIngestRun(app.db, told, startedAt, app.now());
  app.log.info({ ...told, rejections: rejections.slice(0, 3) }, 'ingested');
  return told;
}

const nothing = {
  seen: 0,
  new: 0,
  updated: 0,
  unchanged: 0,
  merged: 0,
  rejected: 0,
  rejections: [],
};

function whyNothingNew(readable: number): string {
  return readable === 0
    ? 'nothing was listed'
    : `nothing new: all ${readable} papers were known already`;
}
