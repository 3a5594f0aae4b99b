import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { queryOnce } from '../support/databases.ts';
import { type Service, startRedis } from '../support/services.ts';
import { type Bench, command, databaseUrl, EDITION } from './bench.ts';
import { Logbook } from './logbook.ts';
import { type ChaosProvider, startProvider } from './provider.ts';
import { type Random, random } from './random.ts';
import { type End, startWorker, type Worker } from './worker.ts';

/** One installation of Paperboy that is about to have trouble, and all that the trouble needs. */
export interface Stage {
  readonly bench: Bench;
  readonly dice: Random;
  readonly recipients: number;
  readonly databaseUrl: string;
  readonly redis: Service;
  readonly provider: ChaosProvider;
  readonly logbook: Logbook;
  /** All processes that were ever started. */
  readonly workers: readonly Worker[];
  /** Processes that ended without having been told to. */
  readonly crashes: readonly End[];
  /** Starts `paperboy run`, so many times. */
  start(count: number, env?: Readonly<Record<string, string>>): Worker[];
  /** Those that run. */
  alive(): Worker[];
  /** Writes the wish to send the edition; the next sweep, at a start at the latest, acts on it. */
  ask(): Promise<void>;
  /** The same by the command, at once. */
  send(): Promise<void>;
  paperboy(args: readonly string[]): Promise<string>;
  sql<T>(text: string, values?: readonly unknown[]): Promise<T[]>;
  /** Resolves when no slice is left to submit. @returns whether it came to that: not, when nothing moved for so long. */
  settled(patienceMs?: number): Promise<boolean>;
  /** Resolves when the provider has taken this share of all emails. @throws after two minutes. */
  accepted(share: number): Promise<void>;
  /** Ends every process and forgets everything but the log. */
  close(): Promise<void>;
}

export interface StageOptions {
  /** In the names of the database and the log, and in the seed's choices. */
  readonly name: string;
  readonly recipients?: number;
  readonly redis?: Parameters<typeof startRedis>[0];
  readonly env?: Readonly<Record<string, string>>;
  /** Another PostgreSQL than that of the bench; its database of this stage's name is there already. */
  readonly server?: string;
  /** The provider of another stage, which then closes it. */
  readonly provider?: ChaosProvider;
  /** Another database to start from than the bench's template; nobody may be connected to it. */
  readonly template?: string;
}

const POLL_MS = 100;
const ACCEPTED_MS_MAX = 120_000;
/** Longer than a dead worker's lease and lock, and than two sweeps. */
const PATIENCE_MS = 90_000;
const OPEN = `select (select count(*) from slices where state in ('open', 'submitting'))::int as slices,
                     (select count(*) from sends where dispatched_at is null)::int as sends`;
/** What is not settled at the end, for whoever reads the log. */
const LEFT = `select row_to_json(s)::text as line from (
  select 10 as level, 'left' as msg, state, attempts, next_try_at, lease_until, why, count(*)
    from slices where state <> 'settled' group by 3, 4, 5, 6, 7 limit 100) s
  union all select row_to_json(b)::text from brakes b`;

export async function openStage(bench: Bench, options: StageOptions): Promise<Stage> {
  const { name } = options;
  const recipients = options.recipients ?? bench.settings.recipients;
  const database = `chaos_${name.replaceAll(/\W/g, '_')}`;
  const url = databaseUrl(options.server ?? bench.postgres.url, database);
  if (options.server === undefined) {
    const { template = bench.template } = options;
    await queryOnce(bench.postgres.url, `create database ${database} template ${template}`);
    await queryOnce(url, `delete from subscribers where id > ${recipients}`);
  }
  const redis = await startRedis(options.redis);
  const { upstream } = bench.settings;
  const provider = options.provider ?? (await startProvider({ upstream }));
  const logbook = new Logbook(join(bench.folder, `${name}.log`));
  const pool = new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 2_000 });
  pool.on('error', () => {}); // the next query tells
  const environment = {
    ...bench.environment,
    DATABASE_URL: url,
    REDIS_URL: redis.url,
    RESEND_BASE_URL: provider.url,
    ...options.env,
  };
  const workers: Worker[] = [];
  const crashes: End[] = [];

  const start = (env: Readonly<Record<string, string>>): Worker => {
    const worker = startWorker({
      args: [bench.program, 'run'],
      env: { ...environment, ...env },
      heard: (line) => logbook.heard(worker.pid, line),
    });
    workers.push(worker);
    worker.ended.then((end) => {
      const meant = end.asked || (end.signal === 'SIGKILL' && 'PAPERBOY_FAILPOINT' in env);
      if (!meant) crashes.push(end);
    });
    return worker;
  };
  const sql = async <T>(text: string, values: readonly unknown[] = []) =>
    (await pool.query(text, [...values])).rows as T[];
  const alive = () => workers.filter((worker) => worker.alive);

  return {
    bench,
    dice: random(bench.settings.seed, name),
    recipients,
    databaseUrl: url,
    redis,
    provider,
    logbook,
    workers,
    crashes,
    start: (count, env = {}) => Array.from({ length: count }, () => start(env)),
    alive,
    ask: async () => {
      await sql('insert into sends (edition_id, at, asked_at) values ($1, now(), now())', [
        EDITION,
      ]);
    },
    send: async () => {
      await command(bench, ['send', EDITION, '--no-wait'], environment);
    },
    paperboy: (args) => command(bench, args, environment),
    sql,
    settled: async (patienceMs = PATIENCE_MS) => {
      let moved = { what: '', at: performance.now() };
      while (performance.now() - moved.at < patienceMs) {
        const [open] = await sql<{ slices: number; sends: number }>(OPEN).catch(() => []);
        if (open?.slices === 0 && open.sends === 0) return true;
        const what = `${open?.slices} ${provider.account.accepted} ${workers.length}`;
        if (what !== moved.what) moved = { what, at: performance.now() };
        await sleep(POLL_MS);
      }
      return false;
    },
    accepted: async (share) => {
      const until = performance.now() + ACCEPTED_MS_MAX;
      while (provider.account.accepted < share * recipients) {
        if (performance.now() > until) {
          throw new Error(`${provider.account.accepted} of ${recipients} were taken, then no more`);
        }
        await sleep(POLL_MS / 4);
      }
    },
    close: async () => {
      const left = await sql<{ line: string }>(LEFT).catch(() => []);
      for (const { line } of left) logbook.heard(0, line);
      await Promise.all(alive().map((worker) => worker.end('SIGKILL')));
      await pool.end();
      await redis.close();
      if (options.provider === undefined) await provider.close();
      await logbook.close();
      if (options.server === undefined) {
        await queryOnce(bench.postgres.url, `drop database if exists ${database} with (force)`);
      }
    },
  };
}

/** Opens a stage for as long as `work` takes. */
export async function withStage<T>(
  bench: Bench,
  options: StageOptions,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const stage = await openStage(bench, options);
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}
