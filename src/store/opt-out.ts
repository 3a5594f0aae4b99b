import { sql } from 'kysely';
import { emailKey } from '../domain/address.ts';
import type { NoticeKind } from '../domain/notice.ts';
import type { Db } from './database.ts';
import { endSubscription, type Occasion } from './leaving.ts';
import { lockAddress } from './notices.ts';
import { suppress } from './subscribers.ts';

/** A notice as its opt-out link sees it: to whom it went, and whether that address gets anything. */
export interface Addressed {
  readonly id: number;
  readonly kind: NoticeKind;
  readonly email: string;
  readonly language: string;
  readonly suppressed: boolean;
}

/** The notice of a number; undefined when there is none, or none any more. */
export async function addressedBy(db: Db, noticeId: number): Promise<Addressed | undefined> {
  const row = await db
    .selectFrom('notices')
    .leftJoin('suppressions', 'suppressions.email_key', 'notices.email_key')
    .where('id', '=', String(noticeId))
    .select(['kind', 'email', 'language', 'suppressions.reason'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { reason, ...notice } = row;
  return { ...notice, id: noticeId, suppressed: reason !== null };
}

/**
 * Stops everything to the address of a notice, whoever typed it in: it is suppressed, its wishes that
 * nobody confirmed are gone, its subscription ends if it has one. Twice is the same as once.
 */
export async function optOut(
  db: Db,
  { id, kind, email }: Addressed,
  occasion: Occasion,
  at: Date,
): Promise<void> {
  const key = emailKey(email);
  await db.transaction().execute(async (tx) => {
    await lockAddress(tx, email);
    await suppress(tx, email, 'unsubscribed', `opted out by the link of notice ${id}, ${kind}`, at);
    await tx
      .deleteFrom('signups')
      .where('email_key', '=', key)
      .where('confirmed_at', 'is', null)
      .execute();
    // The row stays without its address: it counts for how many changes a subscriber may ask for.
    await tx
      .updateTable('address_changes')
      .set({ email: '' })
      .where(sql<string>`lower(email)`, '=', key)
      .where('confirmed_at', 'is', null)
      .execute();
    // After the sign-ups: one that is being confirmed holds its row, and its subscriber is there now.
    const subscriber = await tx
      .selectFrom('subscribers')
      .where('email_key', '=', key)
      .select('id')
      .executeTakeFirst();
    if (subscriber !== undefined) await endSubscription(tx, Number(subscriber.id), occasion, at);
  });
}
