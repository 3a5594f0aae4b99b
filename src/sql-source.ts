import type { App } from './app.ts';
import type { SqlSourceConfig } from './config.ts';
import { dayOf } from './domain/calendar.ts';
import { columnFaults } from './domain/sql-columns.ts';
import { ingest } from './ingest.ts';
import { SourceError } from './sources/source.ts';
import { sqlListings } from './sources/sql-rows.ts';
import type { IngestRun } from './store/ingest-runs.ts';
import {
  getMark,
  type Mark,
  openRelationPool,
  type Relation,
  readRelation,
  saveMark,
} from './store/sql-relation.ts';

const SOURCE = 'sql';
const BATCH_ROWS = 500;
/** The rest comes with the next look. */
const ROWS_MAX = 20_000;

type Pool = Parameters<typeof readRelation>[0];

/** One run of the configured table or view; that it is not configured is told in its row too. */
export async function ingestSql(app: Pick<App, 'db' | 'now' | 'log' | 'config'>) {
  const configured = app.config.sqlSource;
  const fault = faultOf(configured);
  if (configured === undefined || fault !== undefined) {
    return ingest(app, { source: SOURCE, input: configured?.relation ?? 'no table' }, () => {
      throw new SourceError(fault);
    });
  }
  const { url, relation: name, columns } = configured;
  const pool = openRelationPool(url);
  pool.on('error', () => {}); // reported by the query that meets it
  try {
    return await ingestRelation(app, pool, { name, columns });
  } finally {
    await pool.end();
  }
}

function faultOf(configured: SqlSourceConfig | undefined): string | undefined {
  if (configured === undefined) {
    return 'no table is configured: set PAPERBOY_SQL_URL, PAPERBOY_SQL_RELATION and PAPERBOY_SQL_COLUMNS';
  }
  const faults = columnFaults(configured.columns);
  return faults.length > 0 ? `PAPERBOY_SQL_COLUMNS: ${faults.join('; ')}` : undefined;
}

/**
 * Reads what is new in a relation, batch by batch, and remembers how far only after the papers are
 * saved: a run that dies reads the same again, which changes nothing.
 */
export async function ingestRelation(
  app: Pick<App, 'db' | 'now' | 'log'>,
  pool: Pool,
  relation: Relation,
): Promise<IngestRun> {
  const kept = `sql ${relation.name}`;
  let mark = await getMark(app.db, kept);
  const from = mark === undefined ? 'from the beginning' : `from ${mark.mark}`;
  const input = `${relation.name} ${from}`;
  const run = await ingest(app, { source: SOURCE, input }, async () => {
    const rows: Record<string, unknown>[] = [];
    let requests = 0;
    for (let full = true; full && rows.length < ROWS_MAX; requests++) {
      const batch = await readRelation(pool, relation, mark, BATCH_ROWS);
      full = batch.length === BATCH_ROWS;
      for (const { fields } of batch) rows.push(fields);
      mark = after(mark, batch.at(-1), full);
    }
    return { ...sqlListings(rows, dayOf(app.now(), 'UTC')), requests };
  });
  if (mark !== undefined) await saveMark(app.db, kept, mark, app.now());
  return run;
}

function after(
  mark: Mark | undefined,
  last: { readonly mark: string; readonly id: string } | undefined,
  full: boolean,
): Mark | undefined {
  if (last === undefined) return mark && { ...mark, caughtUp: true };
  return { mark: last.mark, lastId: last.id, caughtUp: !full };
}
