import { sql } from 'kysely';
import { emailKey } from '../domain/address.ts';
import { Preferences } from '../domain/preferences.ts';
import type { Db } from './database.ts';
import type { SubscriberState, SuppressionReason } from './schema.ts';

export interface Subscriber {
  readonly id: number;
  readonly email: string;
  readonly state: SubscriberState;
  readonly preferences: Preferences;
  readonly suppressed: SuppressionReason | null;
  /** When they left, if they did so by a page or a click. */
  readonly leftAt: Date | null;
}

export interface Newcomer {
  readonly email: string;
  readonly preferences: Preferences;
}

/**
 * Adds subscribers, in order; an address that is there already keeps what it has.
 * @param forgotten the names under which an erased address is remembered: nobody brings it back.
 * @returns how many were added.
 */
export async function addSubscribers(
  db: Db,
  newcomers: readonly Newcomer[],
  at: Date,
  forgotten: (email: string) => readonly string[] = () => [],
): Promise<number> {
  const tombs = newcomers.flatMap(({ email }) =>
    forgotten(email).map((tomb) => ({ key: emailKey(email), tomb })),
  );
  const emails = newcomers.map(({ email }) => email);
  const preferences = newcomers.map((newcomer) => JSON.stringify(newcomer.preferences));
  const { numAffectedRows } = await sql`
    insert into subscribers (email, email_key, state, preferences, active_since, created_at)
    select n.email, n.key, 'active', n.preferences, ${at}::timestamptz, ${at}::timestamptz
      from unnest(${emails}::text[], ${emails.map(emailKey)}::text[], ${preferences}::jsonb[])
           with ordinality as n (email, key, preferences, place)
     where not exists (select from subscribers s where s.email_key = n.key)
       and not exists (
         select from suppressions x
           join jsonb_to_recordset(${JSON.stringify(tombs)}::jsonb) as t (key text, tomb text)
             on t.tomb = x.email_key
          where t.key = n.key)
     order by n.place
    on conflict (email_key) do nothing
  `.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** @param afterId keyset page: subscribers with a larger number. */
export async function listSubscribers(db: Db, afterId = 0, limit = 1000): Promise<Subscriber[]> {
  const rows = await subscribersWithSuppression(db)
    .where('subscribers.id', '>', String(afterId))
    .orderBy('subscribers.id')
    .limit(limit)
    .execute();
  return rows.map(subscriber);
}

/** The subscriber of a number; undefined when there is none or everything about them was erased. */
export async function subscriberById(db: Db, id: number): Promise<Subscriber | undefined> {
  const row = await subscribersWithSuppression(db)
    .where('subscribers.id', '=', String(id))
    .where('erased_at', 'is', null)
    .executeTakeFirst();
  return row === undefined ? undefined : subscriber(row);
}

/**
 * Changes what somebody asked for. Their row is locked from the look to the write, so that of two
 * changes at once none is lost.
 * @param change from what they ask for at that moment; undefined leaves it as it is.
 * @returns what they ask for now; undefined when nothing was changed or nobody is there any more.
 */
export async function changePreferences(
  db: Db,
  id: number,
  change: (current: Preferences) => Preferences | undefined,
): Promise<Preferences | undefined> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('subscribers')
      .where('id', '=', String(id))
      .where('erased_at', 'is', null)
      .select('preferences')
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const changed = change(Preferences.parse(row.preferences));
    if (changed === undefined) return undefined;
    await tx
      .updateTable('subscribers')
      .set({ preferences: JSON.stringify(changed) })
      .where('id', '=', String(id))
      .execute();
    return changed;
  });
}

/** @throws UnknownSubscriberError */
export async function getSubscriber(db: Db, email: string): Promise<Subscriber> {
  const row = await subscribersWithSuppression(db)
    .where('subscribers.email_key', '=', emailKey(email))
    .executeTakeFirst();
  if (row === undefined) throw new UnknownSubscriberError(`no subscriber has the address ${email}`);
  return subscriber(row);
}

/** Marks an address as one that must get nothing. The first reason stays. */
export async function suppress(
  db: Db,
  email: string,
  reason: SuppressionReason,
  detail: string | null,
  at: Date,
): Promise<void> {
  await db
    .insertInto('suppressions')
    .values({ email_key: emailKey(email), reason, detail, at })
    .onConflict((conflict) => conflict.column('email_key').doNothing())
    .execute();
}

/**
 * Takes a suppression back, and nothing else: who left stays away until they sign up. The tombstone of
 * an erased address has another name, so it stays.
 * @returns what it was; undefined when the address was not suppressed.
 */
export async function liftSuppression(
  db: Db,
  email: string,
): Promise<{ reason: SuppressionReason; detail: string | null; at: Date } | undefined> {
  return db
    .deleteFrom('suppressions')
    .where('email_key', '=', emailKey(email))
    .returning(['reason', 'detail', 'at'])
    .executeTakeFirst();
}

export class UnknownSubscriberError extends Error {
  override readonly name = 'UnknownSubscriberError';
}

const subscribersWithSuppression = (db: Db) =>
  db
    .selectFrom('subscribers')
    .leftJoin('suppressions', 'suppressions.email_key', 'subscribers.email_key')
    .select([
      'subscribers.id',
      'subscribers.email',
      'subscribers.state',
      'subscribers.preferences',
      'subscribers.left_at',
      'suppressions.reason as suppressed',
    ]);

function subscriber(row: {
  id: string;
  email: string;
  state: SubscriberState;
  preferences: unknown;
  left_at: Date | null;
  suppressed: SuppressionReason | null;
}): Subscriber {
  const { left_at, ...rest } = row;
  return {
    ...rest,
    id: Number(row.id),
    preferences: Preferences.parse(row.preferences),
    leftAt: left_at,
  };
}
