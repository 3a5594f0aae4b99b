import { sql } from 'kysely';
import pg from 'pg';
import type { Db } from './database.ts';

/** What reading needs of a connection pool. */
interface Pool {
  connect(): Promise<pg.PoolClient>;
}

/** A table or view of a database that is not ours. */
export interface Relation {
  /** `papers` or `schema.papers`. */
  readonly name: string;
  /** Field to column; `id` and `mark` among them. */
  readonly columns: Readonly<Record<string, string>>;
}

/** How far a relation was read: its rows are ordered by mark, then id. */
export interface Mark {
  readonly mark: string;
  readonly lastId: string;
  /** Nothing was left then: the next look goes back a little, for rows that came late. */
  readonly caughtUp: boolean;
}

/** A row with the position that it has. */
export interface MarkedRow {
  readonly mark: string;
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The relation is not what the configuration says. */
export class RelationError extends Error {
  override readonly name = 'RelationError';
}

/**
 * How far a look goes back behind its mark, by the type of the column. A transaction that was open
 * while we read may add rows with earlier marks; reading a row again changes nothing.
 */
const OVERLAPS: readonly (readonly [RegExp, string])[] = [
  [/^timestamp/, "interval '15 minutes'"],
  [/^date$/, '1'],
  [/^(smallint|integer|bigint|numeric)$/, '1000'],
];
const STATEMENT_TIMEOUT_MS = 60_000;

/** Opens somebody's PostgreSQL for one look. */
export function openRelationPool(url: string): pg.Pool {
  return new pg.Pool({
    connectionString: url,
    max: 1,
    connectionTimeoutMillis: 10_000,
    application_name: 'paperboy source',
  });
}

/**
 * Reads the next rows of a relation, in a transaction that may write nothing: those after the last
 * row that was read, or from a little before the mark on when nothing was left the last time. Rows with
 * equal marks are told apart by their id, so none is lost between two batches.
 * @throws RelationError
 */
export async function readRelation(
  pool: Pool,
  relation: Relation,
  since: Mark | undefined,
  limit: number,
): Promise<MarkedRow[]> {
  const client = await pool.connect();
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    await client.query(`set local statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
    await client.query("set local datestyle = 'ISO'");
    await client.query("set local timezone = 'UTC'");
    const { types, table } = await describe(client, relation);
    const { text, values } = statement(relation, table, types, since, limit);
    const { rows } = await client.query<{ mark: string; id: string; fields: string }>(text, values);
    return rows.map(({ mark, id, fields }) => ({ mark, id, fields: JSON.parse(fields) }));
  } finally {
    await client.query('rollback').catch(() => {});
    client.release();
  }
}

/** The relation's quoted name, and the types of its columns. Names that it lacks are told. */
async function describe(client: pg.PoolClient, { name, columns }: Relation) {
  const table = name.split('.').map(quoted).join('.');
  const { rows } = await client.query<{ name: string; type: string }>(
    `select attname::text as name, format_type(atttypid, null) as type
       from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
    [table],
  );
  if (rows.length === 0) {
    throw new RelationError(
      `there is no table or view ${name}, or this user may not see it: check PAPERBOY_SQL_RELATION (names are case-sensitive)`,
    );
  }
  const types = new Map(rows.map((row) => [row.name, row.type]));
  const lacking = Object.values(columns).filter((column) => !types.has(column));
  if (lacking.length > 0) {
    throw new RelationError(
      `${name} has no column ${lacking.join(', ')}; it has ${[...types.keys()].join(', ')}: check PAPERBOY_SQL_COLUMNS`,
    );
  }
  return { types, table };
}

function statement(
  { columns }: Relation,
  table: string,
  types: ReadonlyMap<string, string>,
  since: Mark | undefined,
  limit: number,
) {
  const mark = quoted(columns.mark ?? '');
  const id = quoted(columns.id ?? '');
  const fields = Object.entries(columns)
    .filter(([field]) => field !== 'mark')
    .map(([field, column]) => `'${field.replaceAll("'", "''")}', ${quoted(column)}`);
  const markType = types.get(columns.mark ?? '') ?? 'text';
  const overlap = OVERLAPS.find(([type]) => type.test(markType))?.[1];
  const from =
    since === undefined
      ? `${mark} is not null`
      : since.caughtUp
        ? `${mark} >= $1::${markType}${overlap === undefined ? '' : ` - ${overlap}`}`
        : `(${mark}, ${id}) > ($1::${markType}, $2::${types.get(columns.id ?? '')})`;
  return {
    text: `select ${mark}::text as mark, ${id}::text as id, json_build_object(${fields.join(', ')})::text as fields
             from ${table} where ${from} and ${id} is not null
            order by ${table}.${mark}, ${table}.${id} limit ${limit}`,
    values: since === undefined ? [] : since.caughtUp ? [since.mark] : [since.mark, since.lastId],
  };
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export async function getMark(db: Db, source: string): Promise<Mark | undefined> {
  const row = await db
    .selectFrom('source_marks')
    .where('source', '=', source)
    .selectAll()
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : { mark: row.mark, lastId: row.last_id, caughtUp: row.caught_up };
}

export async function saveMark(db: Db, source: string, mark: Mark, at: Date): Promise<void> {
  await sql`
    insert into source_marks (source, mark, last_id, caught_up, at)
    values (${source}, ${mark.mark}, ${mark.lastId}, ${mark.caughtUp}, ${at}::timestamptz)
    on conflict (source) do update
       set mark = excluded.mark, last_id = excluded.last_id, caught_up = excluded.caught_up,
           at = excluded.at
  `.execute(db);
}
