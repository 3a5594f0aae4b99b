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
  close(): Promise<void>;
}

/** BullMQ on Redis or Valkey. Braces keep every key of ours in one slot of a cluster. */
export function redisBackend(url: string, prefix = '{paperboy}'): Backend {
  const producer = new Redis(url, { maxRetriesPerRequest: 1, lazyConnect: false });
  const consumer = new Redis(url, { maxRetriesPerRequest: null });
  // ioredis reconnects by itself; without a listener its error event would end the process.
  for (const redis of [producer, consumer]) redis.on('error', () => {});
  return {
    name: 'redis',
    queue: (name, options) => new Queue(name, { ...options, connection: producer, prefix }),
    worker: (name, processor, options) =>
      new Worker(name, processor, { ...options, connection: consumer, prefix }),
    close: async () => {
      producer.disconnect();
      consumer.disconnect();
    },
  };
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
    queue: (queueName, options) =>
      new postgres.Queue(queueName, { ...options, connection }) as unknown as Queue,
    worker: (queueName, processor, options) =>
      new postgres.Worker(queueName, processor, {
        ...options,
        connection,
      }) as unknown as Worker,
    close,
  };
}
