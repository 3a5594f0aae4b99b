import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import {
  type Backend,
  embeddedBackend,
  redisBackend,
  serverBackend,
} from '../../src/queue/backend.ts';
import { done, type Ending, type Jobs } from '../../src/queue/job.ts';
import { type JobName, jobNames } from '../../src/queue/payloads.ts';
import { type JobQueue, openQueue, type QueueEvents } from '../../src/queue/queue.ts';
import { sharedPool } from '../../src/store/pglite-pool.ts';
import { openTestDatabase } from './app.ts';
import { freshDatabase } from './databases.ts';
import './provided.ts';

/** One storage for queues. Every backend that it opens sees the jobs of the others. */
export interface QueueBench {
  open(): Promise<Backend>;
  close(): Promise<void>;
}

/** Every backend that the project has servers for, ready to be put through the same tests. */
export function queueBenches(): Record<string, () => Promise<QueueBench>> {
  return inject('redisUrl') === ''
    ? { embedded: embeddedBench }
    : { redis: redisBench, postgres: serverBench };
}

async function embeddedBench(): Promise<QueueBench> {
  const database = await openTestDatabase();
  return {
    open: () => embeddedBackend(sharedPool(database.pool) as never),
    close: database.close,
  };
}

async function redisBench(): Promise<QueueBench> {
  const prefix = `{${randomUUID()}}`;
  return { open: async () => redisBackend(inject('redisUrl'), prefix), close: async () => {} };
}

async function serverBench(): Promise<QueueBench> {
  const database = await freshDatabase(inject('databaseUrl'));
  return { open: () => serverBackend(database.url), close: database.drop };
}

/** The same with retries that come at once. */
export function hurried(backend: Backend): Backend {
  return {
    ...backend,
    worker: (name, processor, options) =>
      backend.worker(name, processor, { ...options, settings: { backoffStrategy: () => 1 } }),
  };
}

/** A queue, what it told, and a way to say what its jobs do. */
export interface TestQueue extends JobQueue {
  readonly dead: Parameters<QueueEvents['dead']>[0][];
  /** Whether a letter can be written. */
  writable: boolean;
  readonly told: { level: string; message: string }[];
  /** Works off jobs: `settle` as given, `sweep` as given or, as the others, with nothing to do. */
  settleWith(
    run: (eventId: string) => Promise<Ending> | Ending,
    concurrency?: number,
    sweep?: () => Promise<Ending>,
  ): void;
}

export function testQueue(backend: Backend): TestQueue {
  const dead: TestQueue['dead'] = [];
  const told: TestQueue['told'] = [];
  const queue = openQueue(backend, {
    dead: async (letter) => {
      if (!bench.writable) throw new Error('no table to write to');
      dead.push(letter);
    },
    told: (level, message) => void told.push({ level, message }),
  });
  const bench: TestQueue = {
    ...queue,
    dead,
    told,
    writable: true,
    settleWith: (run, concurrency = 1, sweep = async () => done) => {
      const idle = { concurrency: 1, run: async () => done };
      const others = Object.fromEntries(jobNames.map((name) => [name, idle])) as Record<
        JobName,
        typeof idle
      >;
      const settle = { concurrency, run: async ({ eventId }: { eventId: string }) => run(eventId) };
      queue.work(
        { ...others, settle, sweep: { ...idle, run: sweep } } satisfies Jobs<undefined>,
        undefined,
      );
    },
  };
  return bench;
}
