import { sql } from 'kysely';
import type { FeedbackKind } from '../domain/links.ts';
import type { Db } from './database.ts';

/** A profile as it was stored. */
interface Stored {
  readonly modelVersion: number;
  readonly print: string;
  readonly packed: Uint8Array;
}

/** What is stored for a subscriber, and what they said by now. */
export interface Standing {
  readonly stored: Stored | undefined;
  /** A print of everything that they ever said of papers and brought along; empty when there is nothing. */
  readonly said: string;
}

/** The stored profiles of these subscribers and what would make them stale, in one statement. */
export async function profileStandings(
  db: Db,
  subscriberIds: readonly number[],
): Promise<Map<number, Standing>> {
  const { rows } = await sql<{
    id: string;
    model_version: string | null;
    print: string | null;
    packed: Buffer | null;
    said: string | null;
  }>`
    select s.id, p.model_version, p.print, p.packed, said.print as said
      from unnest(${subscriberIds}::bigint[]) as s (id)
      left join profiles p on p.subscriber_id = s.id
      left join lateral (
        select concat(
                 (select md5(string_agg(f.kind || f.paper_id || extract(epoch from f.at), ' '
                                        order by f.paper_id, f.kind))
                    from feedback f where f.subscriber_id = s.id),
                 (select ' ' || count(*) || ' ' || max(l.id)
                    from library l where l.subscriber_id = s.id)) as print) said on true
  `.execute(db);
  return new Map(
    rows.map(({ id, model_version: modelVersion, print, packed, said }) => [
      Number(id),
      {
        stored:
          print === null || packed === null
            ? undefined
            : { modelVersion: Number(modelVersion), print, packed },
        said: said ?? '',
      },
    ]),
  );
}

/** A paper that somebody said something of, as far as a profile is built from it. */
export interface Said {
  readonly id: string;
  readonly title: string;
  readonly abstract: string;
  readonly kind: FeedbackKind;
  readonly at: Date;
}

/** Of one person, the newest; the others say little more of what they like now. */
const SAID_MAX = 200;

/** What these subscribers said, newest first, in one statement. Papers that turned out to be one count as one. */
export async function saidBy(
  db: Db,
  subscriberIds: readonly number[],
): Promise<Map<number, Said[]>> {
  const { rows } = await sql<Said & { subscriber_id: string }>`
    select s.id as subscriber_id, f.*
      from unnest(${subscriberIds}::bigint[]) as s (id), lateral (
        select p.id, p.record->>'title' as title, p.record->>'abstract' as abstract, f.kind, max(f.at) as at
          from feedback f
          join papers named on named.id = f.paper_id
          join papers p on p.id = coalesce(named.joined_into, named.id)
         where f.subscriber_id = s.id
         group by p.id, f.kind order by max(f.at) desc, p.id, f.kind limit ${SAID_MAX}) f
  `.execute(db);
  const said = new Map<number, Said[]>();
  for (const { subscriber_id: id, ...one } of rows) {
    const list = said.get(Number(id));
    if (list === undefined) said.set(Number(id), [one]);
    else list.push(one);
  }
  return said;
}

/** Titles and abstracts of papers by id, in one statement. */
export async function textsOf(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, { readonly title: string; readonly abstract: string }>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; title: string; abstract: string }>`
    select id, record->>'title' as title, record->>'abstract' as abstract
      from papers where id = any (${ids}::text[])
  `.execute(db);
  return new Map(rows.map(({ id, ...text }) => [id, text]));
}

/** Titles of papers by id. */
export async function titlesOf(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; title: string }>`
    select id, record->>'title' as title from papers where id = any (${ids}::text[])
  `.execute(db);
  return new Map(rows.map(({ id, title }) => [id, title]));
}

/** Keeps profiles in place of what was stored for these subscribers. */
export async function saveProfiles(
  db: Db,
  profiles: readonly (Stored & { readonly subscriberId: number })[],
  at: Date,
): Promise<void> {
  if (profiles.length === 0) return;
  const rows = profiles.map(({ subscriberId, modelVersion, print, packed }) => ({
    subscriber_id: subscriberId,
    model_version: modelVersion,
    print,
    packed: Buffer.from(packed).toString('base64'),
  }));
  await sql`
    insert into profiles (subscriber_id, model_version, print, built_at, packed)
    select r.subscriber_id, r.model_version, r.print, ${at}::timestamptz, decode(r.packed, 'base64')
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
           as r (subscriber_id bigint, model_version bigint, print text, packed text)
    on conflict (subscriber_id) do update
       set model_version = excluded.model_version, print = excluded.print,
           built_at = excluded.built_at, packed = excluded.packed
  `.execute(db);
}
