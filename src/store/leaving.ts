import type { Db } from './database.ts';
import type { ConsentKind } from './schema-people.ts';

/** Where somebody said something, and what they read: kept as the proof of it. */
export interface Occasion {
  readonly page: string;
  readonly network: string;
  readonly words: string;
}

/** By a click in a mail program, which shows no page of ours. */
export const ONE_CLICK: Occasion = { page: 'one-click', network: '', words: '' };
/** By an operator's command. */
export const BY_COMMAND: Occasion = { page: 'command line', network: '', words: '' };

/** Ends every subscription of a person. @returns whether they had one; twice is the same as once. */
export async function leave(
  db: Db,
  subscriberId: number,
  occasion: Occasion,
  at: Date,
): Promise<boolean> {
  return db.transaction().execute((tx) => endSubscription(tx, subscriberId, occasion, at));
}

/** The same as `leave`, within a transaction that does more. */
export async function endSubscription(
  tx: Db,
  subscriberId: number,
  occasion: Occasion,
  at: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('subscribers')
    .set({ state: 'unsubscribed', left_at: at, left_why: null })
    .where('id', '=', String(subscriberId))
    .where('state', '<>', 'unsubscribed')
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await recordConsent(tx, subscriberId, 'left', occasion, at);
  return true;
}

/**
 * Takes a leaving back, when it is not older than `since`, unless the address must get nothing.
 * @returns whether it did.
 */
export async function comeBack(
  db: Db,
  subscriberId: number,
  occasion: Occasion,
  { since, at }: { since: Date; at: Date },
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('subscribers')
      .set({ state: 'active', active_since: at, left_at: null, left_why: null })
      .where('id', '=', String(subscriberId))
      .where('state', '=', 'unsubscribed')
      .where('left_at', '>=', since)
      .where('erased_at', 'is', null)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('suppressions')
              .whereRef('suppressions.email_key', '=', 'subscribers.email_key')
              .select('reason'),
          ),
        ),
      )
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await recordConsent(tx, subscriberId, 'came back', occasion, at);
    return true;
  });
}

/** Why somebody left, in their own words, if they left. */
export async function keepReason(db: Db, subscriberId: number, why: string): Promise<void> {
  await db
    .updateTable('subscribers')
    .set({ left_why: why })
    .where('id', '=', String(subscriberId))
    .where('state', '=', 'unsubscribed')
    .where('erased_at', 'is', null)
    .execute();
}

/** Adds a line to the record of who agreed to what. */
export async function recordConsent(
  db: Db,
  subscriberId: number,
  what: ConsentKind,
  occasion: Occasion,
  at: Date,
): Promise<void> {
  await db
    .insertInto('consents')
    .values({ subscriber_id: subscriberId, at, what, ...occasion })
    .execute();
}
