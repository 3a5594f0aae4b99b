import { emailKey } from '../domain/address.ts';
import type { Db } from './database.ts';
import { type Occasion, recordConsent } from './leaving.ts';
import { addNotice, countNotices, lockAddress } from './notices.ts';
import { isSuppressed } from './signups.ts';
import type { Subscriber } from './subscribers.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Messages that one subscriber may have sent to new addresses in a day. */
const CHANGES_PER_DAY = 3;
/** "Send me my link" can be typed in by anybody: who reads no more is told less often. */
const LINKS_PER_DAY = { active: 5, gone: 1 };

/**
 * Keeps a wish to move to another address and the notice that asks that address. At most one message
 * to an address in 24 hours and three from a subscriber; none to an address that must get nothing
 * or that has a subscription of its own.
 * @returns the number of the notice that is to go out, if one is.
 */
export async function askAddressChange(
  db: Db,
  subscriber: Subscriber,
  email: string,
  forgotten: readonly string[],
  at: Date,
): Promise<number | undefined> {
  return db.transaction().execute(async (tx) => {
    await lockAddress(tx, email);
    const dayAgo = new Date(at.getTime() - DAY_MS);
    const { asked } = await tx
      .selectFrom('address_changes')
      .where('subscriber_id', '=', String(subscriber.id))
      .where('asked_at', '>', dayAgo)
      .select((eb) => eb.fn.countAll<string>().as('asked'))
      .executeTakeFirstOrThrow();
    if (Number(asked) >= CHANGES_PER_DAY) return undefined;
    const { id } = await tx
      .insertInto('address_changes')
      .values({ subscriber_id: subscriber.id, email, asked_at: at })
      .returning('id')
      .executeTakeFirstOrThrow();
    if (await isTaken(tx, email)) return undefined;
    if (await isSuppressed(tx, email, forgotten)) return undefined;
    if ((await countNotices(tx, email, ['address'], dayAgo)) > 0) return undefined;
    const { language } = subscriber.preferences;
    return addNotice(tx, { kind: 'address', email, aboutId: Number(id), language }, at);
  });
}

async function isTaken(tx: Db, email: string): Promise<boolean> {
  const row = await tx
    .selectFrom('subscribers')
    .where('email_key', '=', emailKey(email))
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}

export interface AddressChange {
  readonly id: number;
  readonly subscriberId: number;
  readonly email: string;
  readonly confirmed: boolean;
}

/** A change of address by its number; undefined too when the address opted out. */
export async function getAddressChange(db: Db, id: number): Promise<AddressChange | undefined> {
  const row = await db
    .selectFrom('address_changes')
    .where('id', '=', String(id))
    .select(['subscriber_id', 'email', 'confirmed_at'])
    .executeTakeFirst();
  if (row === undefined || row.email === '') return undefined;
  return {
    id,
    subscriberId: Number(row.subscriber_id),
    email: row.email,
    confirmed: row.confirmed_at !== null,
  };
}

/**
 * Moves a subscription to its new address, once, with a notice of that to the old one: whoever did
 * not want it learns of it.
 * @returns undefined when the address is not free.
 */
export async function confirmAddressChange(
  db: Db,
  change: AddressChange,
  occasion: Occasion,
  forgotten: readonly string[],
  at: Date,
): Promise<{ noticeId: number | undefined } | undefined> {
  return db.transaction().execute(async (tx) => {
    await lockAddress(tx, change.email);
    if ((await isTaken(tx, change.email)) || (await isSuppressed(tx, change.email, forgotten))) {
      return undefined;
    }
    const { numUpdatedRows } = await tx
      .updateTable('address_changes')
      .set({ confirmed_at: at })
      .where('id', '=', String(change.id))
      .where('confirmed_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return undefined;
    const before = await tx
      .selectFrom('subscribers')
      .where('id', '=', String(change.subscriberId))
      .where('erased_at', 'is', null)
      .select(['email', 'preferences'])
      .forUpdate()
      .executeTakeFirst();
    await tx
      .updateTable('subscribers')
      .set({ email: change.email, email_key: emailKey(change.email) })
      .where('id', '=', String(change.subscriberId))
      .where('erased_at', 'is', null)
      .execute();
    await recordConsent(tx, change.subscriberId, 'moved', occasion, at);
    if (before === undefined) return { noticeId: undefined };
    const { language = 'en' } = before.preferences as { language?: string };
    const moved = { kind: 'moved', email: before.email, aboutId: change.subscriberId } as const;
    return { noticeId: await addNotice(tx, { ...moved, language }, at) };
  });
}

/**
 * Keeps the notice that brings somebody their link again: at most one an hour and five a day, one a
 * day without a subscription, and only to somebody there is. @returns its number, if one is to go out.
 */
export async function askLink(db: Db, email: string, at: Date): Promise<number | undefined> {
  return db.transaction().execute(async (tx) => {
    await lockAddress(tx, email);
    const row = await tx
      .selectFrom('subscribers')
      .leftJoin('suppressions', 'suppressions.email_key', 'subscribers.email_key')
      .where('subscribers.email_key', '=', emailKey(email))
      .select(['id', 'email', 'state', 'reason', 'preferences'])
      .executeTakeFirst();
    const perDay = LINKS_PER_DAY[row?.state === 'active' ? 'active' : 'gone'];
    const since = (ms: number) => countNotices(tx, email, ['link'], new Date(at.getTime() - ms));
    if ((await since(HOUR_MS)) > 0 || (await since(DAY_MS)) >= perDay) return undefined;
    if (row === undefined || row.reason !== null) return undefined;
    const { language = 'en' } = row.preferences as { language?: string };
    return addNotice(tx, { kind: 'link', email: row.email, aboutId: Number(row.id), language }, at);
  });
}
