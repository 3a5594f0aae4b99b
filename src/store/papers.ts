import { sql, type Transaction } from 'kysely';
import {
  isExact,
  mayBeOne,
  mergeRecords,
  PaperRecord,
  paperId,
  paperKeys,
  type Signal,
  samePaper,
} from '../domain/paper.ts';
import type { Db } from './database.ts';
import { type Join, joinPapers } from './join-papers.ts';
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
  /** Papers that turned out to be one that was known under another id. */
  joined: Join[];
}

const CHUNK = 500;

/**
 * Saves what a source lists: new papers under their canonical id, known ones merged whichever of
 * their names they come under, votes kept with their moment when they differ from the last ones.
 * Papers that a record proves to be one become one: the one that was seen first.
 * Saving the same twice changes nothing.
 */
export async function savePapers(
  db: Db,
  source: string,
  listings: readonly Listed[],
  at: Date,
): Promise<Saved> {
  const saved: Saved = { new: 0, updated: 0, unchanged: 0, merged: 0, joined: [] };
  const touched = new Set<string>();
  for (let from = 0; from < listings.length; from += CHUNK) {
    const chunk = listings.slice(from, from + CHUNK);
    await db.transaction().execute((tx) => saveChunk(tx, source, chunk, at, saved, touched));
  }
  return saved;
}

interface Known {
  readonly id: string;
  readonly firstSeenAt: Date;
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
    const [first = unknown(byKey, record, at), ...others] = find(byKey, record);
    const known = others.reduce((one, other) => join(byKey, seen, saved, one, other), first);
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
  await joinPapers(tx, saved.joined);
  await writeSignals(tx, source, [...seen.values()], at);
}

async function knownPapers(tx: Transaction<Schema>, chunk: readonly Listed[]) {
  const keys = [...new Set(chunk.flatMap(({ record }) => paperKeys(record)))];
  const rows = await tx
    .selectFrom('paper_keys')
    .innerJoin('papers', 'papers.id', 'paper_keys.paper_id')
    .where('key', 'in', keys)
    .select(['key', 'id', 'record', 'first_seen_at'])
    .execute();
  const byId = new Map<string, Known>();
  const byKey = new Map<string, Known>();
  for (const { key, id, record, first_seen_at: firstSeenAt } of rows) {
    const known = byId.get(id) ?? { id, firstSeenAt, record: canonical(record), change: 'none' };
    byId.set(id, known);
    byKey.set(key, known);
  }
  return byKey;
}

/**
 * The papers that a record names, by its strongest key first: more than one when it proves that they
 * are one. A shared title is not enough for records that contradict each other.
 */
function find(byKey: Map<string, Known>, record: PaperRecord): Known[] {
  const found: Known[] = [];
  for (const key of paperKeys(record)) {
    const known = byKey.get(key);
    if (known === undefined || found.includes(known)) continue;
    if (!isExact(key) && !samePaper(known.record, record)) continue;
    if (found.every((one) => mayBeOne(one.record, known.record))) found.push(known);
  }
  return found;
}

/** Makes one paper of two: the one that was seen first keeps its id, so that neither is news again. */
function join(
  byKey: Map<string, Known>,
  seen: Map<string, Known>,
  saved: Saved,
  one: Known,
  other: Known,
): Known {
  const [kept, gone] = seenBefore(other, one) ? [other, one] : [one, other];
  kept.record = canonical(mergeRecords(gone.record, kept.record));
  if (kept.change === 'none') kept.change = 'updated';
  for (const [key, known] of byKey) if (known === gone) byKey.set(key, kept);
  seen.delete(gone.id);
  seen.set(kept.id, kept);
  if (gone.change !== 'new') {
    saved.joined.push({ from: gone.id, into: kept.id });
  } else {
    // It became one of two within this run: it never was a paper of its own.
    saved.new -= 1;
    saved.merged += 1;
  }
  return kept;
}

function seenBefore(a: Known, b: Known): boolean {
  if ((a.change === 'new') !== (b.change === 'new')) return b.change === 'new';
  const ms = a.firstSeenAt.getTime() - b.firstSeenAt.getTime();
  return ms < 0 || (ms === 0 && a.id < b.id);
}

function unknown(byKey: Map<string, Known>, record: PaperRecord, at: Date): Known {
  const titleTaken = byKey.get(paperKeys(record).at(-1) ?? '')?.id === paperId(record);
  const known: Known = {
    id: paperId(record, titleTaken),
    firstSeenAt: at,
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
