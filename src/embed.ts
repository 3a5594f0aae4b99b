import type { App } from './app.ts';
import { addDays, dayOf } from './domain/calendar.ts';
import { type Embedder, openEmbedder } from './embedder.ts';
import { EmbeddingError } from './sources/vectors.ts';
import {
  closeEmbeddings,
  type EmbeddingModel,
  embeddingModel,
  type PaperToEmbed,
  papersToEmbed,
  saveEmbeddings,
} from './store/embeddings.ts';

/** The longest window of a digest has 31 days; older papers are embedded when somebody likes them. */
const WINDOW_DAYS = 8;
/** More than 4 characters a token, below the 8,192 tokens that common models take. */
export const TEXT_CHARS_MAX = 8_000;
/** How long a model is left alone after its first failure in a row; it doubles with each, up to the most. */
const CLOSED_MS_MIN = 60_000;
const CLOSED_MS_MAX = 6 * 3_600_000;

/** What came of one round. */
export interface Embedded {
  readonly papers: number;
  /** Why it ended before everything was done; absent: everything is. */
  readonly why?: string;
}

/**
 * Asks what is configured for the vectors of papers that lack one, within the day's budget. It fails softly: whatever the
 * endpoint or the local model does, nothing is thrown but errors of the database, what came is kept, and after a failure it is
 * left alone, for longer with each in a row. No digest waits for it.
 */
export async function embedPapers(
  app: Pick<App, 'db' | 'now' | 'log' | 'config' | 'queue'>,
): Promise<Embedded> {
  const embedder = openEmbedder(app.config);
  if (embedder === undefined) return { papers: 0, why: 'no embeddings are configured' };
  try {
    return await embedWith(app, embedder);
  } finally {
    embedder.close();
  }
}

async function embedWith(
  app: Pick<App, 'db' | 'now' | 'log' | 'queue'>,
  embedder: Embedder,
): Promise<Embedded> {
  const since = addDays(dayOf(app.now(), 'UTC'), -WINDOW_DAYS);
  let papers = 0;
  for (;;) {
    const model = await embeddingModel(app.db, embedder.model, app.now());
    const why = app.queue.draining()
      ? 'this process is about to end'
      : whyNot(model, embedder.perDay, app.now());
    if (why !== undefined) return { papers, why };
    const room = Math.min(embedder.perDay - model.sentToday, embedder.textsAtOnce);
    const waiting = await next(app.db, model, since, room);
    if (waiting.length === 0) return { papers };
    try {
      const dimensions = model.dimensions ?? undefined;
      const vectors = await embedder.embed(waiting.map(textOf), app.now(), dimensions);
      const byPaper = waiting.map(({ id }, at): [string, Float32Array] => [
        id,
        vectors[at] as Float32Array,
      ]);
      await saveEmbeddings(app.db, embedder.model, new Map(byPaper), app.now());
      papers += waiting.length;
    } catch (error) {
      if (!(error instanceof EmbeddingError)) throw error;
      const waitMs = closedMs(model.failures, error.retryAfterMs);
      const until = new Date(app.now().getTime() + waitMs);
      await closeEmbeddings(app.db, embedder.model, until, error.message);
      app.log.warn({ model: embedder.model, why: error.message, until }, 'no embeddings');
      return { papers, why: error.message };
    }
  }
}

/**
 * What to send next, up to `room`. After failures it is less, and not what stands first: one paper that the model cannot
 * take must not keep the others from it.
 */
async function next(
  db: App['db'],
  { model, failures }: EmbeddingModel,
  since: string,
  room: number,
): Promise<PaperToEmbed[]> {
  const max = Math.max(1, room >> Math.min(failures, 6));
  const skipped = await papersToEmbed(db, model, since, max, failures);
  return skipped.length > 0 || failures === 0 ? skipped : papersToEmbed(db, model, since, max, 0);
}

function whyNot(model: EmbeddingModel, perDay: number, now: Date): string | undefined {
  if (model.closedUntil !== null && model.closedUntil > now) {
    return `left alone until ${model.closedUntil.toISOString()}: ${model.why}`;
  }
  return model.sentToday >= perDay
    ? `${perDay} papers were sent today, which is PAPERBOY_EMBEDDINGS_PER_DAY`
    : undefined;
}

function closedMs(failures: number, askedForMs: number | undefined): number {
  const ours = Math.min(CLOSED_MS_MAX, CLOSED_MS_MIN * 2 ** Math.min(failures, 20));
  return Math.max(ours, askedForMs ?? 0);
}

function textOf({ title, abstract }: PaperToEmbed): string {
  return `${title}\n\n${abstract}`.slice(0, TEXT_CHARS_MAX);
}
