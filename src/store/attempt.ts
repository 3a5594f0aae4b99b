import { sql } from 'kysely';
import { formerSliceKey } from '../domain/slice-key.ts';
import { type Gate, heldBack } from './brakes.ts';
import type { Db } from './database.ts';
import { countMails, type DailyLimit, lockDay } from './rates.ts';
import { type Claimed, LeaseLostError } from './slices.ts';

/** Whether the request of a slice may leave as it was rendered. */
export type Attempt =
  | {
      readonly kind: 'go';
      /** The idempotency key that was pinned at its first attempt. */
      readonly key: string;
      /** Since when a request may have been taken without our knowing: this one, or an earlier one. */
      readonly inDoubtSince: Date;
      /** Nothing was in doubt before this attempt. */
      readonly cleanBefore: boolean;
    }
  /** Before the first attempt somebody left, or it became too late, or was cancelled: render again. */
  | { readonly kind: 'changed' }
  /** Its bytes are not those of its first attempt: an upgrade in between renders differently. */
  | { readonly kind: 'differs' }
  /** Meanwhile a brake was put on. */
  | { readonly kind: 'held'; readonly gate: Exclude<Gate, { kind: 'go' }> }
  /** Its turn among the requests passed before it could leave: it needs another one. */
  | { readonly kind: 'missed' }
  /** The day has had as many mails as it may. */
  | { readonly kind: 'tomorrow' }
  /** An earlier request may have been taken, and nobody would recognise its repeat any more. */
  | { readonly kind: 'expired' };

/** What the last look has to know. */
export interface Rendered {
  readonly fingerprint: string;
  /** Its idempotency key, unless an earlier attempt left under another one. */
  readonly key: string;
  readonly emails: number;
  /** Who was due before this gets nothing any more. */
  readonly dueAfter: Date;
  /** Who would recognise a repeat, and for how long, ms. */
  readonly provider: { readonly account: string; readonly keyLifeMs: number };
  /** It is the request that tries whether the provider takes something again. */
  readonly probe: boolean;
  /** The first attempt's emails are counted towards it. Absent: no limit. */
  readonly daily: DailyLimit | undefined;
  /** Whether its turn among the requests has passed. */
  missed(): boolean;
  readonly now: Date;
}

/**
 * The last look before a request leaves, committed before it does: from then on it may have been
 * taken, whatever becomes of this process. Nothing leaves when a brake was put on meanwhile. The first
 * attempt drops who left since the slice was taken and pins the fingerprint and the key. As long as nothing can have been taken, it drops whom it would reach too
 * late; after that nothing changes any more, and nothing is repeated once the key has expired.
 * @throws LeaseLostError
 */
export async function startAttempt(db: Db, slice: Claimed, rendered: Rendered): Promise<Attempt> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('slices')
      .where('id', '=', slice.id)
      .where('lease_token', '=', slice.token)
      .select([
        'fingerprint',
        'in_doubt_since',
        'in_doubt_with',
        'counted',
        'key',
        'first_attempt_at',
      ])
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) throw new LeaseLostError(`slice ${slice.id} has another holder`);
    const { provider, daily, now } = rendered;
    const gate = await heldBack(tx, slice.editionId, now, rendered.probe);
    if (gate !== undefined) return { kind: 'held', gate };
    const former = row.first_attempt_at === null ? rendered.key : formerSliceKey(slice.id);
    const key = row.key ?? former;
    const differs = row.fingerprint !== null && row.fingerprint !== rendered.fingerprint;
    if (row.in_doubt_since !== null) {
      const doubtMs = now.getTime() - row.in_doubt_since.getTime();
      const known = row.in_doubt_with === provider.account && doubtMs < provider.keyLifeMs;
      if (!known) return { kind: 'expired' };
      if (differs) return { kind: 'differs' };
      if (rendered.missed()) return { kind: 'missed' };
      return { kind: 'go', key, inDoubtSince: row.in_doubt_since, cleanBefore: false };
    }
    if (differs) return { kind: 'differs' };
    const counts = daily !== undefined && !row.counted;
    if (counts) await lockDay(tx, daily); // before the look at who left, which must be the last wait
    await dropLate(tx, slice.id, rendered);
    if (row.fingerprint === null) await dropLeavers(tx, slice.id, now);
    if ((await countOpen(tx, slice.id)) !== rendered.emails) return { kind: 'changed' };
    if (rendered.missed()) return { kind: 'missed' };
    if (counts && !(await countMails(tx, daily, rendered.emails))) return { kind: 'tomorrow' };
    await tx
      .updateTable('slices')
      .set({
        fingerprint: rendered.fingerprint,
        key,
        first_attempt_at: sql`coalesce(first_attempt_at, ${now}::timestamptz)`,
        in_doubt_since: now,
        in_doubt_with: provider.account,
        ...(counts ? { counted: true } : {}),
      })
      .where('id', '=', slice.id)
      .execute();
    return { kind: 'go', key, inDoubtSince: now, cleanBefore: true };
  });
}

/** The provider said that it took nothing: of this slice nothing is in doubt any more. */
export async function clearDoubt(db: Db, slice: Claimed): Promise<void> {
  await db
    .updateTable('slices')
    .set({ in_doubt_since: null })
    .where('id', '=', slice.id)
    .where('lease_token', '=', slice.token)
    .execute();
}

async function countOpen(tx: Db, sliceId: string): Promise<number> {
  const { open } = await tx
    .selectFrom('deliveries')
    .where('slice_id', '=', sliceId)
    .where('state', '=', 'open')
    .select((eb) => eb.fn.countAll<string>().as('open'))
    .executeTakeFirstOrThrow();
  return Number(open);
}

async function dropLate(
  tx: Db,
  sliceId: string,
  { dueAfter, now }: Pick<Rendered, 'dueAfter' | 'now'>,
): Promise<void> {
  await sql`
    with late as (
      update deliveries
         set state = 'skipped', why = 'too late: it waited too long', decided_at = ${now}::timestamptz
       where slice_id = ${sliceId} and state = 'open' and due_at < ${dueAfter}::timestamptz
      returning edition_id, subscriber_id
    )
    delete from delivered_papers p using late l
     where p.edition_id = l.edition_id and p.subscriber_id = l.subscriber_id
  `.execute(tx);
}

async function dropLeavers(tx: Db, sliceId: string, now: Date): Promise<void> {
  await sql`
    with dropped as (
      update deliveries d
         set state = 'suppressed', why = coalesce(l.reason, l.state), decided_at = ${now}::timestamptz
        from (
          select s.id, s.state, x.reason
            from subscribers s left join suppressions x on x.email_key = s.email_key
           where s.state <> 'active' or x.reason is not null
        ) l
       where d.slice_id = ${sliceId} and d.state = 'open' and l.id = d.subscriber_id
      returning d.edition_id, d.subscriber_id
    )
    delete from delivered_papers p using dropped d
     where p.edition_id = d.edition_id and p.subscriber_id = d.subscriber_id
  `.execute(tx);
}
