import { sql } from 'kysely';
import type { PaperRecord } from '../domain/paper.ts';
import type { Db } from './database.ts';

/** Of a subscriber; when more is imported, the oldest go. */
export const LIBRARY_ENTRIES_MAX = 500;

/** A paper that somebody brought along: one of the archive, or as text. */
export interface LibraryEntry {
  /** Absent: the archive does not have it. */
  readonly paperId?: string;
  /** Of an entry that the archive did not have when it was imported; the abstract may be empty. */
  readonly text?: { readonly title: string; readonly abstract: string };
  /** When they added it to their collection, as far as it is known, else when they imported it. */
  readonly at: Date;
}

/** What is to be kept of an entry of a file. */
export interface NewEntry {
  readonly key: string;
  readonly paperId: string | undefined;
  readonly title: string;
  readonly abstract: string;
  readonly at: Date;
}

/** The paper of an entry `l`: as it was matched, else by an arXiv id or DOI that the archive has got since. */
const namedPaper = sql`
  left join paper_keys k
    on l.paper_id is null and k.key = l.key and (k.key like 'arxiv:%' or k.key like 'doi:%')
  left join papers p on p.id = coalesce(l.paper_id, k.paper_id)
`;

/**
 * What each of some subscribers brought along, newest first, each paper once; who brought nothing is not in the map.
 * One statement. An entry that was text when it was imported names its paper once the archive has it under the same
 * arXiv id or DOI (one that is a mere number is left out until then); a paper that was joined into another is named by that one.
 * @param entriesMax of each subscriber.
 */
export async function libraryOf(
  db: Db,
  subscriberIds: readonly number[],
  entriesMax = LIBRARY_ENTRIES_MAX,
): Promise<Map<number, LibraryEntry[]>> {
  const { rows } = await sql<{
    subscriber: string;
    paper_id: string | null;
    title: string | null;
    abstract: string | null;
    at: Date;
  }>`
    select s.id as subscriber, coalesce(p.joined_into, p.id) as paper_id, l.title, l.abstract, l.at
      from unnest(${subscriberIds}::bigint[]) as s (id)
     cross join lateral (
       select * from library where subscriber_id = s.id order by at desc, id desc limit ${entriesMax}
     ) l
      ${namedPaper}
     order by s.id, l.at desc, l.id desc
  `.execute(db);
  const libraries = new Map<number, LibraryEntry[]>();
  const named = new Set<string>();
  for (const { subscriber, paper_id: paperId, title, abstract, at } of rows) {
    const name = `${subscriber} ${paperId}`;
    // A number that the archive does not have yet, or a paper that has come before.
    if (paperId === null ? title === '' : named.has(name)) continue;
    named.add(name);
    const library = libraries.get(Number(subscriber)) ?? [];
    libraries.set(Number(subscriber), library);
    library.push({
      ...(paperId === null ? {} : { paperId }),
      ...(title === null || title === '' ? {} : { text: { title, abstract: abstract ?? '' } }),
      at,
    });
  }
  return libraries;
}

/**
 * Keeps what somebody imports. What they have already stays as it is, so that the same file again changes nothing.
 * @returns how many are new.
 */
export async function addToLibrary(
  db: Db,
  subscriberId: number,
  entries: readonly NewEntry[],
): Promise<number> {
  const column = <T>(of: (entry: NewEntry) => T) => entries.map(of);
  return db.transaction().execute(async (tx) => {
    // One import of a subscriber at a time: two would each leave the oldest of its own.
    await sql`select from subscribers where id = ${subscriberId} for update`.execute(tx);
    const { numAffectedRows } = await sql`
      insert into library (subscriber_id, key, paper_id, title, abstract, source, at)
      select ${subscriberId}, e.key, e.paper_id, case when e.paper_id is null then e.title end,
             case when e.paper_id is null then e.abstract end, 'import', e.at
        from unnest(${column(({ key }) => key)}::text[],
                    ${column(({ paperId }) => paperId ?? null)}::text[],
                    ${column(({ title }) => title)}::text[],
                    ${column(({ abstract }) => abstract)}::text[],
                    ${column(({ at }) => at)}::timestamptz[])
             with ordinality as e (key, paper_id, title, abstract, at, place)
       order by e.at, e.place desc
      on conflict do nothing
    `.execute(tx);
    await sql`
      delete from library where subscriber_id = ${subscriberId} and id not in (
        select id from library where subscriber_id = ${subscriberId}
         order by at desc, id desc limit ${LIBRARY_ENTRIES_MAX}
      )
    `.execute(tx);
    return Number(numAffectedRows ?? 0n);
  });
}

/** How much somebody brought along. */
export async function libraryCounts(
  db: Db,
  subscriberId: number,
): Promise<{ matched: number; text: number }> {
  const { rows } = await sql<{ matched: number; text: number }>`
    select count(distinct coalesce(p.joined_into, p.id))::int as matched,
           count(*) filter (where p.id is null and l.title <> '')::int as text
      from library l ${namedPaper}
     where l.subscriber_id = ${subscriberId}
  `.execute(db);
  return rows[0] ?? { matched: 0, text: 0 };
}

/** Forgets what somebody brought along. @returns how many entries there were. */
export async function clearLibrary(db: Db, subscriberId: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('library')
    .where('subscriber_id', '=', String(subscriberId))
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** The papers that the archive has under some of the names of `paperKeys`, by name. */
export async function papersByKey(
  db: Db,
  keys: readonly string[],
): Promise<Map<string, { readonly id: string; readonly record: PaperRecord }>> {
  const { rows } = await sql<{ key: string; id: string; record: PaperRecord }>`
    select k.key, coalesce(p.joined_into, p.id) as id, p.record
      from paper_keys k join papers p on p.id = k.paper_id
     where k.key = any(${keys}::text[])
  `.execute(db);
  return new Map(rows.map(({ key, id, record }) => [key, { id, record }]));
}
