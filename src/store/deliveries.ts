import { sql } from 'kysely';
import type { Composition } from '../domain/composition.ts';
import { datedAt } from '../domain/email.ts';
import type { Db } from './database.ts';
import type { DeliveryState } from './schema.ts';
import type { Taken } from './slices.ts';

/** One delivery as an operator sees it. */
export interface DeliveryRow {
  readonly id: string;
  readonly email: string;
  readonly timeZone: string;
  readonly state: DeliveryState;
  readonly dueAt: Date;
  readonly layout: string;
  readonly composition: Composition | null;
  readonly why: string | null;
  readonly providerId: string | null;
  /** Of its slice: attempts so far, and when the next one is due. */
  readonly attempts: number;
  readonly nextTryAt: Date | null;
}

/** The deliveries of an edition, or the newest ones, in the order in which they were due. */
export async function listDeliveries(
  db: Db,
  only: { editionId?: string; state?: DeliveryState; limit: number },
): Promise<DeliveryRow[]> {
  const rows = await db
    .selectFrom('deliveries')
    .innerJoin('subscribers', 'subscribers.id', 'deliveries.subscriber_id')
    .innerJoin('slices', 'slices.id', 'deliveries.slice_id')
    .$if(only.editionId !== undefined, (query) =>
      query.where('deliveries.edition_id', '=', only.editionId ?? ''),
    )
    .$if(only.state !== undefined, (query) =>
      query.where('deliveries.state', '=', only.state ?? 'open'),
    )
    .select([
      'deliveries.edition_id',
      'subscriber_id',
      'email',
      'preferences',
      'deliveries.state',
      'deliveries.due_at',
      'addressee',
      'composition',
      'deliveries.why',
      'provider_id',
      'slices.attempts',
      'slices.next_try_at',
      'slices.why as slice_why',
    ])
    .orderBy('deliveries.due_at', 'desc')
    .orderBy('subscriber_id', 'desc')
    .limit(only.limit)
    .execute();
  return rows.reverse().map((row) => {
    const preferences = row.preferences as { timeZone: string; layout: string };
    return {
      id: `${row.edition_id}/${row.subscriber_id}`,
      email: row.addressee?.email ?? row.email,
      timeZone: preferences.timeZone,
      state: row.state,
      dueAt: row.due_at,
      layout: row.addressee?.layout ?? preferences.layout,
      composition: row.composition,
      why: row.why ?? (row.state === 'open' ? row.slice_why : null),
      providerId: row.provider_id,
      attempts: row.attempts,
      nextTryAt: row.next_try_at,
    };
  });
}

/** The state of an edition's delivery for each of these subscribers who has one. */
export async function deliveryStates(
  db: Db,
  editionId: string,
  subscriberIds: readonly number[],
): Promise<Map<number, DeliveryState>> {
  const { rows } = await sql<{ subscriber_id: string; state: DeliveryState }>`
    select subscriber_id, state from deliveries
     where edition_id = ${editionId} and subscriber_id = any (${subscriberIds}::bigint[])
  `.execute(db);
  return new Map(rows.map((row) => [Number(row.subscriber_id), row.state]));
}

/** What became of one delivery so far; undefined when it was never planned. */
export async function deliveryOf(db: Db, editionId: string, subscriberId: number) {
  return db
    .selectFrom('deliveries')
    .where('edition_id', '=', editionId)
    .where('subscriber_id', '=', String(subscriberId))
    .select(['state', 'why', 'composition', 'lookback_days as lookbackDays'])
    .executeTakeFirst();
}

/** What a delivery froze, with the Date of its email; undefined before that. */
export async function frozenDelivery(
  db: Db,
  editionId: string,
  subscriberId: number,
): Promise<{ taken: Taken; datedAt: Date } | undefined> {
  const row = await db
    .selectFrom('deliveries')
    .innerJoin('slices', 'slices.id', 'deliveries.slice_id')
    .where('deliveries.edition_id', '=', editionId)
    .where('subscriber_id', '=', String(subscriberId))
    .select(['addressee', 'composition', 'taken_at', 'slices.due_at'])
    .executeTakeFirst();
  if (row?.addressee == null || row.composition == null || row.taken_at === null) return undefined;
  return {
    taken: { subscriberId, addressee: row.addressee, composition: row.composition },
    datedAt: datedAt(row.due_at, row.taken_at),
  };
}
