import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Somebody who is to get an edition, and the days of news that their schedule alone says (see `Due`). */
export interface Reader {
  readonly id: number;
  readonly days: number;
}

/**
 * How many days of news an edition brings each of these subscribers: back to the last edition of its digest that
 * reached them, so that the papers of a day come later when its edition was missed, cancelled, refused or
 * too late. Never less than their schedule says, never more than the digest's window, and nothing
 * from before they joined or the digest began.
 */
export async function lookbacks(
  db: Db,
  editionId: string,
  readers: readonly Reader[],
): Promise<Map<number, number>> {
  const { rows } = await sql<{ id: string; days: number }>`
    with this as (
      select e.id, e.digest, e.date, e.cut_off_at,
             coalesce((d.settings->>'windowDays')::int, 7) as window_days,
             (select min(f.date) from editions f where f.digest = e.digest) as first_date
        from editions e left join digests d on d.name = e.digest
       where e.id = ${editionId}
    ), earlier as (
      select x.id, x.date from editions x join this t on x.digest = t.digest
       where x.date < t.date and x.date >= t.date - t.window_days
    )
    select r.id, greatest(r.days, least(
             t.window_days,
             t.date - t.first_date + r.days,
             ceil(extract(epoch from t.cut_off_at - s.active_since) / 86400)::int,
             -- What is on its way counts as there: its papers are taken. So does a day that held nothing new: it was looked at.
             t.date - (select max(x.date)
                         from earlier x join deliveries d on d.edition_id = x.id
                        where d.subscriber_id = r.id
                          and (d.state in ('submitted', 'unknown')
                            or (d.state = 'open' and d.composition is not null)
                            or (d.state = 'skipped' and d.why like 'nothing new%')))
           ))::int as days
      from unnest(${readers.map(({ id }) => id)}::bigint[], ${readers.map(({ days }) => days)}::int[])
           as r (id, days)
      join subscribers s on s.id = r.id
      cross join this t
  `.execute(db);
  return new Map(rows.map(({ id, days }) => [Number(id), days]));
}
