import { sql, type Transaction } from 'kysely';
import {
  isExact,
  mergeRecords,
  PaperRecord,
  paperId,
  paperKeys,
  type Signal,
  samePaper,
} from '../domain/paper.ts';
import type { Db } from './database.ts';
import type { Schema } from './schema.ts';

/** A paper as some source lists it: see `Listing` in sources. */
interface Listed {
  readonly record: PaperRecord;
  readonly signal: Signal;
}

/** What became of the listings of one run; the counts add up to the listings. */
export interface Saved {
  new: number;
  /** Known, and this record changed what is known of it. */
  updated: number;
  /** Known, and nothing changed. */
  unchanged: number;
  /** Named again within this run. */
  merged: number;
}

const CHUNK = 500;

/**
 * Saves what a source lists: new papers under their canonical id, known ones merged whichever of
 * their names they come under, votes kept with their moment when they differ from the last ones.
 * Saving the same twice changes nothing.
 */
export async function savePapers(
  db: Db,
  source: string,
  listings: readonly Listed[],
  at: Date,
): Promise<Saved> {
  const saved: Saved = { new: 0, updated: 0, unchanged: 0, merged: 0 };
  const touched = new Set<string>();
  for (let from = 0; from < listings.length; from += CHUNK) {
    const chunk = listings.slice(from, from + CHUNK);
    await db.transaction().execute((tx) => saveChunk(tx, source, chunk, at, saved, touched));
  }
  return saved;
}

interface Known {
  readonly id: string;
  record: PaperRecord;
  signal?: Signal;
  change: 'new' | 'updated' | 'none';
}

async function saveChunk(
  tx: Transaction<Schema>,
  source: string,
  chunk: readonly Listed[],
  at: Date,
  saved: Saved,
  touched: Set<string>,
): Promise<void> {
  // Two runs that meet the same new paper under two names must not make two papers of it.
  await sql`lock table paper_keys in share row exclusive mode`.execute(tx);
  const byKey = await knownPapers(tx, chunk);
  const seen = new Map<string, Known>();
  for (const { record, signal } of chunk) {
    const known = find(byKey, record) ?? unknown(byKey, record);
    seen.set(known.id, known);
    for (const key of paperKeys(record)) if (!byKey.has(key)) byKey.set(key, known);
    const before = JSON.stringify(known.record);
    known.record = canonical(mergeRecords(known.record, record));
    const changed = JSON.stringify(known.record) !== before;
    if (changed && known.change === 'none') known.change = 'updated';
    known.signal = signal;
    if (touched.has(known.id)) saved.merged += 1;
    else if (known.change === 'none') saved.unchanged += 1;
    else saved[known.change] += 1;
    touched.add(known.id);
  }
  await writePapers(tx, source, [...seen.values()], at);
  await writeKeys(tx, byKey);
  await writeSignals(tx, source, [...seen.values()], at);
}

async function knownPapers(tx: Transaction<Schema>, chunk: readonly Listed[]) {
  const keys = [...new Set(chunk.flatMap(({ record }) => paperKeys(record)))];
  const rows = await tx
    .selectFrom('paper_keys')
    .innerJoin('papers', 'papers.id', 'paper_keys.paper_id')
    .where('key', 'in', keys)
    .select(['key', 'id', 'record'])
    .execute();
  const byId = new Map<string, Known>();
  const byKey = new Map<string, Known>();
  for (const { key, id, record } of rows) {
    const known = byId.get(id) ?? { id, record: canonical(record), change: 'none' };
    byId.set(id, known);
    byKey.set(key, known);
  }
  return byKey;
}

/** The strongest key decides; a shared title alone is not enough for records that contradict it. */
function find(byKey: Map<string, Known>, record: PaperRecord): Known | undefined {
  for (const key of paperKeys(record)) {
    const known = byKey.get(key);
    if (known === undefined) continue;
    if (isExact(key) || samePaper(known.record, record)) return known;
  }
  return undefined;
}

function unknown(byKey: Map<string, Known>, record: PaperRecord): Known {
  const titleTaken = byKey.get(paperKeys(record).at(-1) ?? '')?.id === paperId(record);
  const known: Known = {
    id: paperId(record, titleTaken),
    record: canonical(record),
    change: 'new',
  };
  for (const key of paperKeys(record)) if (!byKey.has(key)) byKey.set(key, known);
  return known;
}

/** Fields in the schema's order, so that two records are equal when their JSON is. */
function canonical(record: PaperRecord): PaperRecord {
  return PaperRecord.parse(record);
}

async function writePapers(
  tx: Transaction<Schema>,
  source: string,
  papers: readonly Known[],
  at: Date,
) {
  const changed = papers.filter(({ change }) => change !== 'none');
  if (changed.length === 0) return;
  await sql`
    insert into papers (id, record, source, listed_on, first_seen_at, updated_at)
    select p.id, p.record, ${source}, (p.record->>'listedOn')::date, ${at}::timestamptz, ${at}::timestamptz
      from unnest(${changed.map(({ id }) => id)}::text[],
                  ${changed.map(({ record }) => JSON.stringify(record))}::jsonb[]) as p (id, record)
    on conflict (id) do update
       set record = excluded.record, listed_on = excluded.listed_on, updated_at = excluded.updated_at
  `.execute(tx);
}

async function writeKeys(tx: Transaction<Schema>, byKey: Map<string, Known>) {
  await sql`
    insert into paper_keys (key, paper_id)
    select * from unnest(${[...byKey.keys()]}::text[], ${[...byKey.values()].map(({ id }) => id)}::text[])
    on conflict do nothing
  `.execute(tx);
}

async function writeSignals(
  tx: Transaction<Schema>,
  source: string,
  papers: readonly Known[],
  at: Date,
) {
  const signals = papers.flatMap(({ id, signal }) => (signal ? [{ id, ...signal }] : []));
  await sql`
    insert into signals (paper_id, source, at, upvotes, comments, stars, position)
    select s.id, ${source}, ${at}::timestamptz, s.upvotes, s.comments, s.stars, s.position
      from jsonb_to_recordset(${JSON.stringify(signals)}::jsonb)
           as s (id text, upvotes int, comments int, stars int, position int)
      left join lateral (
        select * from signals l
         where l.paper_id = s.id and l.source = ${source} order by l.at desc limit 1
      ) last on true
     where (last.upvotes, last.comments, last.stars, last.position)
           is distinct from (s.upvotes, s.comments, s.stars, s.position)
    on conflict do nothing
  `.execute(tx);
}
