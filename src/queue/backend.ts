import { randomUUID } from 'node:crypto';
import {
  createPostgresBackend,
  type PgPool,
  Queue,
  type QueueOptions,
  runMigrations,
  Worker,
  type WorkerOptions,
  withBackend,
} from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';

type Processor = NonNullable<ConstructorParameters<typeof Worker>[1]>;
type Common = Omit<QueueOptions, 'connection'>;
type WorkerCommon = Omit<WorkerOptions, 'connection'>;

/** Where BullMQ keeps its jobs: makes queues and workers on one kind of storage. */
export interface Backend {
  readonly name: 'redis' | 'postgres' | 'embedded';
  queue(name: string, options: Common): Queue;
  worker(name: string, processor: Processor, options: WorkerCommon): Worker;
  /** How long an answer may take before the storage counts as away, ms. */
  readonly answerMs: number;
  /** Changes when the storage was restarted or emptied: what stood in it may be gone. */
  incarnation(): Promise<string>;
  /** Counts a thing within a window that begins with the first; undefined: not this storage's trade. */
  hits(name: string, windowMs: number): Promise<number | undefined>;
  /** What is set up so that jobs can be lost, in words with the remedy. */
  warnings(): Promise<string[]>;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;

/** BullMQ on Redis or Valkey. Braces keep every key of ours in one slot of a cluster. */
export async function redisBackend(url: string, prefix: string): Promise<Backend> {
  // The producing side fails at once when Redis is away: the ledger has what was to be asked for.
  const producer = new Redis(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: reconnectAfterMs,
  });
  const consumer = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: reconnectAfterMs });
  // ioredis reconnects by itself; without a listener its error event would end the process.
  for (const redis of [producer, consumer]) redis.on('error', () => {});
  await firstTry(producer);
  return {
    name: 'redis',
    answerMs: 900,
    queue: (name, options) => new Queue(name, { ...options, connection: producer, prefix }),
    worker: (name, processor, options) =>
      new Worker(name, processor, { ...options, connection: consumer, prefix }),
    incarnation: async () => {
      const marker = `${prefix}:incarnation`;
      await producer.set(marker, randomUUID(), 'NX');
      const [info, mark] = await Promise.all([producer.info('server'), producer.get(marker)]);
      return `${infoField(info, 'run_id')} ${mark}`;
    },
    hits: async (name, windowMs) => {
      const key = `${prefix}:hits:${name}`;
      const [counted] =
        (await producer.multi().incr(key).pexpire(key, windowMs, 'NX').exec()) ?? [];
      return Number(counted?.[1]);
    },
    warnings: async () => redisWarnings(await producer.info()),
    close: async () => {
      producer.disconnect();
      consumer.disconnect();
    },
  };
}

/** Resolves when the first connection stands, or has failed: then it is tried again for ever. */
function firstTry(redis: Redis): Promise<void> {
  return new Promise((resolve) => {
    redis.once('ready', () => resolve()).once('close', () => resolve());
  });
}

const RECONNECT_MAX_MS = 1_000;

function reconnectAfterMs(attempt: number): number {
  return Math.min(RECONNECT_MAX_MS, attempt * 50);
}

/** @see https://docs.bullmq.io/guide/going-to-production */
function redisWarnings(info: string): string[] {
  const policy = infoField(info, 'maxmemory_policy');
  const warnings: string[] = [];
  if (policy !== undefined && policy !== 'noeviction') {
    warnings.push(
      `Redis evicts keys when its memory is full (maxmemory-policy ${policy}), jobs among them: set it to noeviction`,
    );
  }
  if (infoField(info, 'aof_enabled') === '0') {
    warnings.push(
      'Redis keeps no append-only file: a restart loses the queue, and the sweep has to ask again for all of it (appendonly yes)',
    );
  }
  return warnings;
}

function infoField(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}

/** BullMQ's own PostgreSQL backend, over the database in this process. */
export async function embeddedBackend(pool: PgPool): Promise<Backend> {
  return postgresBackend('embedded', pool, async () => {});
}

const LISTENERS_AND_SPARE = 20;

/** BullMQ's own PostgreSQL backend on a server: one service fewer, some throughput less. */
export async function serverBackend(url: string): Promise<Backend> {
  const pool = new pg.Pool({
    connectionString: url,
    max: LISTENERS_AND_SPARE,
    keepAlive: true,
    options: '-c search_path=bullmq',
    application_name: 'paperboy-queue',
  });
  pool.on('error', () => {});
  pool.setMaxListeners(0); // every queue and worker listens for its errors
  return postgresBackend('postgres', pool as unknown as PgPool, () => pool.end());
}

async function postgresBackend(
  name: Backend['name'],
  connection: PgPool,
  close: () => Promise<void>,
): Promise<Backend> {
  const client = await connection.connect();
  try {
    await runMigrations(client);
  } finally {
    client.release();
  }
  const postgres = withBackend(createPostgresBackend);
  // The classes are typed by backend; what is done with them here is the same on every one.
  return {
    name,
    answerMs: 30_000,
    queue: (queueName, options) =>
      new postgres.Queue(queueName, { ...options, connection }) as unknown as Queue,
    worker: (queueName, processor, options) =>
      new postgres.Worker(queueName, processor, {
        ...options,
        connection,
      }) as unknown as Worker,
    incarnation: async () => 'the database',
    hits: async () => undefined,
    warnings: async () => [],
    close,
  };
}
