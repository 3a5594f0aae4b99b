import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Counts something within its window, over all processes. @returns how often it came so far. */
export async function countHit(db: Db, name: string, windowMs: number, now: Date): Promise<number> {
  const since = new Date(Math.floor(now.getTime() / windowMs) * windowMs);
  const { rows } = await sql<{ hits: number }>`
    insert into web_hits (name, since, hits) values (${name}, ${since}::timestamptz, 1)
    on conflict (name, since) do update set hits = web_hits.hits + 1
    returning hits
  `.execute(db);
  return rows[0]?.hits ?? 0;
}

export async function forgetHits(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('web_hits').where('since', '<', before).execute();
}
