import { sql, type Transaction } from 'kysely';
import type { Tastes } from '../domain/compose/tastes.ts';
import type { Decision, Member } from '../domain/delivery.ts';
import { Preferences } from '../domain/preferences.ts';
import type { Db } from './database.ts';
import { lookbacks } from './lookback.ts';
import type { Schema, SubscriberState, SuppressionReason } from './schema.ts';
import { type Claimed, LeaseLostError } from './slices.ts';

/** What somebody likes, for each of some members; read, built and kept in the taking's own transaction. */
export type TastesOf = (
  tx: Db,
  members: readonly Pick<Member, 'subscriberId' | 'preferences'>[],
) => Promise<Map<number, Tastes>>;

/**
 * The first taking: decides for every member of the slice, and freezes who gets what. From here on
 * nothing changes the bytes. Subscribers are locked meanwhile, so that two editions that are sent
 * at once do not bring the same paper.
 * @throws LeaseLostError when another worker holds the slice by now.
 */
export async function freezeMembers(
  db: Db,
  slice: Claimed,
  paperIds: readonly string[],
  { tastesOf, decide }: { tastesOf: TastesOf; decide: (member: Member) => Decision },
  now: Date,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('slices')
      .set({ taken_at: slice.takenAt })
      .where('id', '=', slice.id)
      .where('lease_token', '=', slice.token)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new LeaseLostError(`slice ${slice.id} has another holder`);
    const members = await openMembers(tx, slice, paperIds);
    const reading = members.filter(
      ({ suppressed, state }) => suppressed === null && state === 'active',
    );
    const tastes = await tastesOf(tx, reading);
    await writeDecisions(
      tx,
      slice,
      members.map((member) => ({
        member,
        decision: decide({ ...member, tastes: tastes.get(member.subscriberId) }),
      })),
      now,
    );
  });
}

async function openMembers(
  tx: Transaction<Schema>,
  { id: sliceId, editionId }: Pick<Claimed, 'id' | 'editionId'>,
  paperIds: readonly string[],
): Promise<Member[]> {
  const { rows } = await sql<{
    subscriber_id: string;
    email: string;
    state: SubscriberState;
    preferences: unknown;
    suppressed: SuppressionReason | null;
    due_at: Date;
    lookback_days: number;
  }>`
    select d.subscriber_id, s.email, s.state, s.preferences, d.due_at, d.lookback_days,
           (select reason from suppressions x where x.email_key = s.email_key) as suppressed
      from deliveries d join subscribers s on s.id = d.subscriber_id
     where d.slice_id = ${sliceId} and d.state = 'open'
     order by d.subscriber_id for update of s
  `.execute(tx);
  const ids = rows.map((row) => Number(row.subscriber_id));
  const delivered = await deliveredAmong(tx, ids, paperIds);
  const days = await lookbacks(
    tx,
    editionId,
    rows.map((row) => ({ id: Number(row.subscriber_id), days: row.lookback_days })),
  );
  return rows.map((row) => ({
    subscriberId: Number(row.subscriber_id),
    email: row.email,
    state: row.state,
    preferences: Preferences.parse(row.preferences),
    suppressed: row.suppressed,
    dueAt: row.due_at,
    lookbackDays: days.get(Number(row.subscriber_id)) ?? row.lookback_days,
    delivered: delivered.get(Number(row.subscriber_id)) ?? new Set<string>(),
  }));
}

/**
 * Which of these papers an earlier digest already brought each of these subscribers, under whatever
 * id. Of papers that turned out to be one after their edition was frozen, one counts for everybody.
 * @param exceptBy an edition whose own digests do not count.
 */
export async function deliveredAmong(
  db: Db,
  subscriberIds: readonly number[],
  paperIds: readonly string[],
  exceptBy?: string,
): Promise<Map<number, Set<string>>> {
  const { rows: names } = await sql<{ id: string; ids: string[] }>`
    select p.id, array_agg(o.id order by o.id) as ids
      from papers p
      join papers o on coalesce(o.joined_into, o.id) = coalesce(p.joined_into, p.id)
     where p.id = any (${paperIds}::text[])
       and (p.joined_into is not null or exists (select from papers j where j.joined_into = p.id))
     group by p.id
  `.execute(db);
  const others = new Map(names.map(({ id, ids }) => [id, ids]));
  const asked = [...new Set([...paperIds, ...names.flatMap(({ ids }) => ids)])];
  const { rows } = await sql<{ subscriber_id: string; papers: string[] }>`
    select subscriber_id, array_agg(paper_id) as papers from delivered_papers
     where subscriber_id = any (${subscriberIds}::bigint[]) and paper_id = any (${asked}::text[])
       and edition_id is distinct from ${exceptBy ?? null}
     group by subscriber_id
  `.execute(db);
  const delivered = new Map(rows.map((row) => [Number(row.subscriber_id), new Set(row.papers)]));
  if (others.size === 0) return delivered;
  const listed = new Set(paperIds);
  const twins = paperIds.filter(
    (id) => (others.get(id) ?? [id]).find((one) => listed.has(one)) !== id,
  );
  return new Map(
    subscriberIds.map((subscriber) => {
      const had = delivered.get(subscriber) ?? new Set<string>();
      const under = paperIds.filter((id) => others.get(id)?.some((one) => had.has(one)));
      return [subscriber, new Set([...had, ...under, ...twins])];
    }),
  );
}

async function writeDecisions(
  tx: Transaction<Schema>,
  slice: Claimed,
  decided: readonly { member: Member; decision: Decision }[],
  now: Date,
) {
  const rows = decided.map(({ member, decision }) => ({
    subscriber_id: member.subscriberId,
    lookback_days: member.lookbackDays,
    state: decision.kind === 'deliver' ? 'open' : decision.kind,
    addressee: decision.kind === 'deliver' ? decision.addressee : null,
    composition: decision.kind === 'deliver' ? decision.composition : null,
    why: decision.kind === 'deliver' ? null : decision.why,
  }));
  await sql`
    update deliveries d
       set state = r.state, addressee = r.addressee, composition = r.composition, why = r.why,
           lookback_days = r.lookback_days,
           decided_at = case when r.state = 'open' then null else ${now}::timestamptz end
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
           as r (subscriber_id bigint, lookback_days int, state text, addressee jsonb, composition jsonb,
                 why text)
     where d.slice_id = ${slice.id} and d.subscriber_id = r.subscriber_id
  `.execute(tx);
  await sql`
    insert into delivered_papers (subscriber_id, paper_id, edition_id)
    select r.subscriber_id, brought.id, ${slice.editionId}
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
           as r (subscriber_id bigint, composition jsonb),
           jsonb_array_elements(r.composition) as p,
           -- What is folded into a paper is named beneath it: it was brought as well.
           lateral (select p.value->>'paperId' as id
                     union select jsonb_array_elements_text(p.value->'also')) as brought
     where jsonb_typeof(r.composition) = 'array'
  `.execute(tx);
}
