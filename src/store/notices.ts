import { sql } from 'kysely';
import { emailKey, limitKey } from '../domain/address.ts';
import type { Email } from '../domain/email.ts';
import type { NoticeKind, Told } from '../domain/notice.ts';
import type { Db } from './database.ts';
import type { DeliveryState } from './schema.ts';

/** A notice as it was asked for. */
interface Notice {
  readonly id: number;
  readonly kind: NoticeKind;
  readonly email: string;
  /** A sign-up, a subscriber or a change of address, by the kind; 0 of an alert. */
  readonly aboutId: number;
  readonly language: string;
  /** Of an alert: what it says. */
  readonly told: Told | null;
  readonly askedAt: Date;
}

/** A notice that this worker holds until its lease ends. */
export interface ClaimedNotice extends Notice {
  readonly token: string;
  readonly attempts: number;
  /** What an earlier attempt handed over, or meant to. */
  readonly frozen: Email | null;
  /** Since when a request may have been taken without our knowing. */
  readonly inDoubtSince: Date | null;
  /** Why the address must get nothing, when it must not. */
  readonly suppressed: string | null;
}

/** Writes down that a notice is to go out; the job carries it out. @returns its number. */
export async function addNotice(
  db: Db,
  notice: Omit<Notice, 'id' | 'askedAt' | 'told'>,
  at: Date,
): Promise<number> {
  const { id } = await db
    .insertInto('notices')
    .values(rowOf(notice, at))
    .returning('id')
    .executeTakeFirstOrThrow();
  return Number(id);
}

/** Writes down that an operator is to be told something. @returns its number; undefined when the cause was told before. */
export async function addAlert(
  db: Db,
  { email, cause, told }: { email: string; cause: string; told: Told },
  at: Date,
): Promise<number | undefined> {
  const notice = { kind: 'alert', email, aboutId: 0, language: 'en' } as const;
  const row = await db
    .insertInto('notices')
    .values({ ...rowOf(notice, at), cause, told: JSON.stringify(told) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row === undefined ? undefined : Number(row.id);
}

/** Whether a notice is one to the operator. */
export async function isAlert(db: Db, id: number): Promise<boolean> {
  const row = await db
    .selectFrom('notices')
    .where('id', '=', String(id))
    .select('kind')
    .executeTakeFirst();
  return row?.kind === 'alert';
}

function rowOf(notice: Omit<Notice, 'id' | 'askedAt' | 'told'>, at: Date) {
  return {
    kind: notice.kind,
    email: notice.email,
    email_key: emailKey(notice.email),
    limit_key: limitKey(notice.email),
    about_id: notice.aboutId,
    language: notice.language,
    asked_at: at,
  };
}

/** How many notices of these kinds an address had since a moment, by the form the limits count. */
export async function countNotices(
  db: Db,
  email: string,
  kinds: readonly NoticeKind[],
  since: Date,
): Promise<number> {
  const { count } = await db
    .selectFrom('notices')
    .where('limit_key', '=', limitKey(email))
    .where('kind', 'in', kinds)
    .where('asked_at', '>', since)
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Holds back everybody else who asks about an address until this transaction ends. */
export async function lockAddress(tx: Db, email: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${limitKey(email)}, 5))`.execute(tx);
}

/** Takes a notice for this worker. @returns undefined when it is decided, held, or not due. */
export async function claimNotice(
  db: Db,
  id: number,
  options: { token: string; leaseMs: number; now: Date },
): Promise<ClaimedNotice | undefined> {
  const { token, now } = options;
  const row = await db
    .updateTable('notices')
    .set((eb) => ({
      attempts: eb('attempts', '+', 1),
      lease_token: token,
      lease_until: new Date(now.getTime() + options.leaseMs),
      next_try_at: null,
    }))
    .where('id', '=', String(id))
    .where('state', '=', 'open')
    .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<', now)]))
    .where((eb) => eb.or([eb('next_try_at', 'is', null), eb('next_try_at', '<=', now)]))
    .returningAll()
    .returning((eb) =>
      eb
        .selectFrom('suppressions')
        .whereRef('suppressions.email_key', '=', 'notices.email_key')
        .select('reason')
        .as('suppressed'),
    )
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id,
    kind: row.kind,
    email: row.email,
    aboutId: Number(row.about_id),
    language: row.language,
    askedAt: row.asked_at,
    told: row.told,
    token,
    attempts: row.attempts,
    frozen: row.frozen,
    inDoubtSince: row.in_doubt_since,
    suppressed: row.suppressed,
  };
}

/**
 * The last step before the request leaves, committed before it does: pins the bytes and says that it
 * may have been taken. @returns whether this worker still holds the notice.
 */
export async function startNotice(
  db: Db,
  notice: ClaimedNotice,
  email: Email,
  now: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('notices')
    .set({ frozen: JSON.stringify(email), in_doubt_since: notice.inDoubtSince ?? now })
    .where('id', '=', String(notice.id))
    .where('lease_token', '=', notice.token)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Gives a notice back, to be tried again; `clean` when the provider said that it took nothing. */
export async function releaseNotice(
  db: Db,
  notice: ClaimedNotice,
  nextTryAt: Date,
  why: string,
  clean: boolean,
): Promise<void> {
  await db
    .updateTable('notices')
    .set({
      lease_token: null,
      lease_until: null,
      next_try_at: nextTryAt,
      why,
      ...(clean ? { in_doubt_since: null } : {}),
    })
    .where('id', '=', String(notice.id))
    .where('lease_token', '=', notice.token)
    .execute();
}

/**
 * What became of a notice. Its bytes, which hold a link, are forgotten. That it was submitted is true
 * whoever holds it by now, and also when another worker gave it up.
 */
export async function settleNotice(
  db: Db,
  notice: ClaimedNotice,
  state: Exclude<DeliveryState, 'open'>,
  told: { why?: string; providerId?: string },
  now: Date,
): Promise<void> {
  await db
    .updateTable('notices')
    .set({
      state,
      why: told.why ?? null,
      provider_id: told.providerId ?? null,
      decided_at: now,
      frozen: null,
      lease_token: null,
      lease_until: null,
    })
    .where('id', '=', String(notice.id))
    .where('state', 'in', state === 'submitted' ? ['open', 'unknown'] : ['open'])
    .$if(state !== 'submitted', (query) => query.where('lease_token', '=', notice.token))
    .execute();
}

/** Notices that wait for a worker, or were left by a dead one: what the queue may have lost. */
export async function waitingNotices(db: Db, now: Date, before: Date): Promise<number[]> {
  const rows = await db
    .selectFrom('notices')
    .where('state', '=', 'open')
    .where('asked_at', '<=', before)
    .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<', now)]))
    .where((eb) => eb.or([eb('next_try_at', 'is', null), eb('next_try_at', '<=', now)]))
    .select('id')
    .orderBy('asked_at')
    .limit(1_000)
    .execute();
  return rows.map(({ id }) => Number(id));
}

/** How many notices were asked for since a moment, by what became of them. */
export async function countByState(
  db: Db,
  since: Date,
): Promise<{ state: DeliveryState; count: number }[]> {
  const rows = await db
    .selectFrom('notices')
    .where('asked_at', '>=', since)
    .groupBy('state')
    .select((eb) => ['state', eb.fn.countAll<string>().as('count')])
    .execute();
  return rows.map(({ state, count }) => ({ state, count: Number(count) }));
}
