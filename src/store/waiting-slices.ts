import { sql } from 'kysely';
import { EVERYTHING } from './brakes.ts';
import type { Db } from './database.ts';

/**
 * Slices that wait for a worker: due for a try, or left by a dead one, and not paused. What the queue
 * may have lost.
 * @param idleMs a new slice is given this long before it counts as lost.
 */
export async function waitingSlices(
  db: Db,
  now: Date,
  idleMs: number,
  limit: number,
): Promise<string[]> {
  const before = new Date(now.getTime() - idleMs);
  const rows = await db
    .selectFrom('slices')
    .where((eb) =>
      eb.or([
        eb('state', '=', 'open').and(
          eb.or([
            eb('next_try_at', '<=', before),
            eb('next_try_at', 'is', null).and('created_at', '<=', before),
          ]),
        ),
        eb('state', '=', 'submitting').and('lease_until', '<', now),
      ]),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('brakes')
            .select('name')
            .where('kind', '=', 'paused')
            .where((on) =>
              on.or([
                on('name', '=', EVERYTHING),
                on('name', '=', sql<string>`'edition ' || edition_id`),
              ]),
            ),
        ),
      ),
    )
    .select('id')
    .orderBy('due_at')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** The editions that have slices to hand over. */
export async function editionsUnderWay(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('slices')
    .where('state', 'in', ['open', 'submitting'])
    .select('edition_id')
    .distinct()
    .execute();
  return rows.map((row) => row.edition_id);
}
