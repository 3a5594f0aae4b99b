import { sql } from 'kysely';
import type { Db } from './database.ts';

/** The invariant of the ledger for one edition, counted. */
export interface Balance {
  readonly editionId: string;
  readonly planned: number;
  readonly submitted: number;
  readonly refused: number;
  readonly suppressed: number;
  readonly skipped: number;
  readonly unknown: number;
  readonly open: number;
  /** Of the skipped, those whose hour was over before they could leave. */
  readonly late: number;
  /** What does not add up, in words; empty when the edition is balanced. */
  readonly faults: readonly string[];
}

/**
 * planned = submitted + refused + suppressed + skipped + unknown + open, and what follows from it: a
 * settled slice has no open delivery, what was submitted has its provider's id, and no paper of a
 * delivery is missing from what its subscriber was given.
 * @param only one edition, or these, or those frozen since a moment and those with slices under way; absent: every edition.
 */
export async function balances(
  db: Db,
  only: { editionId?: string; editionIds?: readonly string[]; frozenSince?: Date } = {},
): Promise<Balance[]> {
  const { editionId, frozenSince = null } = only;
  const ids = only.editionIds ?? (editionId === undefined ? null : [editionId]);
  if (ids?.length === 0) return [];
  const { rows } = await sql<Omit<Balance, 'faults' | 'editionId'> & { id: string } & Faults>`
    select e.id, e.planned,
           count(*) filter (where d.state = 'submitted')::int as submitted,
           count(*) filter (where d.state = 'refused')::int as refused,
           count(*) filter (where d.state = 'suppressed')::int as suppressed,
           count(*) filter (where d.state = 'skipped')::int as skipped,
           count(*) filter (where d.state = 'skipped' and d.why like 'too late%')::int as late,
           count(*) filter (where d.state = 'unknown')::int as unknown,
           count(*) filter (where d.state = 'open')::int as open,
           count(*) filter (where d.state = 'open' and s.state in ('settled', 'split'))::int as stranded,
           count(*) filter (where d.state = 'submitted' and d.provider_id is null)::int as unnamed
      from editions e
      left join deliveries d on d.edition_id = e.id
      left join slices s on s.id = d.slice_id
     where (${ids}::text[] is null or e.id = any (${ids}::text[]))
       and (${frozenSince}::timestamptz is null or e.frozen_at >= ${frozenSince}
         or e.id in (select edition_id from slices where state in ('open', 'submitting')))
     group by e.id, e.planned order by e.id
  `.execute(db);
  return rows.map(({ id, stranded, unnamed, ...counts }) => ({
    editionId: id,
    ...counts,
    faults: faults({ ...counts, stranded, unnamed }),
  }));
}

interface Faults {
  readonly stranded: number;
  readonly unnamed: number;
}

function faults(row: Omit<Balance, 'faults' | 'editionId'> & Faults): string[] {
  const counted =
    row.submitted + row.refused + row.suppressed + row.skipped + row.unknown + row.open;
  return [
    ...(counted === row.planned ? [] : [`${row.planned} planned but ${counted} in the ledger`]),
    ...(row.stranded === 0 ? [] : [`${row.stranded} open in a slice that is settled`]),
    ...(row.unnamed === 0 ? [] : [`${row.unnamed} submitted without a provider id`]),
  ];
}
