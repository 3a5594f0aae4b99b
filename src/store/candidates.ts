import { sql } from 'kysely';
import type { Digest } from '../domain/digest.ts';
import type { PaperRecord } from '../domain/paper.ts';
import type { Trending } from '../domain/rank/trend.ts';
import { curationsOf } from './curations.ts';
import type { Db } from './database.ts';

/**
 * The papers that an edition may hold, in no order: listed within the digest's window and known by a
 * moment, neither withdrawn nor hidden, each with its highest votes until then and a day before, with what
 * people did to it, and with the day for which it is news. A paper that was first seen after what an earlier edition
 * knew is news of the day after that one.
 */
export async function candidatesFor(
  db: Db,
  digest: Digest,
  date: string,
  knownUntil: Date,
): Promise<Trending[]> {
  const { rows } = await sql<{
    id: string;
    record: PaperRecord;
    source: string;
    new_on: string;
    upvotes: number;
    comments: number;
    stars: number;
    position: number;
    earlier: number | null;
  }>`
    select p.id, p.record,
           coalesce((array_agg(s.source order by s.upvotes desc, s.at desc))[1], p.source) as source,
           greatest(p.listed_on, (
             select max(e.date) + 1 from editions e
              where e.digest = ${digest.name} and e.date < ${date}::date
                and e.date >= p.listed_on and e.known_until < p.first_seen_at
           )) as new_on,
           coalesce(max(s.upvotes), 0) as upvotes, coalesce(max(s.comments), 0) as comments,
           coalesce(max(s.stars), 0) as stars,
           coalesce(min(s.position) filter (where s.position > 0), 0) as position,
           max(s.upvotes) filter (where s.at <= ${knownUntil}::timestamptz - interval '1 day') as earlier
      from papers p
      left join signals s on s.paper_id = p.id and s.at <= ${knownUntil}::timestamptz
     where p.listed_on > ${date}::date - ${digest.windowDays}::int and p.listed_on <= ${date}::date
       and p.first_seen_at <= ${knownUntil}::timestamptz
       and p.joined_into is null and (p.record->>'withdrawn') is distinct from 'true'
     group by p.id
  `.execute(db);
  const curated = await curationsOf(
    db,
    rows.map(({ id }) => id),
    knownUntil,
  );
  return rows.flatMap(({ id, record, source, new_on: newOn, earlier, ...signal }) => {
    const { hidden, ...rest } = curated.get(id) ?? {};
    if (hidden !== undefined) return [];
    const touched = Object.keys(rest).length > 0;
    return [
      {
        paper: { ...record, id },
        signal,
        newOn,
        source,
        ...(earlier === null ? {} : { earlier }),
        ...(touched ? { curated: rest } : {}),
      },
    ];
  });
}
