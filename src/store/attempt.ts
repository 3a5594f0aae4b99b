import { sql } from 'kysely';
import type { Db } from './database.ts';
import { type Claimed, LeaseLostError } from './slices.ts';

/** Whether the request of a slice may leave as it was rendered. */
export type Attempt =
  /** The fingerprint of the first attempt, which every other one must have. */
  | { readonly kind: 'go'; readonly pinned: string }
  /** Before the first attempt somebody left, or it became too late, or was cancelled: render again. */
  | { readonly kind: 'changed' };

/**
 * The last look before a request leaves, committed before it does. The first attempt drops who left
 * since the slice was taken and whom it would reach too late, and pins the fingerprint; later ones
 * change nothing, because the first may have got through.
 * @throws LeaseLostError
 */
export async function startAttempt(
  db: Db,
  slice: Claimed,
  attempt: { fingerprint: string; emails: number; dueAfter: Date; now: Date },
): Promise<Attempt> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('slices')
      .where('id', '=', slice.id)
      .where('lease_token', '=', slice.token)
      .select(['fingerprint', 'first_attempt_at'])
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) throw new LeaseLostError(`slice ${slice.id} has another holder`);
    if (row.fingerprint !== null) return { kind: 'go', pinned: row.fingerprint };
    await dropLeavers(tx, slice.id, attempt);
    const { open } = await tx
      .selectFrom('deliveries')
      .where('slice_id', '=', slice.id)
      .where('state', '=', 'open')
      .select((eb) => eb.fn.countAll<string>().as('open'))
      .executeTakeFirstOrThrow();
    if (Number(open) !== attempt.emails) return { kind: 'changed' };
    await tx
      .updateTable('slices')
      .set({ fingerprint: attempt.fingerprint, first_attempt_at: attempt.now })
      .where('id', '=', slice.id)
      .execute();
    return { kind: 'go', pinned: attempt.fingerprint };
  });
}

async function dropLeavers(
  tx: Db,
  sliceId: string,
  { dueAfter, now }: { dueAfter: Date; now: Date },
): Promise<void> {
  await sql`
    with leaving as (
      select d.edition_id, d.subscriber_id, x.reason, s.state
        from deliveries d join subscribers s on s.id = d.subscriber_id
        left join suppressions x on x.email_key = s.email_key
       where d.slice_id = ${sliceId} and d.state = 'open'
         and (s.state <> 'active' or x.reason is not null or d.due_at < ${dueAfter}::timestamptz)
    ), dropped as (
      update deliveries d
         set state = case when l.state <> 'active' or l.reason is not null
                          then 'suppressed' else 'skipped' end,
             why = coalesce(l.reason, nullif(l.state, 'active'), 'too late: it waited too long'),
             decided_at = ${now}::timestamptz
        from leaving l
       where d.edition_id = l.edition_id and d.subscriber_id = l.subscriber_id
      returning d.edition_id, d.subscriber_id
    )
    delete from delivered_papers p using dropped d
     where p.edition_id = d.edition_id and p.subscriber_id = d.subscriber_id
  `.execute(tx);
}
