import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { lockHome } from './lock.ts';
import type { Schema } from './schema.ts';

/** The handle that every store function takes first: a connection pool or a transaction of it. */
export type Db = Kysely<Schema>;

/** An open database, and what the queue needs of it. */
export interface Database {
  readonly db: Db;
  readonly pool: pg.Pool;
  /** Set when the database runs in this process. */
  readonly pglite: PGlite | undefined;
  close(): Promise<void>;
}

/** Calendar days stay text: as a Date they would move with the machine's time zone. */
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

const POOL_MAX = 10;

/**
 * Opens PostgreSQL at `url`, or PGlite in this process when `url` is absent: in `home`, behind its
 * lock, or in memory when `home` is absent too.
 * @throws HomeLockedError when another process has that home open.
 */
export async function openDatabase(options: {
  url?: string | undefined;
  home?: string | undefined;
  /** A data folder as PGlite's `dumpDataDir` writes it; tests start from one. */
  template?: Blob | undefined;
}): Promise<Database> {
  return options.url === undefined
    ? openEmbedded(options.home, options.template)
    : openPostgres(options.url);
}

async function openEmbedded(home: string | undefined, template?: Blob): Promise<Database> {
  const unlock = home === undefined ? () => {} : lockHome(home);
  try {
    // Loaded here: a process on a server never needs the embedded database.
    const { PGlite } = await import('@electric-sql/pglite');
    const { openPglitePool } = await import('./pglite-pool.ts');
    const pglite = await PGlite.create({
      dataDir: home === undefined ? 'memory://' : join(home, 'db'),
      ...(template === undefined ? {} : { loadDataDir: template }),
    });
    // BullMQ's tables live in a schema of their own and its commands name them without it.
    await pglite.exec('set search_path to public, bullmq; set time zone utc');
    const pool = openPglitePool(pglite);
    pool.on('error', () => {}); // reported by the query that meets it
    return {
      db: new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }),
      pool,
      pglite,
      close: async () => {
        await pool.end();
        await pglite.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function openPostgres(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_MAX,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'paperboy',
    options: '-c search_path=public,bullmq -c timezone=utc',
  });
  pool.on('error', () => {}); // an idle connection that broke; the next query opens another
  // One that breaks between two statements of a transaction: the next statement tells.
  pool.on('connect', (client) => client.on('error', () => {}));
  return {
    db: new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }),
    pool,
    pglite: undefined,
    close: () => pool.end(),
  };
}
