import { setImmediate } from 'node:timers/promises';
import { type Prepared, preparing } from './domain/compose/prepared.ts';
import type { Edition } from './domain/edition.ts';
import type { Email } from './domain/email.ts';
import type { Frame } from './domain/frame.ts';
import { deliveryLinks } from './domain/links.ts';
import type { Embedded, Weighed } from './domain/rank/embedding.ts';
import type { Keys } from './domain/token.ts';
import type { LoadModel, VersionedModel } from './models.ts';
import type { RankedBy } from './ranking.ts';
import type { Db } from './store/database.ts';
import { loadEdition } from './store/editions.ts';
import { embeddingsOf } from './store/embeddings.ts';
import type { Taken } from './store/slices.ts';

/** A frozen edition, ready for composing and rendering. */
export interface LiveEdition {
  readonly prepared: Prepared;
  /** What it ranks by. */
  readonly ranking: RankedBy;
  readonly frame: Frame;
  /** The email of one taken delivery: the same bytes every time. */
  render(taken: Taken, datedAt: Date): Email;
}

const KEPT = 4;

/**
 * Loads editions and keeps the last few: an edition never changes, and every slice of it needs the
 * same texts and the same compiled template.
 */
export function openEditions(
  db: Db,
  keys: Keys,
  models: LoadModel,
): (id: string) => Promise<LiveEdition> {
  const kept = new Map<string, Promise<LiveEdition>>();
  return (id) => {
    const known = kept.get(id);
    if (known !== undefined) return known;
    const loading = load(db, keys, models, id);
    loading.catch(() => kept.delete(id));
    kept.set(id, loading);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return loading;
  };
}

async function load(db: Db, keys: Keys, models: LoadModel, id: string): Promise<LiveEdition> {
  const [{ renderer }, { Template }] = await Promise.all([
    import('./render/render.ts'),
    import('./render/template.ts'),
  ]);
  const { edition, frame, template, modelVersion, embedding, frozenAt } = await loadEdition(db, id);
  const ranking = await models(modelVersion);
  const embedded = embedding && (await vectorsOf(db, edition, embedding, frozenAt));
  const render = renderer(Template.parse(template));
  return {
    prepared: await prepared(edition, ranking, embedded),
    ranking: embedding
      ? { ...ranking, embedding: { model: embedding.model, by: frozenAt } }
      : ranking,
    frame,
    render: ({ subscriberId, addressee, composition }, datedAt) =>
      render({
        edition,
        frame,
        subscriberId,
        addressee,
        composition,
        links: deliveryLinks(keys, frame, subscriberId, id),
        sentAt: datedAt.toISOString(),
      }),
  };
}

async function vectorsOf(
  db: Db,
  { candidates }: Edition,
  embedding: Weighed,
  by: Date,
): Promise<Embedded> {
  const ids = candidates.map(({ paper }) => paper.id);
  const found = await embeddingsOf(db, embedding.model, ids, by);
  return { ...embedding, vectors: ids.map((id) => found.get(id)) };
}

/** An edition of many papers takes a good part of a second: others whose turn it is must not wait so long. */
async function prepared(
  edition: Edition,
  { model }: VersionedModel,
  embedded: Embedded | undefined,
): Promise<Prepared> {
  const steps = preparing(edition, model, embedded);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await setImmediate();
  }
}
