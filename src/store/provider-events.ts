import { sql } from 'kysely';
import { emailKey } from '../domain/address.ts';
import type { Meaning } from '../domain/provider-event.ts';
import type { Db } from './database.ts';
import { forgetPapers } from './delivered-papers.ts';
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
 * Writes an event to its delivery, and suppresses the address when it says so, or when it is the third
 * soft bounce in a row. Idempotent. One whose
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

type Told = Exclude<Meaning, { kind: 'other' }>;

const column = {
  delivered: 'delivered_at',
  bounced: 'bounced_at',
  'soft-bounced': 'soft_bounced_at',
  complained: 'complained_at',
} as const;

async function apply(tx: Db, meaning: Told, at: Date): Promise<string> {
  const { kind, providerId } = meaning;
  const delivery = await tx
    .selectFrom('deliveries')
    .where('provider_id', '=', providerId)
    .select(['edition_id', 'subscriber_id', 'addressee'])
    .executeTakeFirst();
  if (delivery === undefined) return applyToNotice(tx, meaning, at);
  if (delivery.addressee === null) return NO_DELIVERY;
  if (kind === 'refused') return refuse(tx, delivery, meaning.detail, at);
  // Who erases locks the subscriber first as well; and bounces are counted one after the other.
  const person = await tx
    .selectFrom('subscribers')
    .where('id', '=', delivery.subscriber_id)
    .select(['email', 'erased_at'])
    .forUpdate()
    .executeTakeFirstOrThrow();
  await tx
    .updateTable('deliveries')
    .set({ [column[kind]]: at })
    .where('provider_id', '=', providerId)
    .execute();
  if (kind === 'delivered') return kind;
  if (person.erased_at !== null) return `${kind}: erased`;
  // The retention takes the address out of a delivery.
  const email = delivery.addressee.email || person.email;
  if (kind !== 'soft-bounced') await suppress(tx, email, kind, meaning.detail, at);
  else if ((await softBouncesInARow(tx, delivery.subscriber_id, email)) >= SOFT_BOUNCES_MAX) {
    const why = `${SOFT_BOUNCES_MAX} soft bounces in a row, the last: ${meaning.detail}`;
    await suppress(tx, email, 'bounced', why, at);
  }
  return kind;
}

/** So many emails in a row that bounced, though not for good, are as good as for good. */
const SOFT_BOUNCES_MAX = 3;

/** Emails to an address that bounced softly since one was delivered there, as far as it is remembered. */
async function softBouncesInARow(tx: Db, subscriberId: string, email: string): Promise<number> {
  const { rows } = await sql<{ bounces: number }>`
    with theirs as (
      select soft_bounced_at, delivered_at from deliveries
       where subscriber_id = ${subscriberId} and lower(addressee->>'email') = ${emailKey(email)}
    )
    select count(*)::int as bounces from theirs
     where soft_bounced_at > coalesce((select max(delivered_at) from theirs), '-infinity')
  `.execute(tx);
  return rows[0]?.bounces ?? 0;
}

/** What it would have brought may come another day, as of every refused delivery. */
async function refuse(
  tx: Db,
  delivery: { edition_id: string; subscriber_id: string },
  detail: string,
  at: Date,
): Promise<string> {
  const { numUpdatedRows } = await tx
    .updateTable('deliveries')
    .set({ state: 'refused', why: `${AFTERWARDS} ${detail}`, decided_at: at })
    .where('edition_id', '=', delivery.edition_id)
    .where('subscriber_id', '=', delivery.subscriber_id)
    .where('state', '=', 'submitted')
    .where('delivered_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return 'refused: it was delivered, or refused before';
  await forgetPapers(tx, delivery.edition_id, delivery.subscriber_id);
  return 'refused';
}

const AFTERWARDS = 'after it was taken:';

/** A notice keeps no times of what came later; what an event says of the address counts all the same. */
async function applyToNotice(tx: Db, meaning: Told, at: Date): Promise<string> {
  const { kind, providerId } = meaning;
  const notice = await tx
    .selectFrom('notices')
    .where('provider_id', '=', providerId)
    .select(['id', 'email'])
    .executeTakeFirst();
  if (notice === undefined) return NO_DELIVERY;
  if (kind === 'refused') {
    await tx
      .updateTable('notices')
      .set({ state: 'refused', why: `${AFTERWARDS} ${meaning.detail}` })
      .where('id', '=', notice.id)
      .where('state', '=', 'submitted')
      .execute();
  } else if (kind === 'bounced' || kind === 'complained') {
    await suppress(tx, notice.email, kind, meaning.detail, at);
  }
  return `${kind}: a notice`;
}
