import { type Kysely, sql } from 'kysely';

/** Summaries that a model wrote, so that none is asked for twice. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table summaries (
      paper_id text not null references papers,
      model text not null,
      -- Of title and abstract: a paper that was changed is asked for again.
      print text not null,
      -- Null: no answer so far was fit to be shown, and this is why the last one was not.
      text text,
      why text,
      tries int not null,
      at timestamptz not null,
      primary key (paper_id, model)
    );

    -- Requests per day (UTC), for the budget.
    create table summary_days (day date primary key, requests int not null);
  `.execute(db);
}
