import { sql, type Updateable } from 'kysely';
import type { Db } from './database.ts';
import { forgetPapers } from './delivered-papers.ts';
import type { Schema } from './schema.ts';

/**
 * Cancels an edition: nothing more of it is planned, and what was never handed over is skipped. What
 * may already be with the provider is seen through.
 * @returns deliveries skipped now.
 */
export async function cancelEdition(db: Db, editionId: string, now: Date): Promise<number> {
  return db.transaction().execute(async (tx) => {
    await tx
      .updateTable('editions')
      .set({ cancelled_at: sql`coalesce(cancelled_at, ${now}::timestamptz)` })
      .where('id', '=', editionId)
      .execute();
    // Locked before the next statement looks: a first taking may be writing its papers right now.
    const untried = await tx
      .selectFrom('slices')
      .where('edition_id', '=', editionId)
      .where('in_doubt_since', 'is', null)
      .where('state', '<>', 'settled')
      .orderBy('id')
      .select('id')
      .forUpdate()
      .execute();
    const { rows } = await sql<{ subscriber_id: string }>`
      with skipped as (
        update deliveries d
           set state = 'skipped', why = 'cancelled by an operator', decided_at = ${now}::timestamptz
         where d.slice_id = any(${untried.map(({ id }) => id)}::text[]) and d.state = 'open'
        returning d.edition_id, d.subscriber_id
      ), forgotten as (
        delete from delivered_papers p using skipped s
         where p.edition_id = s.edition_id and p.subscriber_id = s.subscriber_id
      )
      select subscriber_id from skipped
    `.execute(tx);
    return rows.length;
  });
}

/** Which of the dead: those of an edition, one slice, or all. */
export interface Only {
  readonly editionId?: string;
  readonly sliceId?: string;
}

/** Opens dead slices again, to be tried once more. @returns their ids. */
export async function reviveSlices(db: Db, only: Only, now: Date): Promise<string[]> {
  return endDead(db, only, { state: 'open', next_try_at: now });
}

/**
 * Lets dead slices be: whoever is open in them gets nothing. Their papers may come in another digest,
 * unless the slice may have been taken before it died.
 * @returns the ids of the slices.
 */
export async function dropSlices(db: Db, only: Only, now: Date): Promise<string[]> {
  return db.transaction().execute(async (tx) => {
    const ids = await endDead(tx, only, { state: 'settled', next_try_at: null });
    await sql`
      with dropped as (
        update deliveries d
           set state = 'skipped', why = 'dropped by an operator', decided_at = ${now}::timestamptz
          from slices s
         where s.id = any(${ids}::text[]) and d.slice_id = s.id and d.state = 'open'
        returning d.edition_id, d.subscriber_id, s.in_doubt_since
      )
      delete from delivered_papers p using dropped d
       where p.edition_id = d.edition_id and p.subscriber_id = d.subscriber_id
         and d.in_doubt_since is null
    `.execute(tx);
    return ids;
  });
}

async function endDead(db: Db, only: Only, set: Updateable<Schema['slices']>): Promise<string[]> {
  const rows = await db
    .updateTable('slices')
    .set(set)
    .where('state', '=', 'dead')
    .$if(only.editionId !== undefined, (query) =>
      query.where('edition_id', '=', only.editionId ?? ''),
    )
    .$if(only.sliceId !== undefined, (query) => query.where('id', '=', only.sliceId ?? ''))
    .returning('id')
    .execute();
  return rows.map(({ id }) => id).sort();
}

/** The unknown deliveries of an edition. @returns the numbers of their subscribers. */
export async function unknownOf(db: Db, editionId: string): Promise<number[]> {
  const rows = await db
    .selectFrom('deliveries')
    .where('edition_id', '=', editionId)
    .where('state', '=', 'unknown')
    .select('subscriber_id')
    .orderBy('subscriber_id')
    .execute();
  return rows.map(({ subscriber_id }) => Number(subscriber_id));
}

/** Lets slices that wait for a later try be tried at once. */
export async function hurrySlices(db: Db): Promise<void> {
  await db
    .updateTable('slices')
    .set({ next_try_at: null, halt: null })
    .where('state', '=', 'open')
    .execute();
}

/** What an operator found out about an unknown delivery. */
export type Finding =
  /** It arrived. */
  | 'delivered'
  /** It was never taken: hand it over again, under a new key. */
  | 'not-sent'
  /** Nobody will know: let it be. Its papers may come in another digest. */
  | 'dropped';

/**
 * Decides an unknown delivery by hand. What went to somebody who was erased since is suppressed, not
 * sent again.
 * @returns the slice to submit when it has to be handed over again; undefined otherwise.
 * @throws NotUnknownError when the delivery is in another state.
 */
export async function resolveUnknown(
  db: Db,
  delivery: { editionId: string; subscriberId: number },
  finding: Finding,
  now: Date,
): Promise<string | undefined> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('deliveries')
      .innerJoin('slices', 'slices.id', 'deliveries.slice_id')
      .where('deliveries.edition_id', '=', delivery.editionId)
      .where('subscriber_id', '=', String(delivery.subscriberId))
      .innerJoin('subscribers', 'subscribers.id', 'subscriber_id')
      .select(['deliveries.state', 'slice_id', 'taken_at', 'addressee', 'email', 'erased_at'])
      .forUpdate()
      .executeTakeFirst();
    const id = `${delivery.editionId}/${delivery.subscriberId}`;
    if (row?.state !== 'unknown') {
      throw new NotUnknownError(
        row === undefined
          ? `there is no delivery ${id}`
          : `delivery ${id} is ${row.state}, not unknown`,
      );
    }
    const update = (set: Updateable<Schema['deliveries']>) =>
      tx
        .updateTable('deliveries')
        .set(set)
        .where('edition_id', '=', delivery.editionId)
        .where('subscriber_id', '=', String(delivery.subscriberId))
        .execute();
    if (finding === 'delivered') {
      const why = 'an operator found it delivered';
      await update({ state: 'submitted', provider_id: 'operator', why, decided_at: now });
      return undefined;
    }
    if (finding === 'dropped') {
      await update({ state: 'refused', why: 'dropped by an operator', decided_at: now });
      await forgetPapers(tx, delivery.editionId, delivery.subscriberId);
      return undefined;
    }
    if (row.erased_at !== null) {
      await update({ state: 'suppressed', why: 'erased', decided_at: now });
      await forgetPapers(tx, delivery.editionId, delivery.subscriberId);
      return undefined;
    }
    const sliceId = `${row.slice_id}.again-${delivery.subscriberId}-${now.getTime()}`;
    await tx
      .insertInto('slices')
      .values({
        id: sliceId,
        edition_id: delivery.editionId,
        due_at: now, // asked for now, so not too late
        taken_at: row.taken_at,
        created_at: now,
      })
      .execute();
    // Forgotten by the retention of an earlier version. Under a new key the bytes may be others.
    const nameless = row.addressee !== null && row.addressee.email === '';
    await update({
      state: 'open',
      slice_id: sliceId,
      due_at: now,
      why: null,
      decided_at: null,
      ...(nameless ? { addressee: JSON.stringify({ ...row.addressee, email: row.email }) } : {}),
    });
    return sliceId;
  });
}

export class NotUnknownError extends Error {
  override readonly name = 'NotUnknownError';
}
