import { EventEmitter } from 'node:events';
import type { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';

/**
 * A `pg.Pool` over one PGlite in this process. PGlite has one session, so the pool has one
 * connection: whoever holds it holds the database, and a transaction waits for the one before.
 * Never call `query` on it: pg would destroy that one connection with the first failed statement.
 */
export function openPglitePool(pglite: PGlite): pg.Pool {
  // PGlite's config carries a ready-made connection, which pg accepts but @types/pg does not know.
  const config = { ...createPgConfig(pglite), max: 1, idleTimeoutMillis: 0 };
  return new pg.Pool(config as unknown as pg.PoolConfig);
}

/**
 * The same connection as a pool whose clients may be held for ever, as BullMQ holds one per worker
 * to listen on: a client of it takes the connection for one statement, or from BEGIN to COMMIT, and
 * hears every notification of the session.
 */
export function sharedPool(pool: pg.Pool) {
  const notifications = notificationsOf(pool);
  const shared = {
    connect: async () => new SharedClient(pool, notifications),
    query: (text: string, values?: readonly unknown[]) =>
      new SharedClient(pool, notifications).query(text, values),
    end: async () => {},
    on: () => shared,
    removeAllListeners: () => shared,
  };
  return shared;
}

/** What every connection of the pool hears; however often the pool is shared, it listens once. */
function notificationsOf(pool: pg.Pool): EventEmitter {
  const known = hubs.get(pool);
  if (known !== undefined) return known;
  const hub = new EventEmitter().setMaxListeners(0);
  hubs.set(pool, hub);
  const forward = (message: pg.Notification) => hub.emit('notification', message);
  const heard = new WeakSet<pg.PoolClient>();
  pool.on('acquire', (client) => {
    if (heard.has(client)) return;
    heard.add(client);
    client.on('notification', forward);
  });
  return hub;
}

const hubs = new WeakMap<pg.Pool, EventEmitter>();

class SharedClient extends EventEmitter {
  readonly #pool: pg.Pool;
  readonly #notifications: EventEmitter;
  readonly #hear = (message: pg.Notification) => this.emit('notification', message);
  #transaction: pg.PoolClient | undefined;

  constructor(pool: pg.Pool, notifications: EventEmitter) {
    super();
    this.#pool = pool;
    this.#notifications = notifications;
    this.setMaxListeners(0);
  }

  async query(text: string, values?: readonly unknown[]): Promise<pg.QueryResult> {
    const verb = firstWord(text);
    if (verb === 'listen') this.#hearNotifications();
    if (verb === 'unlisten') return nothing; // the session still listens for its other clients
    if (verb === 'begin') this.#transaction ??= await this.#pool.connect();
    const client = this.#transaction ?? (await this.#pool.connect());
    try {
      return await client.query(text, values === undefined ? undefined : [...values]);
    } finally {
      if (client !== this.#transaction) client.release();
      else if (verb === 'commit' || verb === 'rollback') this.#endTransaction();
    }
  }

  release(): void {
    this.#notifications.off('notification', this.#hear);
    const open = this.#transaction;
    this.#transaction = undefined;
    void open?.query('rollback').finally(() => open.release());
  }

  #hearNotifications() {
    this.#notifications.off('notification', this.#hear).on('notification', this.#hear);
  }

  #endTransaction() {
    this.#transaction?.release();
    this.#transaction = undefined;
  }
}

/** The first word of a statement after its comments, in lower case. */
function firstWord(text: string): string | undefined {
  return /^(?:\s|--.*\n)*(\w+)/.exec(text)?.[1]?.toLowerCase();
}

const nothing: pg.QueryResult = { command: '', rowCount: 0, oid: 0, fields: [], rows: [] };
