import { sql, type Transaction } from 'kysely';
import { emailKey } from '../domain/address.ts';
import type { Db } from './database.ts';
import type { Schema } from './schema.ts';

/** Who shares a schedule, and when an edition is due for them. */
export interface DueSchedule {
  readonly schedule: string;
  readonly dueAt: Date;
  readonly lookbackDays: number;
}

export interface Wave {
  readonly editionId: string;
  readonly digest: string;
  readonly due: readonly DueSchedule[];
  /** Only these addresses (their keys), whatever their schedule; absent: everybody who is due. */
  readonly onlyEmailKeys?: readonly string[] | undefined;
  readonly sliceMax: number;
  /** An operator's send reaches people who joined after their hour; the timetable does not. */
  readonly joinedLater: boolean;
}

/** Every schedule word that active subscribers of a digest have. */
export async function schedulesOf(db: Db, digest: string): Promise<string[]> {
  const rows = await db
    .selectFrom('subscribers')
    .where('state', '=', 'active')
    .where(sql<boolean>`preferences->'digests' @> ${JSON.stringify([digest])}::jsonb`)
    .select('schedule')
    .distinct()
    .orderBy('schedule')
    .execute();
  return rows.map(({ schedule }) => schedule);
}

/** The editions for which somebody is due by now and has no delivery: who `planWave` would plan. */
export async function editionsWaiting(
  db: Db,
  digest: string,
  waves: readonly Pick<Wave, 'editionId' | 'due'>[],
): Promise<Set<string>> {
  const due = waves.flatMap(({ editionId, due }) => due.map((one) => ({ editionId, ...one })));
  if (due.length === 0) return new Set();
  const { rows } = await sql<{ edition_id: string }>`
    select distinct w.edition_id
      from unnest(${due.map(({ editionId }) => editionId)}::text[],
                  ${due.map(({ schedule }) => schedule)}::text[],
                  ${due.map(({ dueAt }) => dueAt.toISOString())}::timestamptz[])
           as w (edition_id, schedule, due_at)
      join subscribers s on s.schedule = w.schedule
     where s.state = 'active' and s.active_since <= w.due_at
       and s.preferences->'digests' @> ${JSON.stringify([digest])}::jsonb
       and not exists (select from deliveries x
                        where x.edition_id = w.edition_id and x.subscriber_id = s.id)
  `.execute(db);
  return new Set(rows.map((row) => row.edition_id));
}

/**
 * Plans the deliveries of a wave and their slices, all or nothing. Run twice it changes nothing; a
 * newcomer goes to a new slice. The edition's row is locked, so that waves follow each other. Who is
 * due together is sliced together, in the order of their numbers, so that a second instance on a
 * restored copy asks the provider for the same slices under the same keys.
 * @returns the ids of the slices that are new.
 */
export async function planWave(db: Db, wave: Wave, at: Date): Promise<string[]> {
  if (wave.due.length === 0) return [];
  return db.transaction().execute((tx) => plan(tx, wave, at));
}

async function plan(tx: Transaction<Schema>, wave: Wave, at: Date): Promise<string[]> {
  const edition = await tx
    .selectFrom('editions')
    .where('id', '=', wave.editionId)
    .where('cancelled_at', 'is', null)
    .select('id')
    .forUpdate()
    .executeTakeFirst();
  if (edition === undefined) return []; // cancelled
  const only = wave.onlyEmailKeys ?? null;
  const { rows } = await sql<{ id: string }>`
    with planned as (
      select s.id as subscriber_id, d.due_at, d.lookback_days,
             (row_number() over (partition by d.due_at order by s.id) - 1) / ${wave.sliceMax}::int
               + (select coalesce(max(place) + 1, 0) from slices l
                   where l.edition_id = ${wave.editionId} and l.due_at = d.due_at) as place
        from subscribers s
        join unnest(${wave.due.map(({ schedule }) => schedule)}::text[],
                    ${wave.due.map(({ dueAt }) => dueAt.toISOString())}::timestamptz[],
                    ${wave.due.map(({ lookbackDays }) => lookbackDays)}::int[])
             as d (schedule, due_at, lookback_days) on d.schedule = s.schedule
       where s.state = 'active'
         and s.preferences->'digests' @> ${JSON.stringify([wave.digest])}::jsonb
         and (${wave.joinedLater}::boolean or s.active_since <= d.due_at)
         and (${only}::text[] is null or s.email_key = any (${only}::text[]))
         and not exists (select from deliveries x
                          where x.edition_id = ${wave.editionId} and x.subscriber_id = s.id)
    ), new_slices as (
      insert into slices (id, edition_id, due_at, place, created_at)
      select distinct ${`${wave.editionId}/`} || to_char(due_at, 'YYYYMMDD"T"HH24MISSMS') || '-' || place,
             ${wave.editionId}, due_at, place::int, ${at}::timestamptz
        from planned
      returning id, due_at, place
    ), new_deliveries as (
      insert into deliveries (edition_id, subscriber_id, slice_id, due_at, lookback_days)
      select ${wave.editionId}, p.subscriber_id, s.id, p.due_at, p.lookback_days
        from planned p join new_slices s on s.due_at = p.due_at and s.place = p.place
      returning 1
    ), counted as (
      update editions set planned = planned + (select count(*) from new_deliveries)
       where id = ${wave.editionId} and exists (select from new_deliveries)
    )
    select id from new_slices order by due_at, place
  `.execute(tx);
  return rows.map(({ id }) => id);
}

/** An operator's wish to send an edition, kept until a dispatch carries it out. */
export interface Send {
  readonly id: number;
  readonly editionId: string;
  readonly at: Date;
  /** Whom alone it is for, by key; null: everybody whose day it is. */
  readonly onlyEmailKeys: readonly string[] | null;
  readonly dispatched: boolean;
}

export async function askSend(
  db: Db,
  send: { editionId: string; at: Date; onlyEmails: readonly string[] | null },
  askedAt: Date,
): Promise<number> {
  const { id } = await db
    .insertInto('sends')
    .values({
      edition_id: send.editionId,
      at: send.at,
      only_emails: send.onlyEmails && JSON.stringify(send.onlyEmails.map(emailKey)),
      asked_at: askedAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return Number(id);
}

export async function getSend(db: Db, id: number): Promise<Send | undefined> {
  const row = await db
    .selectFrom('sends')
    .where('id', '=', String(id))
    .selectAll()
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        id: Number(row.id),
        editionId: row.edition_id,
        at: row.at,
        onlyEmailKeys: row.only_emails,
        dispatched: row.dispatched_at !== null,
      };
}

export async function markSendDispatched(db: Db, id: number, at: Date): Promise<void> {
  await db
    .updateTable('sends')
    .set({ dispatched_at: at })
    .where('id', '=', String(id))
    .where('dispatched_at', 'is', null)
    .execute();
}

/** Sends whose hour has come and that no dispatch has carried out. */
export async function sendsDue(db: Db, now: Date): Promise<number[]> {
  const rows = await db
    .selectFrom('sends')
    .where('dispatched_at', 'is', null)
    .where('at', '<=', now)
    .select('id')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => Number(id));
}
