import type { Meaning } from '../domain/provider-event.ts';
import type { Db } from './database.ts';
import { suppress } from './subscribers.ts';

/** An event as it came, verified, with what it means. */
export interface ProviderEvent {
  /** The provider's id of the message; the same when it is delivered again. */
  readonly id: string;
  readonly provider: string;
  readonly type: string;
  readonly meaning: Meaning;
}

/**
 * Keeps an event until it is settled.
 * @returns whether it is new: providers deliver events at least once.
 */
export async function keepEvent(db: Db, event: ProviderEvent, at: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('provider_events')
    .values({
      id: event.id,
      provider: event.provider,
      type: event.type,
      payload: JSON.stringify(event.meaning),
      received_at: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function unsettledEvents(db: Db, before: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('provider_events')
    .where('settled_at', 'is', null)
    .where('received_at', '<=', before)
    .select('id')
    .orderBy('received_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** For so long an event may be ahead of the ledger: the answer that names its delivery is on its way. */
const AHEAD_MS = 3_600_000;

/**
 * Writes an event to its delivery, and suppresses the address when it says so. Idempotent. One whose
 * delivery nobody knows yet stays unsettled for an hour, and the sweep asks again; later it is settled
 * when the answer that names its delivery is recorded.
 */
export async function settleEvent(db: Db, eventId: string, now: Date): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const event = await tx
      .selectFrom('provider_events')
      .where('id', '=', eventId)
      .where('settled_at', 'is', null)
      .select(['payload', 'received_at'])
      .forUpdate()
      .executeTakeFirst();
    if (event === undefined) return;
    const meaning = event.payload as Meaning;
    const result = meaning.kind === 'other' ? 'kept' : await apply(tx, meaning, event.received_at);
    const ahead = result === NO_DELIVERY && now.getTime() - event.received_at.getTime() < AHEAD_MS;
    await tx
      .updateTable('provider_events')
      .set({ settled_at: ahead ? null : now, result })
      .where('id', '=', eventId)
      .execute();
  });
}

/** What is written to an event that no delivery knows; the index of these has the same words. */
export const NO_DELIVERY = 'no delivery has this id';

const column = {
  delivered: 'delivered_at',
  bounced: 'bounced_at',
  complained: 'complained_at',
} as const;

async function apply(
  tx: Db,
  meaning: Exclude<Meaning, { kind: 'other' }>,
  at: Date,
): Promise<string> {
  const delivery = await tx
    .updateTable('deliveries')
    .set({ [column[meaning.kind]]: at })
    .where('provider_id', '=', meaning.providerId)
    .returning(['addressee', 'subscriber_id'])
    .executeTakeFirst();
  if (delivery === undefined) return applyToNotice(tx, meaning, at);
  if (delivery.addressee === null) return NO_DELIVERY;
  if (meaning.kind === 'delivered') return meaning.kind;
  // The retention takes the address out of a delivery; of somebody erased there is none to suppress.
  const email = delivery.addressee.email || (await addressOf(tx, delivery.subscriber_id));
  if (email === undefined) return `${meaning.kind}: erased`;
  await suppress(tx, email, meaning.kind, meaning.detail, at);
  return meaning.kind;
}

async function addressOf(tx: Db, subscriberId: string): Promise<string | undefined> {
  const person = await tx
    .selectFrom('subscribers')
    .where('id', '=', subscriberId)
    .where('erased_at', 'is', null)
    .select('email')
    .executeTakeFirst();
  return person?.email;
}

/** A notice has no row to write the event to; what it says of the address counts all the same. */
async function applyToNotice(
  tx: Db,
  meaning: Exclude<Meaning, { kind: 'other' }>,
  at: Date,
): Promise<string> {
  const notice = await tx
    .selectFrom('notices')
    .where('provider_id', '=', meaning.providerId)
    .select('email')
    .executeTakeFirst();
  if (notice === undefined) return NO_DELIVERY;
  if (meaning.kind !== 'delivered') {
    await suppress(tx, notice.email, meaning.kind, meaning.detail, at);
  }
  return `${meaning.kind}: a notice`;
}
