import { type Kysely, sql } from 'kysely';

/** Papers, people, editions and the ledger: the only truth. Redis may be lost whole at any moment. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table papers (
      id text primary key,
      record jsonb not null,
      source text not null,
      listed_on date not null,
      first_seen_at timestamptz not null,
      updated_at timestamptz not null
    );
    create index papers_listed_on on papers (listed_on);

    -- Every name under which a paper may come back: arxiv:, doi:, title:.
    create table paper_keys (
      key text primary key,
      paper_id text not null references papers
    );

    create table signals (
      paper_id text not null references papers,
      source text not null,
      at timestamptz not null,
      upvotes int not null,
      comments int not null,
      stars int not null,
      position int not null,
      primary key (paper_id, source, at)
    );

    create table ingest_runs (
      id bigint generated always as identity primary key,
      source text not null,
      input text not null,
      started_at timestamptz not null,
      finished_at timestamptz not null,
      seen int not null,
      new int not null,
      updated int not null,
      unchanged int not null,
      merged int not null,
      rejected int not null,
      rejections jsonb not null,
      note text,
      check (seen = new + updated + unchanged + merged + rejected)
    );

    create table digests (
      name text primary key,
      settings jsonb not null
    );

    create table subscribers (
      id bigint generated always as identity primary key,
      email text not null,
      email_key text not null unique,
      state text not null check (state in ('pending', 'active', 'unsubscribed')),
      preferences jsonb not null,
      schedule text not null generated always as (
        (preferences->>'timeZone') || ' ' || (preferences->>'hour') || ' ' ||
        (preferences->>'cadence') || ' ' || (preferences->>'weekday')
      ) stored,
      active_since timestamptz,
      created_at timestamptz not null
    );
    create index subscribers_due on subscribers (schedule, id) where state = 'active';

    create table suppressions (
      email_key text primary key,
      reason text not null
        check (reason in ('bounced', 'complained', 'unsubscribed', 'erased', 'operator')),
      detail text,
      at timestamptz not null
    );

    create table templates (
      version text primary key,
      name text not null,
      sources jsonb not null
    );

    create table editions (
      id text primary key,
      digest text not null,
      date date not null,
      title text not null,
      cut_off_at timestamptz not null,
      frozen_at timestamptz not null,
      latest_by_hours int not null,
      frame jsonb not null,
      template_version text not null references templates,
      candidates jsonb not null,
      planned int not null default 0,
      unique (digest, date)
    );

    create table sends (
      id bigint generated always as identity primary key,
      edition_id text not null references editions,
      at timestamptz not null,
      only_emails jsonb,
      asked_at timestamptz not null,
      dispatched_at timestamptz
    );

    create table slices (
      id text primary key,
      edition_id text not null references editions,
      -- Who is due together goes together: a restored copy plans the same slices with the same ids.
      due_at timestamptz not null,
      place int,
      state text not null default 'open'
        check (state in ('open', 'submitting', 'settled', 'split', 'held', 'dead')),
      attempts int not null default 0,
      created_at timestamptz not null,
      taken_at timestamptz,
      first_attempt_at timestamptz,
      -- Since when a request may have been taken without our knowing; null: nothing can have been.
      in_doubt_since timestamptz,
      next_try_at timestamptz,
      lease_token text,
      lease_until timestamptz,
      fingerprint text,
      why text,
      unique (edition_id, due_at, place)
    );
    create index slices_unsettled on slices (state, next_try_at)
      where state in ('open', 'submitting');

    create table deliveries (
      edition_id text not null references editions,
      subscriber_id bigint not null references subscribers,
      slice_id text not null references slices,
      state text not null default 'open'
        check (state in ('open', 'submitted', 'refused', 'suppressed', 'skipped', 'unknown')),
      due_at timestamptz not null,
      lookback_days int not null,
      addressee jsonb,
      composition jsonb,
      why text,
      provider_id text,
      decided_at timestamptz,
      delivered_at timestamptz,
      bounced_at timestamptz,
      complained_at timestamptz,
      primary key (edition_id, subscriber_id)
    );
    create index deliveries_slice on deliveries (slice_id);
    create index deliveries_provider on deliveries (provider_id) where provider_id is not null;

    -- No paper twice: what a subscriber was ever given.
    create table delivered_papers (
      subscriber_id bigint not null references subscribers,
      paper_id text not null references papers,
      edition_id text not null references editions,
      primary key (subscriber_id, paper_id)
    );
    create index delivered_papers_edition on delivered_papers (edition_id, subscriber_id);

    create table job_slots (
      timetable text not null,
      slot timestamptz not null,
      job text not null,
      payload jsonb not null,
      state text not null check (state in ('claimed', 'asked', 'skipped')),
      why text,
      claimed_at timestamptz not null,
      primary key (timetable, slot)
    );

    create table dead_letters (
      id bigint generated always as identity primary key,
      job text not null,
      payload jsonb not null,
      why text not null,
      attempts int not null,
      died_at timestamptz not null
    );

    create table provider_events (
      id text primary key,
      provider text not null,
      type text not null,
      payload jsonb not null,
      received_at timestamptz not null,
      settled_at timestamptz,
      result text
    );
    create index provider_events_unsettled on provider_events (received_at) where settled_at is null;
  `.execute(db);
}
