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

/** Those that nobody re-drove, newest first. */
export async function listDeadLetters(db: Db, limit = 100): Promise<DeadLetter[]> {
  const rows = await db
    .selectFrom('dead_letters')
    .where('redriven_at', 'is', null)
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ id, died_at, ...row }) => ({ ...row, id: Number(id), diedAt: died_at }));
}

/** A dead letter's job was asked for again. */
export async function markRedriven(db: Db, id: number, now: Date): Promise<void> {
  await db
    .updateTable('dead_letters')
    .set({ redriven_at: now })
    .where('id', '=', String(id))
    .execute();
}
