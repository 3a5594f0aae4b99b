import { sql } from 'kysely';
import type { Db } from './database.ts';

/** How late a request may leave after its slot, ms: the slots are so much further apart. */
export const JITTER_MS = 150;

/** What is to leave at `perSecond`, over all processes that name it so. */
export interface Rate {
  readonly name: string;
  readonly perSecond: number;
  /** Requests, or emails, that leave together. */
  readonly tokens: number;
}

/** A time slot, or how long to wait before asking again; in ms from the answer on. */
export type Slot =
  | { readonly kind: 'slot'; readonly waitMs: number }
  | { readonly kind: 'full'; readonly waitMs: number };

/**
 * Takes the next free time slot of several rates, of all or of none, by the database's own clock, when it
 * is at most `horizonMs` ahead. No window of one second then holds more than `perSecond` slots, also when each request leaves up to
 * `JITTER_MS` late.
 */
export async function reserve(db: Db, rates: readonly Rate[], horizonMs: number): Promise<Slot> {
  if (rates.length === 0) return { kind: 'slot', waitMs: 0 };
  const names = rates.map(({ name }) => name);
  return db.transaction().execute(async (tx) => {
    await sql`
      insert into rates (name, next_at)
      select name, clock_timestamp() from unnest(${names}::text[]) as r (name) order by name
      on conflict do nothing
    `.execute(tx);
    const taken = await tx
      .selectFrom('rates')
      .where('name', 'in', names)
      .orderBy('name')
      .select('next_at')
      .forUpdate()
      .execute();
    const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(tx);
    const now = rows[0]?.at.getTime() ?? 0;
    const waitMs = Math.max(0, ...taken.map(({ next_at }) => next_at.getTime() - now));
    if (waitMs > horizonMs) return { kind: 'full', waitMs: waitMs - horizonMs };
    const leavesAt = new Date(now + waitMs);
    const spacings = rates.map(
      ({ perSecond, tokens }) => (tokens * (1_000 + JITTER_MS)) / perSecond,
    );
    await sql`
      update rates
         set next_at = ${leavesAt}::timestamptz + make_interval(secs => r.spacing_ms / 1000)
        from unnest(${names}::text[], ${spacings}::float8[]) as r (name, spacing_ms)
       where rates.name = r.name
    `.execute(tx);
    return { kind: 'slot', waitMs };
  });
}

/** How many mails a day may have. */
export interface DailyLimit {
  /** UTC. */
  readonly day: string;
  /** Mails on the first day of sending, the second, …; the last number holds from then on. */
  readonly ramp: readonly number[];
}

/** How many mails of a day are left. */
export async function mailsLeft(db: Db, { day, ramp }: DailyLimit): Promise<number> {
  const { rows } = await sql<{ days_before: number; mails: number }>`
    select count(*) filter (where day < ${day}::date)::int as days_before,
           coalesce(sum(mails) filter (where day = ${day}::date), 0)::int as mails
      from mail_days where mails > 0
  `.execute(db);
  const { days_before, mails } = rows[0] ?? { days_before: 0, mails: 0 };
  return (ramp[Math.min(days_before, ramp.length - 1)] ?? 0) - mails;
}

/** Until the transaction ends nobody else counts towards the day. */
export async function lockDay(tx: Db, { day }: DailyLimit): Promise<void> {
  await sql`
    insert into mail_days (day, mails) values (${day}, 0)
    on conflict (day) do update set mails = mail_days.mails
  `.execute(tx);
}

/**
 * Counts `mails` towards a day that is locked, unless fewer are left of it.
 * @returns whether they may go out on that day.
 */
export async function countMails(tx: Db, limit: DailyLimit, mails: number): Promise<boolean> {
  if ((await mailsLeft(tx, limit)) < mails) return false;
  await tx
    .updateTable('mail_days')
    .set((eb) => ({ mails: eb('mails', '+', mails) }))
    .where('day', '=', limit.day)
    .execute();
  return true;
}
