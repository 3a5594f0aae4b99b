import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import { type App, type Log, openApp } from '../../src/app.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { Preferences } from '../../src/domain/preferences.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { addSubscribers } from '../../src/store/subscribers.ts';
import { freshDatabase } from './databases.ts';
import './provided.ts';

/** A whole Paperboy: embedded, or on the real servers of the services project. */
export interface TestApp {
  readonly app: App;
  readonly config: Config;
  /** What the app's log was told at warn or error. */
  readonly told: string[];
  setClock(at: string): void;
  subscribe(email: string, preferences?: Partial<Preferences>): Promise<void>;
  /** Works off the queues in this process until nothing waits. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a database for one test file: a copy of the migrated template, or a fresh one on the server. */
export async function openTestDatabase(): Promise<Database> {
  const server = inject('databaseUrl');
  if (server === '') {
    return openDatabase({ template: await openAsBlob(inject('pgliteTemplate')) });
  }
  const fresh = await freshDatabase(server);
  const database = await openDatabase({ url: fresh.url });
  return {
    ...database,
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
  let clock = new Date(startsAt);
  const home = await mkdtemp(join(tmpdir(), 'paperboy-test-'));
  const database = await openTestDatabase();
  const told: string[] = [];
  const tell = (...words: unknown[]) =>
    void told.push(words.map((w) => JSON.stringify(w)).join(' '));
  const log = { debug: () => {}, info: () => {}, warn: tell, error: tell } as unknown as Log;
  const redisUrl = inject('redisUrl');
  const config = readConfig({
    PAPERBOY_HOME: home,
    PAPERBOY_SECRET: 'a secret of the tests, long enough for anybody',
    PAPERBOY_BASE_URL: 'https://paperboy.test',
    ...(redisUrl === '' ? {} : { REDIS_URL: redisUrl }),
    ...environment,
  });
  const app = await openApp(config, {
    now: () => clock,
    log,
    database,
    queuePrefix: `{${randomUUID()}}`,
  });
  let working = false;
  return {
    app,
    config,
    told,
    setClock: (at) => {
      clock = new Date(at);
    },
    subscribe: async (email, preferences = {}) => {
      const newcomer = { email, preferences: Preferences.parse(preferences) };
      await addSubscribers(app.db, [newcomer], clock);
    },
    drain: async () => {
      if (!working) app.queue.work(jobs, app);
      working = true;
      await app.queue.idle();
    },
    close: async () => {
      await app.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
