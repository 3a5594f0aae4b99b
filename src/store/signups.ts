import { sql } from 'kysely';
import { emailKey, limitKey } from '../domain/address.ts';
import { Preferences } from '../domain/preferences.ts';
import type { Db } from './database.ts';
import { type Occasion, recordConsent } from './leaving.ts';
import { addNotice, countNotices, lockAddress } from './notices.ts';

/** What somebody asked for who may or may not own the address. */
export interface Wish {
  readonly email: string;
  readonly preferences: Preferences;
}

const DAY_MS = 86_400_000;
/** Messages to an address that never confirmed one. */
const UNCONFIRMED_MAX = 3;

/**
 * Keeps a wish to subscribe and the notice that asks the address for its confirmation; who is
 * subscribed already is told so instead. At most one message in 24 hours and three until one is
 * confirmed, whoever asks and however often; none to an address that must get nothing.
 * @param forgotten the names under which an erased address is remembered.
 * @returns the number of the notice that is to go out, if one is.
 */
export async function askSignup(
  db: Db,
  wish: Wish,
  occasion: Occasion,
  forgotten: readonly string[],
  at: Date,
): Promise<number | undefined> {
  return db.transaction().execute(async (tx) => {
    await lockAddress(tx, wish.email);
    if (await isSuppressed(tx, wish.email, forgotten)) return undefined;
    const dayAgo = new Date(at.getTime() - DAY_MS);
    const confirmed = await lastConfirmation(tx, wish.email);
    const kinds = ['confirm', 'known'] as const;
    if ((await countNotices(tx, wish.email, kinds, dayAgo)) > 0) return undefined;
    if ((await countNotices(tx, wish.email, kinds, confirmed)) >= UNCONFIRMED_MAX) return undefined;
    const { email, preferences } = wish;
    const { language } = preferences;
    const known = await tx
      .selectFrom('subscribers')
      .where('email_key', '=', emailKey(email))
      .where('state', '=', 'active')
      .select('id')
      .executeTakeFirst();
    if (known !== undefined) {
      return addNotice(tx, { kind: 'known', email, aboutId: Number(known.id), language }, at);
    }
    const { id } = await tx
      .insertInto('signups')
      .values({
        email,
        email_key: emailKey(email),
        limit_key: limitKey(email),
        preferences: JSON.stringify(preferences),
        asked_at: at,
        ...occasion,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return addNotice(tx, { kind: 'confirm', email, aboutId: Number(id), language }, at);
  });
}

/** Whether an address must get nothing: by its own name, or by one that it left when it was erased. */
export async function isSuppressed(
  db: Db,
  email: string,
  forgotten: readonly string[],
): Promise<boolean> {
  const row = await db
    .selectFrom('suppressions')
    .where('email_key', 'in', [emailKey(email), ...forgotten])
    .select('reason')
    .executeTakeFirst();
  return row !== undefined;
}

async function lastConfirmation(tx: Db, email: string): Promise<Date> {
  const row = await tx
    .selectFrom('signups')
    .where('limit_key', '=', limitKey(email))
    .select((eb) => eb.fn.max('confirmed_at').as('at'))
    .executeTakeFirst();
  return row?.at ?? new Date(0);
}

/** A wish that waits for its confirmation, or had it. */
export interface Signup extends Wish {
  readonly id: number;
  readonly confirmed: boolean;
}

export async function getSignup(db: Db, id: number): Promise<Signup | undefined> {
  const row = await db
    .selectFrom('signups')
    .where('id', '=', String(id))
    .select(['email', 'preferences', 'confirmed_at'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id,
    email: row.email,
    preferences: Preferences.parse(row.preferences),
    confirmed: row.confirmed_at !== null,
  };
}

/**
 * Makes the address of a wish a subscriber, once. Somebody who is subscribed by then keeps what they
 * have; somebody who had left comes back with what they asked for now.
 * Who is new, or comes back, is welcomed by a notice.
 * @returns the subscriber's number, with that of the notice; undefined when the wish was confirmed
 *   before or must not count.
 */
export async function confirmSignup(
  db: Db,
  signup: Signup,
  occasion: Occasion,
  forgotten: readonly string[],
  at: Date,
): Promise<{ id: number; noticeId: number | undefined } | undefined> {
  return db.transaction().execute(async (tx) => {
    const asked = await tx
      .updateTable('signups')
      .set({ confirmed_at: at })
      .where('id', '=', String(signup.id))
      .where('confirmed_at', 'is', null)
      .returning(['asked_at', 'page', 'network', 'words'])
      .executeTakeFirst();
    if (asked === undefined || (await isSuppressed(tx, signup.email, forgotten))) return undefined;
    const { rows } = await sql<{ id: string; fresh: boolean }>`
      insert into subscribers (email, email_key, state, preferences, active_since, created_at)
      values (${signup.email}, ${emailKey(signup.email)}, 'active',
              ${JSON.stringify(signup.preferences)}::jsonb, ${at}::timestamptz, ${at}::timestamptz)
      on conflict (email_key) do update
         set state = 'active', left_at = null, left_why = null,
             preferences = case when subscribers.state = 'active' then subscribers.preferences
                                else excluded.preferences end,
             active_since = case when subscribers.state = 'active' then subscribers.active_since
                                 else excluded.active_since end
      returning id, active_since = ${at}::timestamptz as fresh
    `.execute(tx);
    const subscriberId = Number(rows[0]?.id);
    const { asked_at, ...where } = asked;
    await recordConsent(tx, subscriberId, 'asked', where, asked_at);
    await recordConsent(tx, subscriberId, 'confirmed', occasion, at);
    const { email, preferences } = signup;
    const { language } = preferences;
    const welcome = { kind: 'welcome', email, aboutId: subscriberId, language } as const;
    const fresh = rows[0]?.fresh === true;
    return { id: subscriberId, noticeId: fresh ? await addNotice(tx, welcome, at) : undefined };
  });
}
