import { type RawBuilder, sql } from 'kysely';
import type { Paper, PaperRecord } from '../domain/paper.ts';
import type { Db } from './database.ts';

/**
 * Papers that a query may mean, best first by PostgreSQL's own measure: those that have all of its words, as
 * `websearch_to_tsquery` reads them (quotes for phrases, `-` for words to leave out), and when these are fewer
 * than `limit`, those that have more than half of them.
 */
export async function papersWith(db: Db, query: string, limit: number): Promise<Paper[]> {
  const all = await matching(db, sql`websearch_to_tsquery('english', ${query})`, limit);
  if (all.length >= limit || OPERATORS.test(query)) return all;
  const known = new Set(all.map(({ id }) => id));
  const most = sql`
    (select 2 * count(*) > array_length(asked.lexemes, 1)
       from unnest(asked.lexemes) as lexeme where p.words @@ quote_literal(lexeme)::tsquery)`;
  const some = await matching(db, someOf(query), limit, { text: query, filter: most });
  return [...all, ...some.filter(({ id }) => !known.has(id))].slice(0, limit);
}

/** Who writes these means what they say: nothing is added. */
const OPERATORS = /["“”]|(?:^|\s)-\p{L}|\s(?:or|OR)\s/u;

/** Papers that have some of the words of a text, best first by PostgreSQL's own measure. */
export async function papersWithSome(db: Db, text: string, limit: number): Promise<Paper[]> {
  return matching(db, someOf(text), limit);
}

const someOf = (text: string) =>
  sql`replace(plainto_tsquery('english', ${text})::text, '&', '|')::tsquery`;

async function matching(
  db: Db,
  query: RawBuilder<unknown>,
  limit: number,
  { text = '', filter = sql`true` }: { text?: string; filter?: RawBuilder<unknown> } = {},
): Promise<Paper[]> {
  const { rows } = await sql<{ id: string; record: PaperRecord }>`
    with asked as (
      select ${query} as query, tsvector_to_array(to_tsvector('english', ${text})) as lexemes
    ), best as (
      select id, listed_on, ts_rank(words, asked.query) as rank
        from papers, asked
       where words @@ asked.query and joined_into is null
       order by rank desc, listed_on desc, id limit ${limit}
    )
    select p.id, p.record from asked, best join papers p on p.id = best.id
     where ${filter}
     order by best.rank desc, best.listed_on desc, best.id
  `.execute(db);
  return rows.map(({ id, record }) => ({ ...record, id }));
}

/** The newest papers on a topic: its words stand together in the text or among the keywords. */
export async function papersOnTopic(db: Db, topic: string, limit: number): Promise<Paper[]> {
  const { rows } = await sql<{ id: string; record: PaperRecord }>`
    select id, record from papers
     where joined_into is null
       and (words @@ phraseto_tsquery('english', ${topic})
         or record->'topics' @> ${JSON.stringify([topic])}::jsonb)
     order by listed_on desc, id limit ${limit}
  `.execute(db);
  return rows.map(({ id, record }) => ({ ...record, id }));
}
