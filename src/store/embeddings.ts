import { sql } from 'kysely';
import type { Verdict, Weighed } from '../domain/rank/embedding.ts';
import type { Db } from './database.ts';

/** What is known of a model's endpoint. */
export interface EmbeddingModel {
  readonly model: string;
  readonly dimensions: number | null;
  readonly weight: number;
  readonly measured: unknown;
  readonly sentToday: number;
  readonly failures: number;
  readonly closedUntil: Date | null;
  readonly why: string | null;
  readonly papers: number;
}

/** A paper that waits for its vector. */
export interface PaperToEmbed {
  readonly id: string;
  readonly title: string;
  readonly abstract: string;
}

/** The state of a model, which begins with the first question for it. */
export async function embeddingModel(db: Db, model: string, now: Date): Promise<EmbeddingModel> {
  const { rows } = await sql<EmbeddingModel>`
    with begun as (
      insert into embedding_models (model, day) values (${model}, ${day(now)}::date)
      on conflict do nothing
    )
    select ${model} as model, m.dimensions, coalesce(m.weight, 0) as weight, m.measured,
           case when m.day = ${day(now)}::date then m.sent else 0 end as "sentToday",
           coalesce(m.failures, 0) as failures, m.closed_until as "closedUntil", m.why,
           (select count(*)::int from embeddings where model = ${model}) as papers
      from (select 1) one left join embedding_models m on m.model = ${model}
  `.execute(db);
  return rows[0] as EmbeddingModel;
}

/** What a model's vectors are worth; `undefined` when no measurement has said that they help. */
export async function weighedModel(db: Db, model: string): Promise<Weighed | undefined> {
  const { rows } = await sql<Weighed>`
    select model, weight from embedding_models where model = ${model} and weight > 0
  `.execute(db);
  return rows[0];
}

/**
 * Papers without a vector of a model: those listed since a day, newest first, then those that somebody likes, saved or
 * brought along.
 * @param skip so many of them are left out at the beginning.
 */
export async function papersToEmbed(
  db: Db,
  model: string,
  since: string,
  max: number,
  skip: number,
): Promise<PaperToEmbed[]> {
  const { rows } = await sql<PaperToEmbed>`
    select p.id, p.record->>'title' as title, p.record->>'abstract' as abstract
      from papers p
     where p.joined_into is null
       and not exists (select from embeddings e where e.model = ${model} and e.paper_id = p.id)
       and (p.listed_on >= ${since}::date
         or p.id in (select paper_id from feedback where kind in ('like', 'save'))
         or p.id in (select paper_id from library where paper_id is not null))
     order by p.listed_on >= ${since}::date desc, p.listed_on desc, p.id
     limit ${max} offset ${skip}
  `.execute(db);
  return rows;
}

/** Keeps the vectors of some papers, and counts them for the day. The first vector fixes the model's dimensions. */
export async function saveEmbeddings(
  db: Db,
  model: string,
  vectors: ReadonlyMap<string, Float32Array>,
  now: Date,
): Promise<void> {
  const dimensions = [...vectors.values()][0]?.length ?? null;
  const hex = [...vectors.values()].map((vector) => bytesOf(vector).toString('hex'));
  await db.transaction().execute(async (tx) => {
    await sql`
      update embedding_models
         set sent = case when day = ${day(now)}::date then sent else 0 end + ${vectors.size},
             day = ${day(now)}::date, failures = 0, closed_until = null, why = null,
             dimensions = coalesce(dimensions, ${dimensions}::int)
       where model = ${model}
    `.execute(tx);
    await sql`
      insert into embeddings (paper_id, model, vector, at)
      select v.id, ${model}, decode(v.hex, 'hex'), ${now}::timestamptz
        from unnest(${[...vectors.keys()]}::text[], ${hex}::text[]) as v (id, hex)
      on conflict do nothing
    `.execute(tx);
  });
}

/** The vectors of some papers, as far as they were there by a moment: so they are the same ones whenever it is asked. */
export async function embeddingsOf(
  db: Db,
  model: string,
  paperIds: readonly string[],
  by: Date,
): Promise<Map<string, Float32Array>> {
  const { rows } = await sql<{ id: string; vector: Uint8Array }>`
    select paper_id as id, vector from embeddings
     where model = ${model} and paper_id = any(${paperIds}::text[]) and at <= ${by}::timestamptz
     order by paper_id
  `.execute(db);
  return new Map(rows.map(({ id, vector }) => [id, vectorOf(vector)]));
}

/** Leaves an endpoint alone until a moment, for a reason. */
export async function closeEmbeddings(
  db: Db,
  model: string,
  until: Date,
  why: string,
): Promise<void> {
  await sql`
    update embedding_models
       set failures = failures + 1, closed_until = ${until}::timestamptz, why = ${why}
     where model = ${model}
  `.execute(db);
}

/**
 * The weight of a model's vectors in everybody's order, by a measurement: what does not improve weighs nothing,
 * whatever was asked for. @returns the weight that holds from now on.
 */
export async function weighEmbeddings(
  db: Db,
  model: string,
  weight: number,
  measured: Verdict,
): Promise<number> {
  const kept = measured.improves ? weight : 0;
  await db
    .updateTable('embedding_models')
    .set({ weight: kept, measured: JSON.stringify({ ...measured, weight }) })
    .where('model', '=', model)
    .execute();
  return kept;
}

function day(now: Date): string {
  return now.toISOString().slice(0, 10);
}

/** Little-endian, whatever this machine is. */
function bytesOf(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(4 * vector.length);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, 4 * at);
  return bytes;
}

function vectorOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, at) =>
    view.getFloat32(4 * at, true),
  );
}
