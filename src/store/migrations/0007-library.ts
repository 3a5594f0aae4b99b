import { type Kysely, sql } from 'kysely';

/** What subscribers brought along: papers that they know already, as likes for a cold start. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table library (
      id bigint generated always as identity primary key,
      subscriber_id bigint not null references subscribers,
      -- The strongest name of the paper, as in paper_keys: arxiv:, doi:, by:, title:.
      key text not null,
      -- Null: the archive did not have it then. When it comes later, the key finds it.
      paper_id text references papers,
      -- Of a paper that the archive did not have.
      title text,
      abstract text,
      source text not null check (source in ('import')),
      -- When they added it to their own collection, where the file tells, else when it was imported.
      at timestamptz not null,
      unique (subscriber_id, key),
      check ((paper_id is null) = (title is not null))
    );
    create unique index library_paper on library (subscriber_id, paper_id) where paper_id is not null;
    create index library_newest on library (subscriber_id, at desc, id desc);
  `.execute(db);
}
