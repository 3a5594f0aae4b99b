import { sql, type Transaction } from 'kysely';
import type { Schema } from './schema.ts';

/** A paper that is another one: from then on that one's id stands for both. */
export interface Join {
  readonly from: string;
  readonly into: string;
}

/**
 * Moves names, votes and what people did to the paper that stays. The row that goes keeps its id and
 * points there, because frozen editions and deliveries name it for ever: who was given either had both.
 */
export async function joinPapers(tx: Transaction<Schema>, joins: readonly Join[]): Promise<void> {
  for (const { from, into } of joins) {
    await sql`
      update papers set joined_into = ${into} where id = ${from} or joined_into = ${from}
    `.execute(tx);
    await sql`update paper_keys set paper_id = ${into} where paper_id = ${from}`.execute(tx);
    await sql`update curations set paper_id = ${into} where paper_id = ${from}`.execute(tx);
    await sql`
      insert into signals (paper_id, source, at, upvotes, comments, stars, position)
      select ${into}, source, at, upvotes, comments, stars, position
        from signals where paper_id = ${from}
      on conflict do nothing
    `.execute(tx);
    await sql`delete from signals where paper_id = ${from}`.execute(tx);
  }
}
