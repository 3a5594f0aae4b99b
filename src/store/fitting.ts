import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Paper, PaperRecord } from '../domain/paper.ts';
import type { Db } from './database.ts';

/** How much a model is fitted on, at most. */
export interface FitLimits {
  readonly papersMax: number;
  readonly readersMax: number;
  /** Of one reader, the newest. */
  readonly likesMax: number;
}

/** Readers whose likes may help others: those who said so, and still read. */
const CONSENTING = sql`
  s.state = 'active' and s.erased_at is null and s.preferences->>'community' = 'true'`;

/** A print of everything that a fit would read: the same print, the same model. */
export async function fitPrint(db: Db, limits: FitLimits): Promise<string> {
  const { rows } = await sql`
    select (select count(*) || ' ' || coalesce(max(updated_at)::text, '') from (
              select updated_at from papers where joined_into is null
               order by listed_on desc, id desc limit ${limits.papersMax}) newest) as papers,
           (select count(*) || ' ' || coalesce(sum(hashtextextended(f.subscriber_id || ' ' || f.paper_id, 0)::numeric), 0)
              from feedback f join subscribers s on s.id = f.subscriber_id
             where f.kind in ('like', 'save') and ${CONSENTING}) as likes
  `.execute(db);
  return createHash('sha256')
    .update(JSON.stringify([limits, rows]))
    .digest('base64url');
}

/** Where a page of the archive ended. */
export interface ArchiveCursor {
  readonly listedOn: string;
  readonly id: string;
}

/** The archive from its newest paper on, page by page. @param after where the page before ended. */
export async function archivePage(
  db: Db,
  after: ArchiveCursor | undefined,
  limit: number,
): Promise<{ papers: Paper[]; end: ArchiveCursor | undefined }> {
  const { rows } = await sql<{ id: string; listed_on: string; record: PaperRecord }>`
    select id, listed_on, record from papers
     where joined_into is null
       and (${after?.id ?? null}::text is null
         or (listed_on, id) < (${after?.listedOn ?? null}::date, ${after?.id ?? null}::text))
     order by listed_on desc, id desc limit ${limit}
  `.execute(db);
  const last = rows.at(-1);
  return {
    papers: rows.map(({ id, record }) => ({ ...record, id })),
    end: last === undefined ? undefined : { listedOn: last.listed_on, id: last.id },
  };
}

/** What some of the consenting readers like or saved. */
interface ReadersPage {
  /** Ids of papers, reader by reader; who they are is left behind here. */
  readonly readers: readonly (readonly string[])[];
  /** The number of the last reader looked at; undefined: there is no other. */
  readonly end: number | undefined;
}

/** Consenting readers with two likes or more, page by page. @param after where the page before ended. */
export async function readersPage(
  db: Db,
  after: number,
  limit: number,
  likesMax: number,
): Promise<ReadersPage> {
  const { rows } = await sql<{ id: string; liked: string[] }>`
    select r.id, array(
             select coalesce(p.joined_into, p.id)
               from feedback f join papers p on p.id = f.paper_id
              where f.subscriber_id = r.id and f.kind in ('like', 'save')
              group by 1 order by max(f.at) desc, 1 limit ${likesMax}) as liked
      from (select s.id from subscribers s
             where s.id > ${after} and ${CONSENTING}
               and exists (select from feedback f where f.subscriber_id = s.id)
             order by s.id limit ${limit}) r
     order by r.id
  `.execute(db);
  const last = rows.at(-1);
  return {
    readers: rows.map(({ liked }) => liked).filter((liked) => liked.length > 1),
    end: last === undefined ? undefined : Number(last.id),
  };
}
