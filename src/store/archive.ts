import { sql } from 'kysely';
import type { Candidate } from '../domain/edition.ts';
import type { Paper } from '../domain/paper.ts';
import type { Db } from './database.ts';

/** An edition as a list shows it. */
export interface EditionLine {
  readonly id: string;
  readonly digest: string;
  readonly title: string;
  readonly date: string;
  readonly papers: number;
  readonly frozenAt: Date;
}

/** Some papers of an edition, in its order. */
export interface EditionPart extends EditionLine {
  readonly candidates: readonly Candidate[];
}

interface Row {
  id: string;
  digest: string;
  title: string;
  date: string;
  papers: number;
  frozen_at: Date;
}

const line = ({ frozen_at, ...row }: Row): EditionLine => ({ ...row, frozenAt: frozen_at });

/** Editions that were not cancelled, newest first. @param digests only of these; absent: of all. */
export async function listEditions(
  db: Db,
  { digests, limit, offset = 0 }: { digests?: readonly string[]; limit: number; offset?: number },
): Promise<EditionLine[]> {
  const { rows } = await sql<Row>`
    select id, digest, title, date, jsonb_array_length(candidates) as papers, frozen_at
      from editions
     where cancelled_at is null
       and (${digests ?? null}::text[] is null or digest = any (${digests ?? null}::text[]))
     order by date desc, digest limit ${limit} offset ${offset}
  `.execute(db);
  return rows.map(line);
}

export async function countEditions(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('editions')
    .where('cancelled_at', 'is', null)
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** `count` papers of an edition from place `from` on (0 is the first); undefined when there is none. */
export async function editionPart(
  db: Db,
  id: string,
  from: number,
  count: number,
): Promise<EditionPart | undefined> {
  const path = `$[${Math.trunc(from)} to ${Math.trunc(from + count - 1)}]`;
  const { rows } = await sql<Row & { candidates: Candidate[] }>`
    select id, digest, title, date, jsonb_array_length(candidates) as papers, frozen_at,
           jsonb_path_query_array(candidates, ${path}::jsonpath) as candidates
      from editions where id = ${id} and cancelled_at is null
  `.execute(db);
  const [row] = rows;
  return row === undefined ? undefined : { ...line(row), candidates: row.candidates };
}

/** The days of the editions before and after a day. */
export async function neighbours(
  db: Db,
  digest: string,
  date: string,
): Promise<{ previous: string | null; next: string | null }> {
  const { rows } = await sql<{ previous: string | null; next: string | null }>`
    select max(date) filter (where date < ${date}::date) as previous,
           min(date) filter (where date > ${date}::date) as next
      from editions where digest = ${digest} and cancelled_at is null
  `.execute(db);
  return rows[0] ?? { previous: null, next: null };
}

/** What an edition's papers are about, most papers first. */
export async function topicsOf(db: Db, editionId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ topic: string }>`
    select t.topic
      from editions e, jsonb_array_elements(e.candidates) c,
           jsonb_array_elements_text(c->'paper'->'topics') as t (topic)
     where e.id = ${editionId} and length(t.topic) between 2 and 40
     group by 1 having count(*) > 1 order by count(*) desc, 1 limit ${limit}
  `.execute(db);
  return rows.map(({ topic }) => topic);
}

export async function paperById(db: Db, id: string): Promise<Paper | undefined> {
  const row = await db
    .selectFrom('papers')
    .where('id', '=', id)
    .select(['id', 'record'])
    .executeTakeFirst();
  return row === undefined ? undefined : { ...row.record, id: row.id };
}

/** Editions that hold a paper, oldest first. It stands in those of the month after its listing. */
export async function editionsWith(db: Db, paper: Paper): Promise<EditionLine[]> {
  const { rows } = await sql<Row>`
    select id, digest, title, date, jsonb_array_length(candidates) as papers, frozen_at
      from editions
     where cancelled_at is null and date between ${paper.listedOn}::date and ${paper.listedOn}::date + 31
       and candidates @> ${JSON.stringify([{ paper: { id: paper.id } }])}::jsonb
     order by date, digest
  `.execute(db);
  return rows.map(line);
}
