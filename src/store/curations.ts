import { sql } from 'kysely';
import { type Curation, type Curations, standing } from '../domain/curation.ts';
import { arxivId, doi, type Paper } from '../domain/paper.ts';
import type { Db } from './database.ts';

/** What people did to these papers until a moment, and where that leaves them. */
export async function curationsOf(
  db: Db,
  paperIds: readonly string[],
  until: Date,
): Promise<Map<string, Curations>> {
  if (paperIds.length === 0) return new Map();
  const log = (await curationLog(db, paperIds)).filter(({ at }) => at <= until);
  return new Map(
    [...new Set(log.map(({ paperId }) => paperId))].map((id) => [
      id,
      standing(log.filter(({ paperId }) => paperId === id)),
    ]),
  );
}

/** Everything that people did to these papers, oldest first. */
export async function curationLog(db: Db, paperIds: readonly string[]): Promise<Curation[]> {
  const rows = await db
    .selectFrom('curations')
    .where(sql<boolean>`paper_id = any (${paperIds}::text[])`)
    .selectAll()
    .orderBy('id')
    .execute();
  return rows.map(({ paper_id, action, note, by_name, at }) => ({
    paperId: paper_id,
    action,
    note,
    by: by_name,
    at,
  }));
}

export async function addCuration(db: Db, { paperId, by, ...rest }: Curation): Promise<void> {
  await db
    .insertInto('curations')
    .values({ ...rest, paper_id: paperId, by_name: by })
    .execute();
}

/** A known paper, and when it was first seen. */
export interface KnownPaper {
  readonly paper: Paper;
  readonly source: string;
  readonly firstSeenAt: Date;
}

/** No paper has that name. */
export class UnknownPaperError extends Error {
  override readonly name = 'UnknownPaperError';
}

/**
 * The paper with an id, an arXiv id or link, or a DOI; of papers that became one, the one that stayed.
 * @throws UnknownPaperError
 */
export async function getPaper(db: Db, name: string): Promise<KnownPaper> {
  const arxiv = arxivId(name);
  const itsDoi = doi(name);
  const key =
    arxiv !== undefined ? `arxiv:${arxiv}` : itsDoi !== undefined ? `doi:${itsDoi}` : name;
  const { rows } = await sql<PaperRow>`
    select p.id, p.record, p.source, p.first_seen_at
      from papers p
     where p.joined_into is null and p.id in (
       select coalesce(joined_into, id) from papers where id = ${name}
       union select paper_id from paper_keys where key = ${key}
     )
     limit 1
  `.execute(db);
  const [row] = rows;
  if (row !== undefined) return known(row);
  throw new UnknownPaperError(
    `no paper is known as "${name}": \`paperboy papers list\` shows the ids, \`paperboy papers submit\` adds one`,
  );
}

/** The papers that were listed in some days, newest day first. */
export async function listPapers(
  db: Db,
  options: { readonly from: string; readonly to: string; readonly limit: number },
): Promise<KnownPaper[]> {
  const { rows } = await sql<PaperRow>`
    select id, record, source, first_seen_at from papers
     where listed_on >= ${options.from}::date and listed_on <= ${options.to}::date
       and joined_into is null
     order by listed_on desc, id limit ${options.limit}
  `.execute(db);
  return rows.map(known);
}

interface PaperRow {
  readonly id: string;
  readonly record: Omit<Paper, 'id'>;
  readonly source: string;
  readonly first_seen_at: Date;
}

function known({ id, record, source, first_seen_at: firstSeenAt }: PaperRow): KnownPaper {
  return { paper: { ...record, id }, source, firstSeenAt };
}
