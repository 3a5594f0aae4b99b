import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Room for a request that leaves a little late or early. */
const JITTER_MS = 100;

/**
 * Takes the next free time slot of a rate, over all processes, by the database's own clock: `tokens`
 * requests (or emails) at `perSecond`. Slots are spaced so that no window of one second holds more
 * than `perSecond` of them, also when each leaves up to 100 ms late.
 * @returns how long to wait before leaving, ms.
 */
export async function reserve(
  db: Db,
  name: string,
  perSecond: number,
  tokens = 1,
): Promise<number> {
  const spacingMs = ((1000 + JITTER_MS) / perSecond) * tokens;
  const { rows } = await sql<{ wait_ms: number }>`
    insert into rates (name, next_at)
    values (${name}, clock_timestamp() + make_interval(secs => ${spacingMs / 1000}::float8))
    on conflict (name) do update
       set next_at = greatest(rates.next_at, clock_timestamp())
                     + make_interval(secs => ${spacingMs / 1000}::float8)
    returning (extract(epoch from next_at - clock_timestamp()) * 1000)::float8 - ${spacingMs}::float8
              as wait_ms
  `.execute(db);
  return Math.max(0, rows[0]?.wait_ms ?? 0);
}

/**
 * Counts `mails` towards a day, unless that would pass what the ramp allows for it.
 * @param ramp mails allowed on the first day of sending, the second, …; the last one holds from then on.
 * @returns whether they may go out on that day.
 */
export async function countMails(
  db: Db,
  day: string,
  mails: number,
  ramp: readonly number[],
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await tx
      .insertInto('mail_days')
      .values({ day, mails: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const { rows } = await sql<{ days_before: number }>`
      select count(*)::int as days_before from mail_days where day < ${day}::date and mails > 0
    `.execute(tx);
    const most = ramp[Math.min(rows[0]?.days_before ?? 0, ramp.length - 1)] ?? 0;
    const { numUpdatedRows } = await tx
      .updateTable('mail_days')
      .set((eb) => ({ mails: eb('mails', '+', mails) }))
      .where('day', '=', day)
      .where((eb) => eb(eb('mails', '+', mails), '<=', most))
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  });
}
