import { sql } from 'kysely';
import type { Db } from './database.ts';

/** A job that nothing will try again by itself. */
export interface DeadLetter {
  readonly id: number;
  readonly job: string;
  readonly payload: unknown;
  readonly why: string;
  readonly attempts: number;
  readonly diedAt: Date;
}

const WHY_MAX = 2_000;

/** Kept in SQL, not in the queue: the queue may be lost. */
export async function recordDeadLetter(db: Db, letter: Omit<DeadLetter, 'id'>): Promise<void> {
  await db
    .insertInto('dead_letters')
    .values({
      job: letter.job,
      payload: JSON.stringify(letter.payload),
      why: letter.why.slice(0, WHY_MAX),
      attempts: letter.attempts,
      died_at: letter.diedAt,
    })
    .execute();
}

/**
 * Those that wait for a person, newest first. A letter about a slice counts as long as the slice is
 * dead, or held with deliveries that nobody resolved.
 */
export async function listDeadLetters(db: Db, limit = 100): Promise<DeadLetter[]> {
  const { rows } = await sql<{
    id: string;
    job: string;
    payload: unknown;
    why: string;
    attempts: number;
    died_at: Date;
  }>`
    select l.id, l.job, l.payload, l.why, l.attempts, l.died_at
      from dead_letters l
     where l.redriven_at is null
       and (l.job <> 'submit' or exists (
             select from slices s
              where s.id = l.payload->>'sliceId'
                and (s.state = 'dead' or (s.state = 'held' and exists (
                      select from deliveries d where d.slice_id = s.id and d.state = 'unknown')))))
     order by l.id desc limit ${limit}
  `.execute(db);
  return rows.map(({ id, died_at, ...row }) => ({ ...row, id: Number(id), diedAt: died_at }));
}

/** A dead letter's job was asked for again, or let be. */
export async function closeLetter(db: Db, id: number, now: Date): Promise<void> {
  await db
    .updateTable('dead_letters')
    .set({ redriven_at: now })
    .where('id', '=', String(id))
    .execute();
}
