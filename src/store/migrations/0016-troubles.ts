import { type Kysely, sql } from 'kysely';

/** What is asked for all the time, and had no index. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Each sweep looks for what nothing will try again by itself.
    create index slices_dead on slices (edition_id) where state = 'dead';
    -- The page and the feeds of a topic: papers whose source calls it a topic of theirs.
    create index papers_topics on papers using gin ((record->'topics') jsonb_path_ops)
      with (fastupdate = off); -- a long list of what is pending makes the planner read every paper instead
  `.execute(db);
}
