import { type RawBuilder, sql } from 'kysely';
import { Preferences } from '../domain/preferences.ts';
import type { Db } from './database.ts';
import { type Occasion, recordConsent } from './leaving.ts';
import type { ConsentKind } from './schema-people.ts';

/** One line of what somebody agreed to. */
export interface Consent {
  readonly at: Date;
  readonly what: ConsentKind;
  readonly page: string;
  readonly network: string;
  readonly words: string;
}

/** What somebody agreed to, oldest first. */
export async function consentsOf(db: Db, subscriberId: number): Promise<Consent[]> {
  return db
    .selectFrom('consents')
    .where('subscriber_id', '=', String(subscriberId))
    .select(['at', 'what', 'page', 'network', 'words'])
    .orderBy('at')
    .orderBy('id')
    .execute();
}

/** How many digests somebody was sent, and of how many papers they said something. */
export async function countsOf(
  db: Db,
  subscriberId: number,
): Promise<{ digests: number; papers: number }> {
  const { rows } = await sql<{ digests: number; papers: number }>`
    select (select count(*)::int from deliveries
             where subscriber_id = ${subscriberId} and state = 'submitted') as digests,
           (select count(distinct paper_id)::int from feedback
             where subscriber_id = ${subscriberId}) as papers
  `.execute(db);
  return rows[0] ?? { digests: 0, papers: 0 };
}

/** Everything that is held on a subscriber, table by table, for them to take away. */
export async function exportOf(db: Db, subscriberId: number): Promise<Record<string, unknown>> {
  const id = String(subscriberId);
  const person = await db
    .selectFrom('subscribers')
    .where('id', '=', id)
    .selectAll()
    .executeTakeFirstOrThrow();
  const { email_key: key } = person;
  const of = (
    table: 'deliveries' | 'delivered_papers' | 'feedback' | 'library' | 'consents' | 'profiles',
  ) => sql`select * from ${sql.table(table)} where subscriber_id = ${id}`.execute(db);
  const [deliveries, papers, feedback, library, consents, profiles] = await Promise.all([
    of('deliveries'),
    of('delivered_papers'),
    of('feedback'),
    of('library'),
    of('consents'),
    of('profiles'),
  ]);
  const byAddress = (table: 'signups' | 'notices' | 'suppressions') =>
    sql`select * from ${sql.table(table)} where email_key = ${key}`.execute(db);
  const [signups, notices, suppressions] = await Promise.all([
    byAddress('signups'),
    byAddress('notices'),
    byAddress('suppressions'),
  ]);
  const changes = await db
    .selectFrom('address_changes')
    .where('subscriber_id', '=', id)
    .selectAll()
    .execute();
  return {
    subscriber: { ...person, preferences: Preferences.parse(person.preferences) },
    consents: consents.rows,
    feedback: feedback.rows,
    library: library.rows,
    profile: profiles.rows.map((row) => {
      const { packed, ...rest } = row as { packed: Uint8Array };
      return { ...rest, packed: Buffer.from(packed).toString('base64') };
    }),
    deliveries: deliveries.rows,
    deliveredPapers: papers.rows,
    signups: signups.rows,
    notices: notices.rows.map((row) => ({ ...(row as object), frozen: undefined })),
    addressChanges: changes,
    suppressions: suppressions.rows,
  };
}

/**
 * Removes everything that is held on a subscriber. Their number stays, so that the ledger adds up;
 * of the address only `tombstone` stays. What an open delivery needs goes with it, later: see
 * `scrubAddressees`. Twice is the same as once.
 */
export async function erase(
  db: Db,
  subscriberId: number,
  tombstone: string,
  occasion: Occasion,
  at: Date,
): Promise<boolean> {
  const id = String(subscriberId);
  return db.transaction().execute(async (tx) => {
    const person = await tx
      .selectFrom('subscribers')
      .where('id', '=', id)
      .where('erased_at', 'is', null)
      .select(['email_key'])
      .forUpdate()
      .executeTakeFirst();
    if (person === undefined) return false;
    const { email_key: key } = person;
    await forgetProviderWords(tx, id, key);
    await forgetInSends(tx, id, key);
    await tx.deleteFrom('feedback').where('subscriber_id', '=', id).execute();
    await tx.deleteFrom('library').where('subscriber_id', '=', id).execute();
    await tx.deleteFrom('profiles').where('subscriber_id', '=', id).execute();
    await tx.deleteFrom('consents').where('subscriber_id', '=', id).execute();
    await tx.deleteFrom('address_changes').where('subscriber_id', '=', id).execute();
    await tx.deleteFrom('signups').where('email_key', '=', key).execute();
    await tx.deleteFrom('notices').where('email_key', '=', key).execute();
    await tx // to an address that they had before
      .deleteFrom('notices')
      .where('kind', '=', 'moved')
      .where('about_id', '=', id)
      .execute();
    await tx.deleteFrom('suppressions').where('email_key', '=', key).execute();
    await tx
      .insertInto('suppressions')
      .values({ email_key: tombstone, reason: 'erased', detail: null, at })
      .onConflict((conflict) => conflict.column('email_key').doNothing())
      .execute();
    await tx
      .updateTable('subscribers')
      .set({
        email: `erased-${id}@erased.invalid`,
        email_key: `erased-${id}@erased.invalid`,
        state: 'unsubscribed',
        preferences: JSON.stringify(Preferences.parse({})),
        active_since: null,
        left_why: null,
        erased_at: at,
      })
      .where('id', '=', id)
      .execute();
    await recordConsent(tx, subscriberId, 'erased', occasion, at);
    await scrubAddressees(tx, sql`d.subscriber_id = ${id}`);
    return true;
  });
}

