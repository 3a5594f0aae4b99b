import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Others look again this often while a request is under way, which may end early. */
const LOOK_AGAIN_MS = 250;
/** What nobody asked for in this time is forgotten. */
const DOCUMENT_DAYS = 60;

/**
 * Takes a host for one request: over all processes one at a time, and none before the host's time
 * has come, by the database's own clock.
 * @param leaseMs after which a request whose process died is taken to be over.
 */
export async function takeHost(
  db: Db,
  host: string,
  leaseMs: number,
): Promise<{ token: string } | { waitMs: number }> {
  const token = randomUUID();
  const { rows: taken } = await sql`
    insert into hosts as h (name, next_at, lease_token, lease_until)
    values (${host}, clock_timestamp(), ${token}, clock_timestamp() + ${interval(leaseMs)})
    on conflict (name) do update
       set lease_token = excluded.lease_token,
           lease_until = clock_timestamp() + ${interval(leaseMs)}
     where h.next_at <= clock_timestamp()
       and (h.lease_until is null or h.lease_until <= clock_timestamp())
    returning 1
  `.execute(db);
  if (taken.length > 0) return { token };
  const { rows } = await sql<{ next_ms: number; leased: boolean }>`
    select (extract(epoch from next_at - clock_timestamp()) * 1000)::float8 as next_ms,
           lease_until > clock_timestamp() as leased
      from hosts where name = ${host}
  `.execute(db);
  const { next_ms = 0, leased = false } = rows[0] ?? {};
  return { waitMs: Math.ceil(Math.max(leased ? LOOK_AGAIN_MS : 1, next_ms)) };
}

/** A request is over: the next one may leave so much later. A lease that ran out changes nothing. */
export async function giveHost(
  db: Db,
  host: string,
  token: string,
  intervalMs: number,
): Promise<void> {
  await sql`
    update hosts
       set next_at = clock_timestamp() + ${interval(intervalMs)}, refusals = 0,
           lease_token = null, lease_until = null
     where name = ${host} and lease_token = ${token}
  `.execute(db);
}

/**
 * A host refused: nobody asks it until its time has come.
 * @param holdMs how long, from the number of its refusals in a row.
 * @returns how long, ms.
 */
export async function holdHost(
  db: Db,
  host: string,
  token: string,
  holdMs: (refusals: number) => number,
): Promise<number> {
  const { rows } = await sql<{ refusals: number }>`
    update hosts set refusals = refusals + 1
     where name = ${host} and lease_token = ${token}
    returning refusals
  `.execute(db);
  const ms = holdMs(rows[0]?.refusals ?? 1);
  await sql`
    update hosts
       set next_at = greatest(next_at, clock_timestamp() + ${interval(ms)}),
           lease_token = null, lease_until = null
     where name = ${host} and lease_token = ${token}
  `.execute(db);
  return ms;
}

const interval = (ms: number) => sql`make_interval(secs => ${ms / 1_000}::float8)`;

/** What a host said of a document when its papers were saved. */
export async function documentSaved(
  db: Db,
  url: string,
): Promise<{ etag: string | undefined; lastModified: string | undefined } | undefined> {
  const row = await db
    .selectFrom('documents')
    .where('url', '=', url)
    .select(['etag', 'last_modified'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { etag: row.etag ?? undefined, lastModified: row.last_modified ?? undefined };
}

/** Keeps what hosts said of documents whose papers are saved now; a document without is forgotten. */
export async function saveDocuments(
  db: Db,
  documents: ReadonlyMap<
    string,
    { readonly etag?: string | undefined; readonly lastModified?: string | undefined }
  >,
  at: Date,
): Promise<void> {
  for (const [url, { etag = null, lastModified = null }] of documents) {
    await sql`
      insert into documents (url, etag, last_modified, saved_at)
      values (${url}, ${etag}, ${lastModified}, ${at}::timestamptz)
      on conflict (url) do update
         set etag = excluded.etag, last_modified = excluded.last_modified,
             saved_at = excluded.saved_at
    `.execute(db);
  }
  await sql`
    delete from documents
     where saved_at < ${at}::timestamptz - make_interval(days => ${DOCUMENT_DAYS}::int)
        or (etag is null and last_modified is null)
  `.execute(db);
}
