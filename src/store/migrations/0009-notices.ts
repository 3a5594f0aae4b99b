import { type Kysely, sql } from 'kysely';

/** More kinds of notices, some to the operator; and editions are numbered. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table notices drop constraint notices_kind_check;
    alter table notices add constraint notices_kind_check check (
      kind in ('confirm', 'known', 'link', 'address', 'welcome', 'moved', 'goodbye', 'alert')
    );
    -- What a notice is about when it may be said once only, and what an alert says.
    alter table notices add column cause text, add column told json;
    create unique index notices_cause on notices (cause) where cause is not null;

    -- The how-manieth of its digest, in the order of printing.
    alter table editions add column number int;
    update editions e set number = n.number
      from (select id, row_number() over (partition by digest order by date) as number
              from editions) n
     where n.id = e.id;
  `.execute(db);
}
