import { sql } from 'kysely';
import type { Db } from './database.ts';
import type { BrakeKind } from './schema.ts';

/** A reason not to submit, as an operator sees it. */
export interface Brake {
  readonly name: string;
  readonly kind: BrakeKind;
  readonly why: string;
  readonly since: Date;
  readonly until: Date | null;
}

export const EVERYTHING = 'everything';
export const PROVIDER = 'provider';
export const editionBrake = (editionId: string) => `edition ${editionId}`;

/** Whether a request may leave now. */
export type Gate =
  /** `probe`: it is the one that tries whether the provider takes something again. */
  { readonly kind: 'go'; readonly probe: boolean } | Held;

/** What holds back. */
export type Held =
  | {
      readonly kind: 'wait';
      readonly ms: number;
      readonly until: Date;
      readonly why: string;
      /** Requests fail, and perhaps because of what they ask for. */
      readonly failing: boolean;
    }
  /** Until an operator resumes; then everything is asked for again. */
  | { readonly kind: 'paused'; readonly why: string };

/** How long the others wait for the one that probes. */
const PROBE_MS = 40_000;
/** When it got through they are asked for at once; this is for the case that it did not. */
const PROBE_POLL_MS = 3_000;
/** So long those that have not been tried have the first say: each of them comes by in that time. */
const HEAD_START_MS = PROBE_POLL_MS;

/**
 * Asks whether a slice of an edition may be handed over. While the provider is held back, nobody
 * goes; when the time is up one request goes first, over all processes, and the others follow when
 * it got through. While requests fail, what was tried already lets the others probe: what it asks for may be why.
 * @param tried a request for it has left before.
 */
export async function passGate(
  db: Db,
  editionId: string,
  now: Date,
  { tried }: { readonly tried: boolean },
): Promise<Gate> {
  const held = await heldBack(db, editionId, now, false);
  if (held === undefined) return { kind: 'go', probe: false };
  const later = held.kind === 'wait' && held.failing && tried ? HEAD_START_MS : 0;
  const over = held.kind === 'wait' && held.until.getTime() + later <= now.getTime();
  return over && (await probe(db, now)) ? { kind: 'go', probe: true } : held;
}

/**
 * What holds a slice of an edition back.
 * @param probe it is the one that tries whether the provider takes something again.
 * @returns undefined when nothing does.
 */
export async function heldBack(
  db: Db,
  editionId: string,
  now: Date,
  probe: boolean,
): Promise<Held | undefined> {
  const rows = await db
    .selectFrom('brakes')
    .where('name', 'in', [EVERYTHING, PROVIDER, editionBrake(editionId)])
    .selectAll()
    .execute();
  const paused = rows.find(({ kind }) => kind === 'paused');
  if (paused !== undefined) return { kind: 'paused', why: paused.why };
  const held = rows.find(
    ({ name, until, kind }) => name === PROVIDER && (until !== null || kind === 'halted'),
  );
  if (held === undefined || probe) return undefined;
  const { until, why } = held;
  if (until === null) return { kind: 'paused', why };
  const ms = until > now ? until.getTime() - now.getTime() : PROBE_POLL_MS;
  return { kind: 'wait', ms, until, why, failing: held.kind === 'failing' };
}

async function probe(db: Db, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('brakes')
    .set({ probing_until: new Date(now.getTime() + PROBE_MS) })
    .where('name', '=', PROVIDER)
    .where('until', '<=', now)
    .where((eb) => eb.or([eb('probing_until', 'is', null), eb('probing_until', '<', now)]))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The one that probed asked nothing after all: the next one may. */
export async function endProbe(db: Db): Promise<void> {
  await db
    .updateTable('brakes')
    .set({ probing_until: null })
    .where('name', '=', PROVIDER)
    .execute();
}

/**
 * The provider took something. Only the probe may take the brake off: the answer to a request that
 * left earlier says nothing of now. Slices that waited for the end of a halt need not wait for their
 * own time then.
 * @returns whether others waited for that.
 */
export async function providerWorks(db: Db, probe: boolean): Promise<boolean> {
  if (!probe) {
    await db
      .deleteFrom('brakes')
      .where('name', '=', PROVIDER)
      .where('until', 'is', null)
      .where('kind', '=', 'failing')
      .execute();
    return false;
  }
  const { rows } = await sql`
    with off as (
      delete from brakes where name = ${PROVIDER} returning name
    ), released as (
      update slices set next_try_at = null, halt = 'released'
       where state = 'open' and halt = 'waits' and exists (select from off)
    )
    select name from off
  `.execute(db);
  return rows.length > 0;
}

/**
 * The provider asked for a pause, or takes nothing for now. The longest pause counts.
 * @returns whether it was free before.
 */
export async function holdProvider(
  db: Db,
  kind: 'busy' | 'halted',
  until: Date,
  why: string,
  now: Date,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const row = { name: PROVIDER, kind, why, since: now, until };
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('brakes')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 1n) return true;
    const before = await tx
      .selectFrom('brakes')
      .where('name', '=', PROVIDER)
      .select('kind')
      .forUpdate()
      .executeTakeFirst();
    await sql`
      update brakes set kind = ${kind}, why = ${why}, probing_until = null,
                        until = greatest(until, ${until}::timestamptz)
       where name = ${PROVIDER}
    `.execute(tx);
    return before?.kind !== kind;
  });
}

const FAILURES_MAX = 5;
const FAILING_WAIT_MIN_MS = 500;
const FAILING_WAIT_MAX_MS = 4_000;

/**
 * A request failed in a way that says nothing of its emails. After five in a row, over all
 * processes, nobody tries for a while but one at a time, every four seconds at most.
 */
export async function providerFailed(db: Db, why: string, now: Date): Promise<void> {
  const { rows } = await sql<{ failures: number }>`
    insert into brakes (name, kind, why, since, failures)
    values (${PROVIDER}, 'failing', ${why}, ${now}::timestamptz, 1)
    on conflict (name) do update set failures = brakes.failures + 1, probing_until = null
    returning failures
  `.execute(db);
  const over = (rows[0]?.failures ?? 0) - FAILURES_MAX;
  if (over < 0) return;
  const waitMs = Math.min(FAILING_WAIT_MAX_MS, FAILING_WAIT_MIN_MS * 2 ** over);
  await db
    .updateTable('brakes')
    .set({ until: sql`greatest(until, ${new Date(now.getTime() + waitMs)}::timestamptz)`, why })
    .where('name', '=', PROVIDER)
    .execute();
}

/** An operator stops everything or one edition, until `resume`. */
export async function pause(db: Db, name: string, why: string, now: Date): Promise<void> {
  await db
    .insertInto('brakes')
    .values({ name, kind: 'paused', why, since: now })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ kind: 'paused', why }))
    .execute();
}

/** Takes a brake off, whoever put it on. @returns whether there was one. */
export async function resume(db: Db, name: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('brakes')
    .where('name', '=', name)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function listBrakes(db: Db): Promise<Brake[]> {
  const rows = await db
    .selectFrom('brakes')
    .where((eb) => eb.or([eb('until', 'is not', null), eb('kind', '<>', 'failing')]))
    .select(['name', 'kind', 'why', 'since', 'until'])
    .orderBy('name')
    .execute();
  return rows;
}
