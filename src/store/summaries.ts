import { sql } from 'kysely';
import type { Db } from './database.ts';

/** A paper without a summary by a model. */
export interface Unsummarised {
  readonly id: string;
  readonly title: string;
  readonly abstract: string;
  readonly print: string;
}

/** More answers that were of no use than this, and the paper keeps the extractive one. */
const TRIES_MAX = 5;

const PRINT = sql`md5((p.record->>'title') || E'\n' || (p.record->>'abstract'))`;

/**
 * Papers listed after `since` that have no summary by the model for the text that they have now:
 * those that failed least first, then the newest, then the ones with most votes.
 */
export async function unsummarised(
  db: Db,
  { model, since, charsMin, max }: { model: string; since: string; charsMin: number; max: number },
): Promise<Unsummarised[]> {
  const { rows } = await sql<Unsummarised>`
    select p.id, p.record->>'title' as title, p.record->>'abstract' as abstract, ${PRINT} as print
      from papers p
      left join summaries s on s.paper_id = p.id and s.model = ${model} and s.print = ${PRINT}
     where p.listed_on > ${since}::date and p.joined_into is null
       and (p.record->>'withdrawn') is distinct from 'true'
       and length(p.record->>'abstract') >= ${charsMin}
       and s.text is null and coalesce(s.tries, 0) < ${TRIES_MAX}
     order by coalesce(s.tries, 0), p.listed_on desc,
              (select max(upvotes) from signals where paper_id = p.id) desc nulls last, p.id
     limit ${max}
  `.execute(db);
  return rows;
}

/** What came of asking: a text, or why there is none. */
export type Written = { readonly text: string } | { readonly why: string };

/** Keeps what came of asking for a paper's summary. A text is never replaced by a failure. */
export async function keepSummary(
  db: Db,
  { id, print }: Pick<Unsummarised, 'id' | 'print'>,
  model: string,
  written: Written,
  at: Date,
): Promise<void> {
  const [text, why] = 'text' in written ? [written.text, null] : [null, written.why];
  await sql`
    insert into summaries as s (paper_id, model, print, text, why, tries, at)
    values (${id}, ${model}, ${print}, ${text}, ${why}, 1, ${at})
    on conflict (paper_id, model) do update
       set print = excluded.print, text = excluded.text, why = excluded.why, at = excluded.at,
           tries = case when s.print = excluded.print then s.tries + 1 else 1 end
     where s.text is null or s.print <> excluded.print
  `.execute(db);
}

/** The summaries by a model of those papers that have one for the text that they have now, by id. */
export async function summariesBy(
  db: Db,
  model: string,
  paperIds: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; text: string }>`
    select p.id, s.text
      from summaries s join papers p on p.id = s.paper_id
     where s.model = ${model} and s.paper_id = any(${paperIds as string[]}::text[])
       and s.text is not null and s.print = ${PRINT}
  `.execute(db);
  return new Map(rows.map(({ id, text }) => [id, text]));
}

/**
 * Counts one request towards a day's budget, over all processes.
 * @returns whether there was room for it.
 */
export async function spendRequest(db: Db, day: string, perDay: number): Promise<boolean> {
  if (perDay <= 0) return false;
  const { rows } = await sql`
    insert into summary_days as d (day, requests) values (${day}, 1)
    on conflict (day) do update set requests = d.requests + 1 where d.requests < ${perDay}
    returning 1
  `.execute(db);
  return rows.length > 0;
}
