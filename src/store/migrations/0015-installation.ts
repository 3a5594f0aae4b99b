import { type Kysely, sql } from 'kysely';

/**
 * Who asks: a random id, the same for a restored copy, so that two installations on one account of a
 * provider never share an idempotency key. And the key of each slice, pinned at its first attempt;
 * null of one that was attempted before keys were pinned.
 * And what a halt of the provider means for a slice.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table installation (
      id text primary key,
      only_one boolean not null unique default true check (only_one)
    );
    insert into installation (id) values (substr(replace(gen_random_uuid()::text, '-', ''), 1, 16));

    alter table slices
      add column key text,
      -- waits: for the provider's halt to end; released: it ended; alone: it runs into it and others do not.
      add column halt text check (halt in ('waits', 'released', 'alone'));
  `.execute(db);
}
