import { type Kysely, sql } from 'kysely';

/** What holds submitting back, over all processes: brakes, rates and daily numbers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- A row is a reason not to submit: of everything, of the provider, of one edition.
    create table brakes (
      name text primary key,
      kind text not null check (kind in ('paused', 'busy', 'halted', 'failing')),
      why text not null,
      since timestamptz not null,
      -- When it opens by itself; null: when a person says so.
      until timestamptz,
      -- Failures in a row, while nothing is held back yet or since.
      failures int not null default 0,
      -- One request may try whether the way is free again; until when the others wait for it.
      probing_until timestamptz
    );

    -- When the next request of a kind may leave.
    create table rates (
      name text primary key,
      next_at timestamptz not null
    );

    -- Emails first handed over on a day, for the warm-up.
    create table mail_days (
      day date primary key,
      mails int not null
    );

    alter table editions add column cancelled_at timestamptz;
    alter table dead_letters add column redriven_at timestamptz;
  `.execute(db);
}
