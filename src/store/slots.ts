import { sql } from 'kysely';
import { MORNINGS_HOURS } from '../domain/digest.ts';
import type { Db } from './database.ts';

/** One time of a timetable at which one job is asked for, once over all processes. */
export interface Slot {
  readonly timetable: string;
  readonly at: Date;
  readonly job: string;
  readonly payload: unknown;
}

/**
 * Claims a slot: whoever writes the row first has it.
 * @param skipWhy set when the slot is not to be run but only remembered, with the reason.
 * @returns whether this process has it.
 */
export async function claimSlot(
  db: Db,
  slot: Slot,
  now: Date,
  skipWhy: string | null = null,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('job_slots')
    .values({
      timetable: slot.timetable,
      slot: slot.at,
      job: slot.job,
      payload: JSON.stringify(slot.payload),
      state: skipWhy === null ? 'claimed' : 'skipped',
      why: skipWhy,
      claimed_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** The job of a claimed slot stands in the queue. */
export async function markSlotAsked(db: Db, slot: Pick<Slot, 'timetable' | 'at'>): Promise<void> {
  await db
    .updateTable('job_slots')
    .set({ state: 'asked' })
    .where('timetable', '=', slot.timetable)
    .where('slot', '=', slot.at)
    .where('state', '=', 'claimed')
    .execute();
}

/** The newest slot of a timetable that any process claimed or skipped. */
export async function newestSlot(db: Db, timetable: string): Promise<Date | undefined> {
  const row = await db
    .selectFrom('job_slots')
    .where('timetable', '=', timetable)
    .select('slot')
    .orderBy('slot', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.slot;
}

/** Slots whose process died between the claim and the queue. */
export async function slotsNotAsked(db: Db, claimedBefore: Date): Promise<Slot[]> {
  const rows = await db
    .selectFrom('job_slots')
    .where('state', '=', 'claimed')
    .where('claimed_at', '<=', claimedBefore)
    .selectAll()
    .orderBy('slot')
    .execute();
  return rows.map(({ timetable, slot, job, payload }) => ({ timetable, at: slot, job, payload }));
}

/**
 * Slots of a freeze whose edition is not there though its job was asked for: the queue lost it, or it
 * died. Only those that are in time for somebody yet: an older one would be skipped.
 */
export async function freezesMissing(db: Db, now: Date, claimedBefore: Date): Promise<Slot[]> {
  const { rows } = await sql<{ timetable: string; slot: Date; job: string; payload: unknown }>`
    select j.timetable, j.slot, j.job, j.payload
      from job_slots j join digests d on d.name = j.payload->>'digest'
     where j.job = 'freeze' and j.state = 'asked' and j.claimed_at <= ${claimedBefore}::timestamptz
       and j.slot > ${now}::timestamptz
             - make_interval(hours => (d.settings->>'latestByHours')::int + ${MORNINGS_HOURS}::int)
       and (d.settings->>'off') is distinct from 'true'
       and not exists (
             select from editions e
              where e.id = (j.payload->>'digest') || '/' || (j.payload->>'date'))
     order by j.slot
  `.execute(db);
  return rows.map(({ slot, ...row }) => ({ ...row, at: slot }));
}

export interface SlotRow extends Slot {
  readonly state: string;
  readonly why: string | null;
}

/** The newest slots, newest first, for an operator. */
export async function listSlots(db: Db, limit: number): Promise<SlotRow[]> {
  const rows = await db
    .selectFrom('job_slots')
    .selectAll()
    .orderBy('slot', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ slot, ...row }) => ({ ...row, at: slot }));
}

/** Forgets slots that nobody can miss any more. */
export async function forgetSlots(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('job_slots').where('slot', '<', before).execute();
}
