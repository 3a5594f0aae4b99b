import { sql } from 'kysely';
import { EVERYTHING, PROVIDER } from './brakes.ts';
import type { Db } from './database.ts';
import type { Claimed } from './slices.ts';

/** How a slice is given back that the provider halted at. */
interface HeldBack {
  /** When the provider is tried again. */
  readonly until: Date;
  /** When this slice is, if another one can try the provider until then. */
  readonly patientUntil: Date;
  readonly why: string;
  /** Its answer put the brake on: nobody else had run into it. */
  readonly news: boolean;
}

/**
 * Gives a slice back that the provider halted at: what it says of everybody may be true of this slice
 * alone, so that others try first, if there are others. When the brake comes off, the slice is let go
 * at once (`waits`), unless it was let go so before and was the first to run into it again (`alone`).
 * One at a time, so that of two slices one sees that the other is patient already.
 * @returns when its next try is.
 */
export async function holdBack(db: Db, slice: Claimed, held: HeldBack): Promise<Date> {
  const { until, patientUntil, why, news } = held;
  return db.transaction().execute(async (tx) => {
    await tx.selectFrom('brakes').where('name', '=', PROVIDER).select('name').forUpdate().execute();
    const { rows } = await sql<{ next: Date }>`
      update slices
         set state = 'open', lease_token = null, lease_until = null, why = ${why},
             next_try_at = case when exists (
               select from slices other
                where other.state = 'open' and other.id <> ${slice.id}
                  and coalesce(other.next_try_at, ${until}::timestamptz) <= ${until}::timestamptz
                  and not exists (
                    select from brakes b
                     where b.kind = 'paused'
                       and b.name in (${EVERYTHING}, 'edition ' || other.edition_id))
             ) then ${patientUntil}::timestamptz else ${until}::timestamptz end,
             halt = case when halt = 'alone' or (halt = 'released' and ${news}::boolean)
                    then 'alone' else 'waits' end
       where id = ${slice.id} and lease_token = ${slice.token}
      returning next_try_at as next
    `.execute(tx);
    return rows[0]?.next ?? until;
  });
}
