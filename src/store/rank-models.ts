import { sql } from 'kysely';
import type { Db } from './database.ts';

/** A whole model as a list shows it. */
export interface ModelRow {
  readonly version: number;
  readonly fittedAt: Date;
  /** Of what it was fitted on. */
  readonly print: string;
  readonly papers: number;
  readonly readers: number;
  readonly bytes: number;
}

/** The newest model that is whole; undefined before the first. */
export async function newestModel(db: Db): Promise<ModelRow | undefined> {
  const row = await db
    .selectFrom('rank_models')
    .where('bytes', 'is not', null)
    .selectAll()
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { fitted_at: fittedAt, version, bytes, ...rest } = row;
  return { ...rest, fittedAt, version: Number(version), bytes: Number(bytes) };
}

/** As much as a statement carries without holding up the others. */
const PART_BYTES = 1 << 20;

/**
 * Stores a fitted model, part by part; it counts once the last one is written. What an earlier fit left
 * unfinished is removed.
 * @returns its version.
 */
export async function saveModel(
  db: Db,
  model: Pick<ModelRow, 'fittedAt' | 'print' | 'papers' | 'readers'>,
  packed: Uint8Array,
): Promise<number> {
  await db.deleteFrom('rank_models').where('bytes', 'is', null).execute();
  const { fittedAt, ...rest } = model;
  const { version } = await db
    .insertInto('rank_models')
    .values({ ...rest, fitted_at: fittedAt })
    .returning('version')
    .executeTakeFirstOrThrow();
  for (let part = 0; part * PART_BYTES < packed.length; part += 1) {
    const bytes = Buffer.from(packed.subarray(part * PART_BYTES, (part + 1) * PART_BYTES));
    await db.insertInto('rank_model_parts').values({ version, part, bytes }).execute();
  }
  await db
    .updateTable('rank_models')
    .set({ bytes: packed.length })
    .where('version', '=', version)
    .execute();
  return Number(version);
}

/** The bytes of a model; undefined when it was forgotten or is not whole. */
export async function loadModel(db: Db, version: number): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom('rank_models')
    .where('version', '=', String(version))
    .select('bytes')
    .executeTakeFirst();
  if (row?.bytes == null) return undefined;
  const packed = new Uint8Array(Number(row.bytes));
  for (let part = 0; part * PART_BYTES < packed.length; part += 1) {
    const { bytes } = await db
      .selectFrom('rank_model_parts')
      .where('version', '=', String(version))
      .where('part', '=', part)
      .select('bytes')
      .executeTakeFirstOrThrow();
    packed.set(bytes, part * PART_BYTES);
  }
  return packed;
}

/**
 * Forgets all models but the newest `kept` and those that an edition may still be taken by: one whose cut-off
 * is not older than `since`, or that has a slice to submit.
 */
export async function forgetModels(db: Db, kept: number, since: Date): Promise<void> {
  await sql`
    delete from rank_models m
     where m.bytes is not null
       and m.version not in (
         select version from rank_models where bytes is not null order by version desc limit ${kept})
       and not exists (
         select from editions e
          where e.model_version = m.version
            and (e.cut_off_at >= ${since}::timestamptz
              or exists (select from slices l
                          where l.edition_id = e.id and l.state in ('open', 'submitting', 'dead'))))
  `.execute(db);
}
