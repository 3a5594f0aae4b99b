import { type Kysely, sql } from 'kysely';

/** How hosts are asked, over all processes, and what they said of their documents. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- One row for each host that is asked, and one for all of arXiv's.
    create table hosts (
      name text primary key,
      -- No request before that, by the database's clock.
      next_at timestamptz not null,
      -- The one request that is under way.
      lease_token text,
      lease_until timestamptz,
      -- Refusals (429, 503) in a row.
      refusals int not null default 0
    );

    -- ETag and Last-Modified of the documents whose papers are saved.
    create table documents (
      url text primary key,
      etag text,
      last_modified text,
      saved_at timestamptz not null
    );
  `.execute(db);
}
