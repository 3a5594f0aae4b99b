import { sql } from 'kysely';
import type { Paper } from '../domain/paper.ts';
import {
  dayStandings,
  type Standing,
  standingKeys,
  type TrendHistory,
  type Voted,
} from '../domain/rank/trend-prior.ts';
import type { Db } from './database.ts';

/** Days after which most votes of a listing day are in. */
const SETTLED_DAYS = 3;
/** Older papers say nothing: people, and what is in fashion, change. */
const WINDOW_DAYS = 180;
const MICRO = 1_000_000;

/**
 * How earlier papers of the same people did, as an edition of `date` may know it: of the days from 180 to 3 days
 * before it. Days that were not summed up yet, or that gained a paper since, are summed up first; so a
 * history that is read in late counts from the next freeze on.
 */
export async function trendHistory(
  db: Db,
  papers: readonly Pick<Paper, keyof Voted['paper']>[],
  date: string,
): Promise<TrendHistory> {
  await settleDays(db, date);
  const keys = [...new Set(papers.flatMap(standingKeys))];
  const { rows } = await sql<{ key: string | null; papers: number; sum: string }>`
    select null as key, coalesce(sum(papers), 0)::int as papers,
           coalesce(sum(papers::bigint * usual_micro), 0) as sum
      from trend_days where ${within('day', date)}
    union all
    select key, sum(papers)::int, sum(sum_micro)
      from unnest(${keys}::text[]) as wanted (key) join trend_marks using (key)
     where ${within('day', date)}
     group by key
  `.execute(db);
  const total = rows.find(({ key }) => key === null) ?? { papers: 0, sum: 0 };
  const standings = new Map<string, Standing>();
  for (const { key, papers: count, sum } of rows) {
    if (key !== null) standings.set(key, { papers: count, sum: Number(sum) / MICRO });
  }
  const usual = Number(total.sum) / MICRO / Math.max(1, total.papers);
  return { papers: total.papers, usual, standings };
}

async function settleDays(db: Db, date: string): Promise<void> {
  const { rows } = await sql<{ day: string; seen: number; again: boolean }>`
    select p.day, p.seen, d.day is not null as again
      from (select listed_on as day, count(*)::int as seen from papers
             where ${within('listed_on', date)} group by listed_on) p
      left join trend_days d on d.day = p.day
     where d.seen is distinct from p.seen
     order by p.day
  `.execute(db);
  for (const { day, seen, again } of rows) {
    if (again) await sql`delete from trend_days where day = ${day}::date`.execute(db);
    await settleDay(db, day, seen);
  }
}

/** Sums a listing day up, in one statement: of two freezes that do it at once, one writes. */
async function settleDay(db: Db, day: string, seen: number): Promise<void> {
  const { rows } = await sql<Voted['paper'] & Omit<Voted, 'paper'>>`
    select coalesce(top.source, p.source) as source, coalesce(top.upvotes, 0) as upvotes,
           p.record->'authors' as authors, p.record->>'organisation' as organisation,
           p.record->>'submittedBy' as "submittedBy", p.record->>'codeUrl' as "codeUrl"
      from papers p
      left join lateral (
        select source, upvotes from signals s
         where s.paper_id = p.id order by upvotes desc, at desc limit 1
      ) top on true
     where p.listed_on = ${day}::date and p.joined_into is null
     order by p.id
  `.execute(db);
  const { papers, usual, standings } = dayStandings(rows.map(voted));
  const marks = [...standings].map(([key, standing]) => ({
    key,
    papers: standing.papers,
    sum: Math.round(standing.sum * MICRO),
  }));
  await sql`
    with settled as (
      insert into trend_days (day, seen, papers, usual_micro)
      values (${day}::date, ${seen}, ${papers}, ${Math.round(usual * MICRO)})
      on conflict (day) do nothing
      returning day
    )
    insert into trend_marks (key, day, papers, sum_micro)
    select key, day, papers, sum
      from settled, jsonb_to_recordset(${JSON.stringify(marks)}::jsonb) as m (key text, papers int, sum int)
  `.execute(db);
}

/** A row's nulls are fields that are not there. */
function voted({
  source,
  upvotes,
  authors,
  ...rest
}: Voted['paper'] & Omit<Voted, 'paper'>): Voted {
  const named = Object.entries(rest).filter(([, value]) => value !== null);
  return { source, upvotes, paper: { authors, ...Object.fromEntries(named) } };
}

function within(column: 'day' | 'listed_on', date: string) {
  return sql`${sql.ref(column)} > ${date}::date - ${WINDOW_DAYS}::int
         and ${sql.ref(column)} <= ${date}::date - ${SETTLED_DAYS}::int`;
}
