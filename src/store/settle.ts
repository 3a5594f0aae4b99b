import { sql, type Transaction } from 'kysely';
import type { Db } from './database.ts';
import { NO_DELIVERY } from './provider-events.ts';
import type { Schema } from './schema.ts';
import type { Claimed } from './slices.ts';

/**
 * The provider took these, and not those: true whoever holds the slice by now, so no fence. Its
 * members are all named.
 */
export async function recordSubmitted(
  db: Db,
  sliceId: string,
  submitted: readonly { readonly subscriberId: number; readonly providerId: string }[],
  refused: readonly { readonly subscriberId: number; readonly why: string }[],
  now: Date,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`
      update deliveries d
         set state = 'submitted', provider_id = n.provider_id, why = null, decided_at = ${now}::timestamptz
        from unnest(${submitted.map(({ subscriberId }) => subscriberId)}::bigint[],
                    ${submitted.map(({ providerId }) => providerId)}::text[]) as n (subscriber_id, provider_id)
       where d.slice_id = ${sliceId} and d.subscriber_id = n.subscriber_id
         and d.state in ('open', 'unknown')
    `.execute(tx);
    for (const { subscriberId, why } of refused) {
      await refuseMembers(tx, sliceId, why, now, subscriberId);
    }
    await settleSlice(tx, sliceId, null);
    if (submitted.length === 0) return;
    // A bounce may come before the answer that names its email: the sweep asks for it again.
    await tx
      .updateTable('provider_events')
      .set({ settled_at: null, result: null })
      .where('result', '=', NO_DELIVERY)
      .where(
        sql`payload->>'providerId'`,
        'in',
        submitted.map(({ providerId }) => providerId),
      )
      .execute();
  });
}

/** Nothing of the slice is left to hand over: every member was skipped or suppressed. */
export async function recordNothingToSubmit(db: Db, sliceId: string): Promise<void> {
  await db
    .updateTable('slices')
    .set({ state: 'settled', lease_token: null, lease_until: null, next_try_at: null, why: null })
    .where('id', '=', sliceId)
    .where('state', 'in', ['open', 'submitting'])
    .execute();
}

/**
 * The provider will never take this email. What it would have brought may come another day. Nothing
 * happens when another worker holds the slice by now: its answer counts.
 */
export async function recordRefused(db: Db, slice: Claimed, why: string, now: Date): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (!(await endLease(tx, slice, 'settled', why))) return;
    await refuseMembers(tx, slice.id, why, now);
  });
}

/** Of the slice, one member or all. */
async function refuseMembers(
  tx: Transaction<Schema>,
  sliceId: string,
  why: string,
  now: Date,
  subscriberId: number | null = null,
): Promise<void> {
  await sql`
    with refused as (
      update deliveries set state = 'refused', why = ${why}, decided_at = ${now}::timestamptz
       where slice_id = ${sliceId} and state in ('open', 'unknown')
         and subscriber_id = coalesce(${subscriberId}::bigint, subscriber_id)
      returning edition_id, subscriber_id
    )
    delete from delivered_papers p using refused r
     where p.edition_id = r.edition_id and p.subscriber_id = r.subscriber_id
  `.execute(tx);
}

/** Nobody can say any more whether the slice went out, and its key has expired: a person decides. */
export async function recordUnknown(db: Db, slice: Claimed, why: string, now: Date): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (!(await endLease(tx, slice, 'held', why))) return;
    await tx
      .updateTable('deliveries')
      .set({ state: 'unknown', why, decided_at: now })
      .where('slice_id', '=', slice.id)
      .where('state', '=', 'open')
      .execute();
  });
}

/** Ends the slice in a state, if this worker still holds it. @returns whether it did. */
async function endLease(
  tx: Transaction<Schema>,
  slice: Claimed,
  state: 'settled' | 'held' | 'split',
  why: string,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('slices')
    .set({ state, lease_token: null, lease_until: null, next_try_at: null, why })
    .where('id', '=', slice.id)
    .where('lease_token', '=', slice.token)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/**
 * Replaces a slice that the provider provably refused as a whole by smaller ones with new keys, so
 * that only the poison recipient is refused in the end. The members stay frozen as they were.
 * @param groups subscriber numbers, one list per new slice.
 * @returns the ids of the new slices; none when another worker holds the slice by now.
 */
export async function splitSlice(
  db: Db,
  claimed: Claimed,
  groups: readonly (readonly number[])[],
  why: string,
  now: Date,
): Promise<string[]> {
  const sliceId = claimed.id;
  return db.transaction().execute(async (tx) => {
    if (!(await endLease(tx, claimed, 'split', why))) return [];
    const slice = await tx
      .selectFrom('slices')
      .where('id', '=', sliceId)
      .select(['edition_id', 'due_at', 'taken_at', 'counted'])
      .executeTakeFirstOrThrow();
    const ids: string[] = [];
    for (const [index, group] of groups.entries()) {
      const id = `${sliceId}.${index + 1}`;
      await tx
        .insertInto('slices')
        .values({ ...slice, id, created_at: now })
        .execute();
      await tx
        .updateTable('deliveries')
        .set({ slice_id: id })
        .where('slice_id', '=', sliceId)
        .where('subscriber_id', 'in', group.map(String))
        .execute();
      ids.push(id);
    }
    return ids;
  });
}

async function settleSlice(tx: Transaction<Schema>, sliceId: string, why: string | null) {
  await tx
    .updateTable('slices')
    .set({ state: 'settled', lease_token: null, lease_until: null, next_try_at: null, why })
    .where('id', '=', sliceId)
    .execute();
}
