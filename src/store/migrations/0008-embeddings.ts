import { type Kysely, sql } from 'kysely';

/** Vectors of papers, when an operator has an endpoint that makes them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table embedding_models (
      model text primary key,
      dimensions int,
      -- What its vectors are worth in somebody's order; 0 until a measurement said that they help.
      weight double precision not null default 0,
      -- The measurement behind the weight.
      measured jsonb,
      -- Papers sent on this day, UTC.
      day date not null,
      sent int not null default 0,
      -- Requests in a row that brought nothing, and until when it is left alone.
      failures int not null default 0,
      closed_until timestamptz,
      why text
    );

    create table embeddings (
      paper_id text not null references papers,
      model text not null references embedding_models,
      -- float32, little-endian, of length 1.
      vector bytea not null,
      at timestamptz not null,
      primary key (model, paper_id)
    );
  `.execute(db);
}
