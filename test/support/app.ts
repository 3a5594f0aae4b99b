import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { inject } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import { type App, openApp } from '../../src/app.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { defaultDigest } from '../../src/domain/digest.ts';
import { Preferences } from '../../src/domain/preferences.ts';
import type { Log } from '../../src/log.ts';
import { type Database, type Db, openDatabase } from '../../src/store/database.ts';
import { addDigest } from '../../src/store/digests.ts';
import { addSubscribers } from '../../src/store/subscribers.ts';
import { freshDatabase } from './databases.ts';
import './provided.ts';

/** A whole Paperboy: embedded, or on the real servers of the services project. */
export interface TestApp {
  readonly app: App;
  readonly config: Config;
  /** What the app's log was told at warn or error. */
  readonly told: string[];
  /** From then on the clock runs from there. */
  setClock(at: string | Date): void;
  subscribe(email: string, preferences?: Partial<Preferences>): Promise<void>;
  /** Works off the queues in this process until nothing waits. */
  drain(): Promise<void>;
  /** Empties every table, but for the default digest, and forgets what the limits counted. */
  empty(): Promise<void>;
  /** Another process of the same installation: same database, same queue, a clock of its own. */
  second(environment?: Record<string, string>, startsAt?: string): Promise<TestApp>;
  close(): Promise<void>;
}

interface TestDatabase extends Database {
  /** Another handle on it, as another process would have: on the embedded default the one there is. */
  again(): Promise<Database>;
}

/** Opens a database for one test file: a copy of the migrated template, or a fresh one on the server. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const server = inject('databaseUrl');
  if (server === '') {
    const database = await openDatabase({ template: await openAsBlob(inject('pgliteTemplate')) });
    // Each is an installation of its own, as if the migration had run here.
    await sql`update installation set id = ${randomUUID().slice(-12)}`.execute(database.db);
    return { ...database, again: async () => ({ ...database, close: async () => {} }) };
  }
  const fresh = await freshDatabase(server);
  const database = await openDatabase({ url: fresh.url });
  return {
    ...database,
    again: () => openDatabase({ url: fresh.url }),
    close: async () => {
      await database.close();
      await fresh.drop();
    },
  };
}

export async function openTestApp(
  environment: Record<string, string> = {},
  startsAt = '2025-03-14T05:00:00Z',
): Promise<TestApp> {
  const home = await mkdtemp(join(tmpdir(), 'paperboy-test-'));
  const database = await openTestDatabase();
  const place = { home, prefix: `{${randomUUID()}}`, environment, database };
  return open(place, database, startsAt, () => rm(home, { recursive: true, force: true }));
}

interface Place {
  readonly home: string;
  readonly prefix: string;
  readonly environment: Record<string, string>;
  readonly database: TestDatabase;
}

async function open(
  place: Place,
  database: Database,
  startsAt: string,
  cleanUp: () => Promise<void>,
): Promise<TestApp> {
  let clock = { at: Date.parse(startsAt), since: performance.now() };
  const now = () => new Date(clock.at + performance.now() - clock.since);
  const told: string[] = [];
  const tell = (...words: unknown[]) =>
    void told.push(words.map((w) => JSON.stringify(w)).join(' '));
  const log = { debug: () => {}, info: () => {}, warn: tell, error: tell } as unknown as Log;
  const redisUrl = inject('redisUrl');
  const config = readConfig({
    PAPERBOY_HOME: place.home,
    PAPERBOY_SECRET: 'a secret of the tests that is long enough for anybody',
    PAPERBOY_BASE_URL: 'https://paperboy.test',
    ...(redisUrl === '' ? {} : { REDIS_URL: redisUrl }),
    ...place.environment,
  });
  const app = await openApp(config, { now, log, database, queuePrefix: place.prefix });
  let working = false;
  return {
    app,
    config,
    told,
    setClock: (at) => {
      clock = { at: new Date(at).getTime(), since: performance.now() };
    },
    subscribe: async (email, preferences = {}) => {
      const newcomer = { email, preferences: Preferences.parse(preferences) };
      await addSubscribers(app.db, [newcomer], now());
    },
    drain: async () => {
      if (!working) await app.queue.work(jobs, app);
      working = true;
      await app.queue.idle();
    },
    empty: async () => {
      await emptyTables(app.db);
      if (redisUrl !== '') await forgetHits(redisUrl, place.prefix);
      await addDigest(app.db, defaultDigest);
    },
    second: async (environment = {}, at = now().toISOString()) =>
      open(
        { ...place, environment: { ...place.environment, ...environment } },
        await place.database.again(),
        at,
        async () => {},
      ),
    close: async () => {
      await app.close();
      await cleanUp();
    },
  };
}

/** Limits count in Redis, by the clock of this machine: no test counts for the next one. */
async function forgetHits(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  const keys = await redis.keys(`${prefix}:hits:*`);
  if (keys.length > 0) await redis.del(...keys);
  await redis.quit();
}

/** Many times faster than `truncate` on PGlite. Foreign keys are checked when the statement ends. */
async function emptyTables(db: Db): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select quote_ident(tablename) as name from pg_tables
     where schemaname = 'public' and tablename not like 'kysely%' and tablename <> 'installation'
  `.execute(db);
  const deletes = rows.map(({ name }, n) => `d${n} as (delete from ${name})`).join(', ');
  await sql`
    with ${sql.raw(deletes)}
    select setval(quote_ident(sequencename)::regclass, 1, false) from pg_sequences
     where schemaname = 'public'
  `.execute(db);
}
