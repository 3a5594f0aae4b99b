import { type Kysely, sql } from 'kysely';

/** The vectors that an edition's papers are valued by, and their weight; null: none weighed anything by then. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table editions
      add column embedding_model text references embedding_models,
      add column embedding_weight double precision,
      add constraint embedding_pinned
        check ((embedding_model is null) = (embedding_weight is null));
  `.execute(db);
}
