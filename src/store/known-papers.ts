import { PaperRecord } from '../domain/paper.ts';
import type { Db } from './database.ts';

const CHUNK = 1_000;

/** The records that are known under some of these keys, by key. */
export async function knownRecords(
  db: Db,
  keys: readonly string[],
): Promise<Map<string, PaperRecord>> {
  const known = new Map<string, PaperRecord>();
  for (let from = 0; from < keys.length; from += CHUNK) {
    const rows = await db
      .selectFrom('paper_keys')
      .innerJoin('papers', 'papers.id', 'paper_keys.paper_id')
      .where('paper_keys.key', 'in', keys.slice(from, from + CHUNK))
      .select(['paper_keys.key', 'papers.record'])
      .execute();
    for (const { key, record } of rows) known.set(key, PaperRecord.parse(record));
  }
  return known;
}
