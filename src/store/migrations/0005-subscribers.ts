import { type Kysely, sql } from 'kysely';

/** The subscriber's side: sign-ups, notices, consent, feedback, limits, search. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table subscribers
      add column left_at timestamptz,
      add column left_why text,
      add column erased_at timestamptz;

    -- A wish to subscribe; it makes nobody a subscriber until the address confirms it.
    create table signups (
      id bigint generated always as identity primary key,
      email text not null,
      email_key text not null,
      -- The address as the limits count it: without a tag, for some providers without dots.
      limit_key text not null,
      preferences jsonb not null,
      asked_at timestamptz not null,
      page text not null,
      network text not null,
      words text not null,
      confirmed_at timestamptz
    );
    create index signups_limit on signups (limit_key, asked_at);

    create table address_changes (
      id bigint generated always as identity primary key,
      subscriber_id bigint not null references subscribers,
      email text not null,
      asked_at timestamptz not null,
      confirmed_at timestamptz
    );
    create index address_changes_subscriber on address_changes (subscriber_id, asked_at);

    -- One email each that answers what a person did. What it says is frozen at its first attempt.
    create table notices (
      id bigint generated always as identity primary key,
      kind text not null check (kind in ('confirm', 'known', 'link', 'address')),
      email text not null,
      email_key text not null,
      limit_key text not null,
      -- Of signups, of subscribers or of address_changes, by the kind.
      about_id bigint not null,
      language text not null,
      asked_at timestamptz not null,
      state text not null default 'open'
        check (state in ('open', 'submitted', 'refused', 'suppressed', 'skipped', 'unknown')),
      -- Not jsonb, which puts keys into an order of its own: the same bytes at every attempt.
      frozen json,
      attempts int not null default 0,
      in_doubt_since timestamptz,
      next_try_at timestamptz,
      lease_token text,
      lease_until timestamptz,
      why text,
      provider_id text,
      decided_at timestamptz
    );
    create index notices_open on notices (asked_at) where state = 'open';
    create index notices_limit on notices (limit_key, asked_at);
    create index notices_provider on notices (provider_id) where provider_id is not null;

    -- Who agreed to what, when, where, and which words they read.
    create table consents (
      id bigint generated always as identity primary key,
      subscriber_id bigint not null references subscribers,
      at timestamptz not null,
      what text not null check (what in ('asked', 'confirmed', 'left', 'came back', 'moved', 'erased')),
      page text not null,
      network text not null,
      words text not null
    );
    create index consents_subscriber on consents (subscriber_id, at);

    create table feedback (
      subscriber_id bigint not null references subscribers,
      paper_id text not null references papers,
      kind text not null check (kind in ('like', 'dislike', 'save')),
      at timestamptz not null,
      primary key (subscriber_id, paper_id, kind)
    );

    -- What the web counts where there is no Redis.
    create table web_hits (
      name text not null,
      since timestamptz not null,
      hits int not null,
      primary key (name, since)
    );

    create index papers_words on papers using gin (
      to_tsvector('english', (record->>'title') || ' ' || (record->>'abstract'))
    );
  `.execute(db);
}
