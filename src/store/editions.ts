import { sql } from 'kysely';
import { type Edition, editionId } from '../domain/edition.ts';
import { Frame } from '../domain/frame.ts';
import type { Weighed } from '../domain/rank/embedding.ts';
import type { Db } from './database.ts';

/** A template as it was compiled, kept for as long as an edition names its version. */
export interface StoredTemplate {
  readonly name: string;
  readonly version: string;
  readonly sources: Readonly<Record<string, string>>;
}

/** An edition with everything that decides the bytes of its emails. */
export interface FrozenEdition {
  readonly edition: Edition;
  readonly frame: Frame;
  readonly template: StoredTemplate;
  /** The model that ranks it for subscribers; 0: none was fitted by then. */
  readonly modelVersion: number;
  /** The vectors that are added to what the model says; absent: none weighed anything by then. */
  readonly embedding?: Weighed | undefined;
}

/** When an edition was written, and until when it looked. */
export interface FrozenAt {
  readonly at: Date;
  /** What was known later is news of the next edition. */
  readonly knownUntil: Date;
}

/** What deciding who is due needs of an edition. */
export interface EditionRow {
  readonly id: string;
  readonly digest: string;
  readonly cutOffAt: Date;
  readonly latestByHours: number;
  readonly cancelled: boolean;
}

/**
 * Writes an edition with its template, once: the first writer wins and nothing changes it again.
 * @returns whether this call wrote it.
 */
export async function saveEdition(
  db: Db,
  { edition, frame, template, modelVersion, embedding }: FrozenEdition,
  latestByHours: number,
  { at, knownUntil }: FrozenAt,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await tx
      .insertInto('templates')
      .values({ ...template, sources: JSON.stringify(template.sources) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('editions')
      .values({
        id: edition.id,
        digest: edition.digest,
        date: edition.date,
        title: edition.title,
        cut_off_at: edition.cutOffAt,
        frozen_at: at,
        known_until: knownUntil,
        latest_by_hours: latestByHours,
        frame: JSON.stringify(frame),
        template_version: template.version,
        candidates: JSON.stringify(edition.candidates),
        lacking: JSON.stringify(edition.lacking ?? []),
        number: nextNumber(edition.digest),
        model_version: modelVersion,
        embedding_model: embedding?.model ?? null,
        embedding_weight: embedding?.weight ?? null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  });
}

/** One more than the digest's newest print has. */
const nextNumber = (digest: string) =>
  sql<number>`(select coalesce(max(number), 0) + 1 from editions where digest = ${digest})`;

/** @throws UnknownEditionError */
export async function loadEdition(
  db: Db,
  id: string,
): Promise<FrozenEdition & { readonly frozenAt: Date }> {
  const row = await db
    .selectFrom('editions')
    .innerJoin('templates', 'templates.version', 'editions.template_version')
    .where('editions.id', '=', id)
    .select([
      'editions.id',
      'digest',
      'date',
      'title',
      'cut_off_at',
      'candidates',
      'lacking',
      'number',
      'model_version',
      'embedding_model',
      'embedding_weight',
      'frozen_at',
      'frame',
      'templates.name',
      'version',
      'sources',
    ])
    .executeTakeFirst();
  if (row === undefined) throw new UnknownEditionError(id, await newestEditions(db));
  return {
    edition: {
      id: row.id,
      digest: row.digest,
      title: row.title,
      date: row.date,
      cutOffAt: row.cut_off_at.toISOString(),
      ...(row.number === null ? {} : { number: row.number }),
      candidates: row.candidates,
      ...(row.lacking.length > 0 ? { lacking: row.lacking } : {}),
    },
    frame: Frame.parse(row.frame),
    template: { name: row.name, version: row.version, sources: row.sources },
    modelVersion: Number(row.model_version),
    frozenAt: row.frozen_at,
    ...(row.embedding_model === null
      ? {}
      : { embedding: { model: row.embedding_model, weight: row.embedding_weight ?? 0 } }),
  };
}

/** Editions of a digest whose cut-off is not older than `since`: those that may still be due. */
export async function editionsSince(db: Db, digest: string, since: Date): Promise<EditionRow[]> {
  const rows = await db
    .selectFrom('editions')
    .where('digest', '=', digest)
    .where('cut_off_at', '>=', since)
    .select(['id', 'digest', 'cut_off_at', 'latest_by_hours', 'cancelled_at'])
    .orderBy('date')
    .execute();
  return rows.map(toRow);
}

export async function isFrozen(db: Db, id: string): Promise<boolean> {
  const row = await db.selectFrom('editions').where('id', '=', id).select('id').executeTakeFirst();
  return row !== undefined;
}

/** @throws UnknownEditionError */
export async function editionRow(db: Db, id: string): Promise<EditionRow> {
  const row = await db
    .selectFrom('editions')
    .where('id', '=', id)
    .select(['id', 'digest', 'cut_off_at', 'latest_by_hours', 'cancelled_at'])
    .executeTakeFirst();
  if (row === undefined) throw new UnknownEditionError(id, await newestEditions(db));
  return toRow(row);
}

function toRow(row: {
  id: string;
  digest: string;
  cut_off_at: Date;
  latest_by_hours: number;
  cancelled_at: Date | null;
}): EditionRow {
  return {
    id: row.id,
    digest: row.digest,
    cutOffAt: row.cut_off_at,
    latestByHours: row.latest_by_hours,
    cancelled: row.cancelled_at !== null,
  };
}

async function newestEditions(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('editions')
    .select('id')
    .orderBy('frozen_at', 'desc')
    .limit(5)
    .execute();
  return rows.map(({ id }) => id);
}

export class UnknownEditionError extends Error {
  override readonly name = 'UnknownEditionError';
  constructor(id: string, known: readonly string[]) {
    super(
      `no edition has the id "${id}"; ${
        known.length > 0
          ? `the newest are ${known.join(', ')}`
          : `none is frozen yet: run \`paperboy freeze DIGEST --date YYYY-MM-DD\` (an id looks like ${editionId('daily', '2025-03-14')})`
      }`,
    );
  }
}
