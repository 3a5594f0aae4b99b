import { z } from 'zod';
import type { App } from './app.ts';
import { addDays, dayOf } from './domain/calendar.ts';
import type { Curation, CurationAction, Curations } from './domain/curation.ts';
import { arxivId, doi, type Paper, paperKeys } from './domain/paper.ts';
import { ingest } from './ingest.ts';
import { paperRow } from './sources/paper-row.ts';
import { parsePush } from './sources/push.ts';
import { SourceError } from './sources/source.ts';
import {
  addCuration,
  curationLog,
  curationsOf,
  getPaper,
  type KnownPaper,
  listPapers,
  UnknownPaperError,
} from './store/curations.ts';
import type { IngestRun } from './store/ingest-runs.ts';

type Tools = Pick<App, 'db' | 'now' | 'log'>;

/** A paper and where it stands after what people did to it. */
export interface CuratedPaper {
  readonly id: string;
  readonly title: string;
  readonly listedOn: string;
  readonly source: string;
  readonly withdrawn: boolean;
  readonly state: Curations;
}

/** Who does something to a paper. */
export const EditorName = z.string().trim().min(1).max(80);
export const EditorNote = z.string().trim().max(500);

/**
 * Does something to a paper, for the editions that are frozen from now on; those that stand never
 * change. Doing it again is kept too and changes nothing.
 * @throws UnknownPaperError
 */
export async function curate(
  app: Tools,
  name: string,
  action: Exclude<CurationAction, 'submit'>,
  { by, note }: { readonly by: string; readonly note?: string | undefined },
): Promise<CuratedPaper> {
  const { paper } = await getPaper(app.db, name);
  const done: Curation = { paperId: paper.id, action, by, note: note ?? null, at: app.now() };
  await addCuration(app.db, done);
  app.log.info({ paper: paper.id, action, by }, 'curated');
  return showPaper(app, paper.id);
}

/** A paper that somebody submits: its fields as a papers file has them, or the id of a known one. */
export const Submission = z.looseObject({
  id: z.string().optional(),
  title: z.string().optional(),
  abstract: z.string().optional(),
});

/**
 * Takes a paper by hand, with who submitted it. A known one is not news again, but shows the name.
 * @returns the paper, and whether it was new.
 * @throws SourceError when it lacks what a paper needs.
 */
export async function submitPaper(
  app: Tools,
  submission: z.infer<typeof Submission>,
  by: string,
): Promise<{ paper: CuratedPaper; isNew: boolean }> {
  const today = dayOf(app.now(), 'UTC');
  const { id, title, abstract } = submission;
  if (id !== undefined && title === undefined && abstract === undefined) {
    return { paper: await submitKnown(app, id, by), isNew: false };
  }
  const link = id !== undefined && !named(id) ? { id: undefined, url: id } : {};
  const read = paperRow({ ...submission, ...link, submittedBy: by }, today, 'name the day');
  if ('why' in read) throw new SourceError(`the paper cannot be taken: ${read.why}`);
  const run = await ingest(app, { source: 'hand', input: by }, () => ({
    listings: [read],
    rejections: [],
  }));
  const [key = ''] = paperKeys(read.record);
  return { paper: await submitKnown(app, key, by), isNew: run.new === 1 };
}

/** Whether it is an id; if not, it can only be a link. */
function named(id: string): boolean {
  return arxivId(id) !== undefined || doi(id) !== undefined;
}

async function submitKnown(app: Tools, name: string, by: string): Promise<CuratedPaper> {
  const { paper } = await getPaper(app.db, name).catch((error: unknown) => {
    if (!(error instanceof UnknownPaperError)) throw error;
    throw new SourceError(`no paper is known as "${name}": give its title and abstract too`);
  });
  await addCuration(app.db, { paperId: paper.id, action: 'submit', note: null, by, at: app.now() });
  return showPaper(app, paper.id);
}

export async function showPaper(app: Pick<App, 'db' | 'now'>, name: string): Promise<CuratedPaper> {
  const known = await getPaper(app.db, name);
  const [one] = await curated(app, [known]);
  return one as CuratedPaper;
}

/** A paper whole, with everything that people did to it. */
export async function paperStory(
  app: Pick<App, 'db' | 'now'>,
  name: string,
): Promise<CuratedPaper & { paper: Paper; firstSeenAt: Date; log: Curation[] }> {
  const known = await getPaper(app.db, name);
  const log = await curationLog(app.db, [known.paper.id]);
  return { ...(await showPaper(app, known.paper.id)), ...known, log };
}

/** The papers of some days, newest first. */
export async function listCurated(
  app: Pick<App, 'db' | 'now'>,
  options: { readonly day: string; readonly days: number; readonly limit: number },
): Promise<CuratedPaper[]> {
  const { day, days, limit } = options;
  const from = addDays(day, 1 - days);
  return curated(app, await listPapers(app.db, { from, to: day, limit }));
}

async function curated(
  app: Pick<App, 'db' | 'now'>,
  known: readonly KnownPaper[],
): Promise<CuratedPaper[]> {
  const ids = known.map(({ paper }) => paper.id);
  const states = await curationsOf(app.db, ids, app.now());
  return known.map(({ paper, source }) => ({
    id: paper.id,
    title: paper.title,
    listedOn: paper.listedOn,
    source,
    withdrawn: paper.withdrawn === true,
    state: states.get(paper.id) ?? {},
  }));
}

/**
 * Takes what somebody pushed, as a run of the source `push`. The same again changes nothing.
 * @param by the name of their key.
 * @throws SourceError when the body as a whole is unusable.
 */
export async function pushPapers(app: Tools, body: string, by: string): Promise<IngestRun> {
  const today = dayOf(app.now(), 'UTC');
  return ingest(app, { source: 'push', input: by }, () =>
    parsePush(body, { date: today, latest: addDays(today, 1) }),
  );
}
