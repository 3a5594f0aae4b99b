import { sql, type Transaction } from 'kysely';
import type { Db } from './database.ts';
import type { Schema } from './schema.ts';

/** The provider took these: true whoever holds the slice by now, so no fence. */
export async function recordSubmitted(
  db: Db,
  sliceId: string,
  submitted: readonly { readonly subscriberId: number; readonly providerId: string }[],
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
    await settleSlice(tx, sliceId, null);
  });
}

/** Nothing of the slice is left to hand over: every member was skipped or suppressed. */
export async function recordNothingToSubmit(db: Db, sliceId: string): Promise<void> {
  await db.transaction().execute((tx) => settleSlice(tx, sliceId, null));
}

/** The provider will never take this email. What it would have brought may come another day. */
export async function recordRefused(
  db: Db,
  sliceId: string,
  why: string,
  now: Date,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const refused = await tx
      .updateTable('deliveries')
      .set({ state: 'refused', why, decided_at: now })
      .where('slice_id', '=', sliceId)
      .where('state', '=', 'open')
      .returning(['edition_id', 'subscriber_id'])
      .execute();
    for (const { edition_id, subscriber_id } of refused) {
      await tx
        .deleteFrom('delivered_papers')
        .where('edition_id', '=', edition_id)
        .where('subscriber_id', '=', subscriber_id)
        .execute();
    }
    await settleSlice(tx, sliceId, why);
  });
}

/** Nobody can say any more whether the slice went out, and its key has expired: a person decides. */
export async function recordUnknown(
  db: Db,
  sliceId: string,
  why: string,
  now: Date,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('deliveries')
      .set({ state: 'unknown', why, decided_at: now })
      .where('slice_id', '=', sliceId)
      .where('state', '=', 'open')
      .execute();
    await tx
      .updateTable('slices')
      .set({ state: 'held', lease_token: null, lease_until: null, why })
      .where('id', '=', sliceId)
      .execute();
  });
}

/**
 * Replaces a slice that the provider provably refused as a whole by smaller ones with new keys, so
 * that only the poison recipient is refused in the end. The members stay frozen as they were.
 * @param groups subscriber numbers, one list per new slice.
 * @returns the ids of the new slices; none when the slice is no longer in one piece.
 */
export async function splitSlice(
  db: Db,
  sliceId: string,
  groups: readonly (readonly number[])[],
  why: string,
  now: Date,
): Promise<string[]> {
  return db.transaction().execute(async (tx) => {
    const slice = await tx
      .updateTable('slices')
      .set({ state: 'split', lease_token: null, lease_until: null, why })
      .where('id', '=', sliceId)
      .where('state', '=', 'submitting')
      .returning(['edition_id', 'due_at', 'taken_at'])
      .executeTakeFirst();
    if (slice === undefined) return [];
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
