import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Dead slices of an edition, and why the first of them died. */
export interface DeadSlices {
  readonly editionId: string;
  readonly slices: number;
  readonly why: string | null;
}

const EDITIONS_TOLD = 20;

/** The editions with slices that nothing will try again by itself. */
export async function deadSlices(db: Db): Promise<DeadSlices[]> {
  const { rows } = await sql<{ edition_id: string; slices: number; why: string | null }>`
    select edition_id, count(*)::int as slices, (array_agg(why order by id))[1] as why
      from slices where state = 'dead'
     group by edition_id order by edition_id desc limit ${EDITIONS_TOLD}
  `.execute(db);
  return rows.map(({ edition_id, ...row }) => ({ editionId: edition_id, ...row }));
}

/** A day of a digest for which the timetable came to a freeze, and that has no edition. */
export interface MissingEdition {
  readonly editionId: string;
  /** Why the slot was skipped; null: its freeze was asked for, and did not come to an end. */
  readonly why: string | null;
}

/** The days since a moment that have no edition although their freeze is over, skipped or long asked for. */
export async function missingEditions(
  db: Db,
  since: Date,
  askedBefore: Date,
): Promise<MissingEdition[]> {
  const { rows } = await sql<{ id: string; why: string | null }>`
    select (j.payload->>'digest') || '/' || (j.payload->>'date') as id, j.why
      from job_slots j join digests d on d.name = j.payload->>'digest'
     where j.job = 'freeze' and j.slot >= ${since}::timestamptz
       and (d.settings->>'off') is distinct from 'true'
       and (j.state = 'skipped' or j.claimed_at <= ${askedBefore}::timestamptz)
       and not exists (
             select from editions e
              where e.id = (j.payload->>'digest') || '/' || (j.payload->>'date'))
     order by j.slot desc limit ${EDITIONS_TOLD}
  `.execute(db);
  return rows.map(({ id, why }) => ({ editionId: id, why }));
}

/** A source that no look has reached for days. */
export interface FailingSource {
  readonly source: string;
  readonly looks: number;
  readonly note: string | null;
}

/** Sources that were looked at on each of the last days, of 24 hours each, and failed every time. */
export async function failingSources(db: Db, now: Date, days: number): Promise<FailingSource[]> {
  const { rows } = await sql<FailingSource>`
    select source, count(*)::int as looks, (array_agg(note order by id desc))[1] as note
      from ingest_runs
     where started_at > ${now}::timestamptz - make_interval(days => ${days}::int)
       and started_at <= ${now}::timestamptz
     group by source
    having bool_and(failed)
       and count(distinct floor(extract(epoch from ${now}::timestamptz - started_at) / 86400)) = ${days}::int
     order by source
  `.execute(db);
  return rows;
}
