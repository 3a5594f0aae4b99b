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

    -- Who alone would recognise a repeat of what is in doubt: another provider or account never saw it.
    alter table slices add column in_doubt_with text;
    -- Its emails were counted towards a day already, by it or by the slice that it was split from.
    alter table slices add column counted boolean not null default false;
    -- Its turn in the rates of its recipients' domains.
    alter table slices add column turn_at timestamptz;
    create index dead_letters_slice on dead_letters ((payload->>'sliceId'), id) where job = 'submit';
    create index provider_events_message on provider_events ((payload->>'providerId'))
      where result = 'no delivery has this id';

    alter table editions add column cancelled_at timestamptz;
    alter table dead_letters add column redriven_at timestamptz;
  `.execute(db);
}
