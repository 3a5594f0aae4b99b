import { sql } from 'kysely';
import { withoutAddresses } from '../domain/address.ts';
import type { Db } from './database.ts';

/** A job that nothing will try again by itself. */
export interface DeadLetter {
  /** Null when its process died before it was written: the slice alone tells. */
  readonly id: number | null;
  readonly job: string;
  readonly payload: unknown;
  readonly why: string;
  readonly attempts: number;
  readonly diedAt: Date;
}

const WHY_MAX = 2_000;

/**
 * Keeps a letter in SQL, not in the queue, which may be lost; and stops the slice of a `submit` that
 * failed every time, so that nothing asks for it again. No address is kept with it.
 */
export async function bury(db: Db, letter: Omit<DeadLetter, 'id'>): Promise<void> {
  const why = withoutAddresses(letter.why.slice(0, WHY_MAX));
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('dead_letters')
      .values({
        job: letter.job,
        payload: JSON.stringify(letter.payload),
        why,
        attempts: letter.attempts,
        died_at: letter.diedAt,
      })
      .execute();
    const sliceId = letter.job === 'submit' ? sliceOf(letter.payload) : undefined;
    if (sliceId === undefined) return;
    await tx
      .updateTable('slices')
      .set({ state: 'dead', next_try_at: null, why })
      .where('id', '=', sliceId)
      .where('state', '=', 'open')
      .execute();
  });
}

function sliceOf(payload: unknown): string | undefined {
  const { sliceId } = payload as { sliceId?: unknown };
  return typeof sliceId === 'string' ? sliceId : undefined;
}

/** Slices that are dead, or held with deliveries that nobody resolved, and other jobs by their letters. */
const DEAD = sql`
  select l.id, l.job, l.payload, l.why, l.attempts, l.died_at
    from dead_letters l where l.redriven_at is null and l.job <> 'submit'
  union all
  select l.id, 'submit', jsonb_build_object('sliceId', s.id), coalesce(l.why, s.why, ''),
         coalesce(l.attempts, s.attempts), coalesce(l.died_at, s.first_attempt_at, s.created_at)
    from slices s left join lateral (
      select * from dead_letters d
       where d.job = 'submit' and d.payload->>'sliceId' = s.id order by d.id desc limit 1
    ) l on true
   where s.state = 'dead' or (s.state = 'held' and exists (
           select from deliveries d where d.slice_id = s.id and d.state = 'unknown'))
`;

/** Those that wait for a person, newest first. */
export async function listDeadLetters(db: Db, limit: number): Promise<DeadLetter[]> {
  const { rows } = await sql<{
    id: string | null;
    job: string;
    payload: unknown;
    why: string;
    attempts: number;
    died_at: Date;
  }>`select * from (${DEAD}) dead order by died_at desc, id desc limit ${limit}`.execute(db);
  return rows.map(({ id, died_at, ...row }) => ({
    ...row,
    id: id === null ? null : Number(id),
    diedAt: died_at,
  }));
}

/** How many wait for a person. */
export async function countDeadLetters(db: Db): Promise<number> {
  const { rows } = await sql<{ dead: number }>`
    select count(*)::int as dead from (${DEAD}) dead
  `.execute(db);
  return rows[0]?.dead ?? 0;
}

/** A dead letter's job was asked for again, or let be. */
export async function closeLetter(db: Db, id: number, now: Date): Promise<void> {
  await db
    .updateTable('dead_letters')
    .set({ redriven_at: now })
    .where('id', '=', String(id))
    .execute();
}