/** Providers quote the address when they tell what became of an email. */
async function forgetProviderWords(tx: Db, id: string, key: string): Promise<void> {
  await sql`
    update provider_events set payload = payload - 'detail'
     where payload ? 'detail' and payload->>'providerId' in (
       select provider_id from deliveries where subscriber_id = ${id} and provider_id is not null
       union
       select provider_id from notices
        where provider_id is not null
          and (email_key = ${key} or (kind = 'moved' and about_id = ${id})))
  `.execute(tx);
}

/** A send that named only the erased is one for nobody. By the addresses, too, that they had before. */
async function forgetInSends(tx: Db, id: string, key: string): Promise<void> {
  await sql`
    with theirs as (
      select ${key}::text as key
      union
      select lower(addressee->>'email') from deliveries d
       where subscriber_id = ${id} and addressee->>'email' <> ''
         and not exists (select from subscribers s
                          where s.email_key = lower(d.addressee->>'email') and s.id <> ${id})
    )
    update sends
       set only_emails = (select coalesce(jsonb_agg(one), '[]')
                            from jsonb_array_elements_text(only_emails) one
                           where one not in (select key from theirs))
     where only_emails ?| array(select key from theirs)
  `.execute(tx);
}

/**
 * Takes the addresses out of some deliveries `d` of subscribers `s`. An open one keeps its own: a
 * second attempt must have the same bytes.
 */
async function scrubAddressees(db: Db, some: RawBuilder<unknown>): Promise<void> {
  await sql`
    update deliveries d set addressee = jsonb_set(addressee, '{email}', '""')
      from subscribers s
     where s.id = d.subscriber_id and d.state <> 'open' and d.addressee->>'email' <> ''
       and (${some})
  `.execute(db);
}

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
/**
 * An opt-out link finds its address by the notice, so a notice stays at least this long: the longest
 * that a law asks of the link, 60 days of Canada's; 30 are those of the United States.
 * @see https://laws-lois.justice.gc.ca/eng/acts/E-1.6/ section 11
 */
const NOTICE_KEPT_MS_MIN = 60 * DAY_MS;

/**
 * Forgets what has served its time: addresses in what was sent and in who was named for it (not in what is unknown, on which a
 * person may still decide), sign-ups that nobody confirmed and
 * notices after `keptMs`, notices after 60 days at the earliest; what somebody agreed to three years
 * after they left.
 */
export async function forgetOld(db: Db, keptMs: number, now: Date): Promise<void> {
  const before = new Date(now.getTime() - keptMs);
  await scrubAddressees(
    db,
    sql`s.erased_at is not null
        or (d.state <> 'unknown' and d.decided_at < ${before}::timestamptz)`,
  );
  await sql`
    update sends set only_emails = '[]'
     where dispatched_at < ${before}::timestamptz and only_emails <> '[]'
  `.execute(db);
  await db.deleteFrom('signups').where('asked_at', '<', before).execute();
  await db
    .deleteFrom('notices')
    .where('asked_at', '<', new Date(now.getTime() - Math.max(keptMs, NOTICE_KEPT_MS_MIN)))
    .where('state', '<>', 'open')
    .execute();
  await db.deleteFrom('address_changes').where('asked_at', '<', before).execute();
  await sql`
    update provider_events set payload = payload - 'detail'
     where settled_at < ${before}::timestamptz and payload ? 'detail'
  `.execute(db);
  await sql`
    delete from consents c using subscribers s
     where s.id = c.subscriber_id and s.state = 'unsubscribed'
       and coalesce(s.erased_at, s.left_at) < ${new Date(now.getTime() - 3 * YEAR_MS)}::timestamptz
  `.execute(db);
}
