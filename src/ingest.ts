import { createHash } from 'node:crypto';
import type { App } from './app.ts';
import { dayOf } from './domain/calendar.ts';
import { paperKeys } from './domain/paper.ts';
import { whyNothingNew } from './domain/why-nothing-new.ts';
import type { Listing, Pulled } from './sources/source.ts';
import { type IngestRun, recordIngestRun, sameListBefore } from './store/ingest-runs.ts';
import type { Join } from './store/join-papers.ts';
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
  const since = performance.now();
  const measured = () => ({
    ...run,
    seconds: Math.round(performance.now() - since) / 1_000,
  });
  const keep = (told: IngestRun, print: string | null) =>
    recordIngestRun(app.db, told, { startedAt, finishedAt: app.now() }, print);
  let pulled: Pulled;
  try {
    pulled = await pull();
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    await keep(
      { ...nothing, ...measured(), requests: requestsOf(error), failed: true, note },
      null,
    );
    throw error;
  }
  const { listings, rejections } = pulled;
  const { joined, ...saved } = await savePapers(app.db, run.source, listings, app.now());
  const print = listings.length === 0 ? null : listPrint(listings);
  const told: IngestRun = {
    ...saved,
    ...measured(),
    seen: listings.length + rejections.length,
    rejected: rejections.length,
    rejections,
    requests: pulled.requests ?? 0,
    failed: false,
    note: noteOf(
      saved.new > 0
        ? pulled.note
        : whyNothingNew({
            ...run,
            today: dayOf(startedAt, 'UTC'),
            readable: listings.length,
            rejected: rejections.length,
            rejections,
            said: pulled.note,
            sameAs: print === null ? undefined : await sameListBefore(app.db, run.source, print),
          }),
      joined,
      pulled.troubles ?? [],
    ),
  };
  await keep(told, print);
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

const JOINS_TOLD = 5;

/** A note, which papers turned out to be one, and what was in the way. */
function noteOf(
  note: string | undefined,
  joined: readonly Join[],
  troubles: readonly string[],
): string | null {
  const joins = joined.slice(0, JOINS_TOLD).map(({ from, into }) => `${from} is ${into}`);
  const more = joined.length > JOINS_TOLD ? [`${joined.length - JOINS_TOLD} more are one`] : [];
  const words = [...(note === undefined ? [] : [note]), ...joins, ...more, ...troubles];
  return words.length === 0 ? null : words.join('; ');
}

/** What a source that failed says of the requests that it took. */
function requestsOf(error: unknown): number {
  const requests = error instanceof Error && 'requests' in error ? error.requests : 0;
  return typeof requests === 'number' ? requests : 0;
}

/** The same for two lists of the same papers, in whatever order. */
function listPrint(listings: readonly Listing[]): string {
  const names = listings.map(({ record }) => paperKeys(record)[0] ?? '').sort();
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 32);
}
