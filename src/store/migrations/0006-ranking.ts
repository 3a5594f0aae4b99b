import { type Kysely, sql } from 'kysely';

/** Ranking: models by version, profiles of subscribers, and which model an edition ranks by. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table rank_models (
      version bigint generated always as identity primary key,
      fitted_at timestamptz not null,
      -- What it was fitted on: nothing new makes no new version.
      print text not null,
      papers int not null,
      readers int not null,
      -- Null until every part is written; a model that is not whole is never used.
      bytes bigint
    );

    -- In parts, so that no single statement is a long one.
    create table rank_model_parts (
      version bigint not null references rank_models on delete cascade,
      part int not null,
      bytes bytea not null,
      primary key (version, part)
    );

    -- What is worked out of what somebody likes and asks for; it can be built again at any time.
    create table profiles (
      subscriber_id bigint primary key references subscribers,
      -- 0: before any model was fitted.
      model_version bigint not null,
      -- Of everything that it was built from: another print means it is stale.
      print text not null,
      built_at timestamptz not null,
      packed bytea not null check (octet_length(packed) <= 1536)
    );

    -- No foreign key: an edition stays when its model is forgotten.
    alter table editions add column model_version bigint not null default 0;
    -- Kept, because to rank what a query finds it would be worked out again for every row.
    alter table papers add column words tsvector generated always as (
      setweight(to_tsvector('english', record->>'title'), 'A')
      || setweight(to_tsvector('english', record->>'abstract'), 'B')) stored;
    drop index papers_words;
    create index papers_words on papers using gin (words);

    create index papers_newest on papers (listed_on desc, id desc) where joined_into is null;
  `.execute(db);
}
