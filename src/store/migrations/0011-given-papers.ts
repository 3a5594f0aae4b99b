import { type Kysely, sql } from 'kysely';

/**
 * Ten rows for every digest that leaves: three foreign keys cost three quarters of their insert.
 * Their values come from rows that the same transaction has read, and that nothing ever deletes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table delivered_papers
      drop constraint delivered_papers_subscriber_id_fkey,
      drop constraint delivered_papers_paper_id_fkey,
      drop constraint delivered_papers_edition_id_fkey
  `.execute(db);
}
