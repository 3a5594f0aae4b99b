import { type Kysely, sql } from 'kysely';

/** What ingesting needs to be honest, resumable and steered by people. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table ingest_runs
      add column requests int not null default 0,
      add column seconds double precision not null default 0,
      add column failed boolean not null default false,
      -- Of the ids that were listed: two runs with the same list have the same.
      add column list_print text;
    create index ingest_runs_source on ingest_runs (source, started_at);

    -- A paper that turned out to be another one: that one's id, never that of a third.
    alter table papers add column joined_into text references papers;
    create index papers_joined_into on papers (joined_into) where joined_into is not null;

    -- What people did to papers by hand: a log, never changed. The newest row of a kind counts.
    create table curations (
      id bigint generated always as identity primary key,
      paper_id text not null references papers,
      action text not null
        check (action in ('pin', 'unpin', 'hide', 'unhide', 'submit', 'annotate')),
      -- The editor's note; empty: taken away.
      note text,
      by_name text not null,
      at timestamptz not null
    );
    create index curations_paper on curations (paper_id, id);

    -- How far a source was read that is read by high-water mark.
    create table source_marks (
      source text primary key,
      mark text not null,
      last_id text not null,
      -- Nothing was left to read then: the next look goes back a little for what came late.
      caught_up boolean not null,
      at timestamptz not null
    );

    -- What was known when the edition was frozen: everything until then, nothing after.
    alter table editions add column known_until timestamptz;
    update editions set known_until = frozen_at;
    alter table editions add column lacking jsonb not null default '[]';
  `.execute(db);
}
