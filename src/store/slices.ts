import { sql } from 'kysely';
import { Addressee, Composition } from '../domain/composition.ts';
import { datedAt } from '../domain/email.ts';
import type { Db } from './database.ts';

/** What has to be known of a slice before it is claimed. */
export interface SliceBrief {
  readonly editionId: string;
  /** Nothing of it was ever handed over. */
  readonly untried: boolean;
  /** Its emails were counted towards a day. */
  readonly counted: boolean;
  readonly dueAt: Date;
  /** Its turn in the rates of its recipients' domains, when it has one. */
  readonly turnAt: Date | null;
  /** Who is due so much earlier gets nothing any more. */
  readonly latestByHours: number;
  /** Open deliveries by the domain of their address. */
  readonly domains: ReadonlyMap<string, number>;
}

/** A slice that may still be submitted; undefined when there is nothing to do for it. */
export async function briefSlice(db: Db, id: string): Promise<SliceBrief | undefined> {
  const { rows } = await sql<{
    edition_id: string;
    untried: boolean;
    counted: boolean;
    due_at: Date;
    turn_at: Date | null;
    latest_by_hours: number;
    domain: string;
    open: number;
  }>`
    select l.edition_id, l.first_attempt_at is null as untried, l.counted, l.due_at, l.turn_at,
           e.latest_by_hours,
           split_part(s.email_key, '@', 2) as domain, count(*)::int as open
      from slices l join editions e on e.id = l.edition_id
      join deliveries d on d.slice_id = l.id and d.state = 'open'
      join subscribers s on s.id = d.subscriber_id
     where l.id = ${id} and l.state in ('open', 'submitting')
     group by 1, 2, 3, 4, 5, 6, 7
  `.execute(db);
  const [first] = rows;
  if (first === undefined) return undefined;
  return {
    editionId: first.edition_id,
    untried: first.untried,
    counted: first.counted,
    dueAt: first.due_at,
    turnAt: first.turn_at,
    latestByHours: first.latest_by_hours,
    domains: new Map(rows.map(({ domain, open }) => [domain, open])),
  };
}

/** Gives a slice its turn, or takes it away; a slice that has one keeps it. */
export async function bookTurn(db: Db, id: string, at: Date | null): Promise<void> {
  await db
    .updateTable('slices')
    .set({ turn_at: at })
    .where('id', '=', id)
    .$if(at !== null, (query) => query.where('turn_at', 'is', null))
    .execute();
}

/** A slice that this worker holds until its lease ends. */
export interface Claimed {
  readonly id: string;
  readonly editionId: string;
  /** Fencing token: what is written for the slice is written only while it still stands there. */
  readonly token: string;
  /** Attempts so far, this one included. */
  readonly attempts: number;
  /** Whether an earlier taking already froze its members. */
  readonly taken: boolean;
  readonly takenAt: Date;
  /** The Date of its emails. */
  readonly datedAt: Date;
}

export type Claim =
  | { readonly kind: 'claimed'; readonly slice: Claimed }
  /** It waits for its next try, or for the worker that holds it to end or to be found dead. */
  | { readonly kind: 'later'; readonly at: Date }
  /** Decided already. */
  | { readonly kind: 'none' };

/**
 * Takes the slice for this worker, in one committed statement, before anything is handed over. A
 * slice whose worker died is free again when its lease has ended.
 */
export async function claimSlice(
  db: Db,
  id: string,
  options: { token: string; leaseMs: number; now: Date },
): Promise<Claim> {
  const { token, now } = options;
  const row = await db
    .updateTable('slices')
    .set((eb) => ({
      state: 'submitting',
      attempts: eb('attempts', '+', 1),
      lease_token: token,
      lease_until: new Date(now.getTime() + options.leaseMs),
      next_try_at: null,
      turn_at: null,
    }))
    .where('id', '=', id)
    .where((eb) =>
      eb.or([
        eb('state', '=', 'open').and(
          eb.or([eb('next_try_at', 'is', null), eb('next_try_at', '<=', now)]),
        ),
        eb('state', '=', 'submitting').and('lease_until', '<', now),
      ]),
    )
    .returning(['edition_id', 'attempts', 'taken_at', 'due_at'])
    .executeTakeFirst();
  if (row === undefined) return unclaimed(db, id);
  const takenAt = row.taken_at ?? now;
  return {
    kind: 'claimed',
    slice: {
      id,
      editionId: row.edition_id,
      token,
      attempts: row.attempts,
      taken: row.taken_at !== null,
      takenAt,
      datedAt: datedAt(row.due_at, takenAt),
    },
  };
}

async function unclaimed(db: Db, id: string): Promise<Claim> {
  const row = await db
    .selectFrom('slices')
    .where('id', '=', id)
    .where('state', 'in', ['open', 'submitting'])
    .select(['next_try_at', 'lease_until'])
    .executeTakeFirst();
  const at = row?.next_try_at ?? row?.lease_until;
  return at == null ? { kind: 'none' } : { kind: 'later', at };
}

/** Keeps a claimed slice for another while, for as long as its worker lives. */
export async function renewLease(db: Db, slice: Claimed, until: Date): Promise<void> {
  await db
    .updateTable('slices')
    .set({ lease_until: until })
    .where('id', '=', slice.id)
    .where('lease_token', '=', slice.token)
    .execute();
}

/** One email to be: what its bytes are made of, besides the edition and the template. */
export interface Taken {
  readonly subscriberId: number;
  readonly addressee: Addressee;
  readonly composition: Composition;
}

/** The open deliveries of a taken slice, as its first taking froze them. */
export async function takenDeliveries(db: Db, sliceId: string): Promise<Taken[]> {
  const rows = await db
    .selectFrom('deliveries')
    .where('slice_id', '=', sliceId)
    .where('state', '=', 'open')
    .select(['subscriber_id', 'addressee', 'composition'])
    .orderBy('subscriber_id')
    .execute();
  return rows.map((row) => ({
    subscriberId: Number(row.subscriber_id),
    addressee: Addressee.parse(row.addressee),
    composition: Composition.parse(row.composition),
  }));
}

/** This worker's lease ended and another one took the slice: it must write nothing more. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** Gives the slice back, to be tried again at `nextTryAt`. Nothing happens when the lease is lost. */
export async function releaseSlice(
  db: Db,
  slice: Claimed,
  nextTryAt: Date,
  why: string,
): Promise<void> {
  await db
    .updateTable('slices')
    .set({
      state: 'open',
      lease_token: null,
      lease_until: null,
      next_try_at: nextTryAt,
      why,
      halt: sql<null>`nullif(halt, 'waits')`,
    })
    .where('id', '=', slice.id)
    .where('lease_token', '=', slice.token)
    .execute();
}

/** An error of ours that no attempt will mend: the slice waits for a person, nothing was handed over. */
export async function killSlice(db: Db, slice: Claimed, why: string): Promise<void> {
  await db
    .updateTable('slices')
    .set({ state: 'dead', lease_token: null, lease_until: null, why })
    .where('id', '=', slice.id)
    .where('lease_token', '=', slice.token)
    .execute();
}
