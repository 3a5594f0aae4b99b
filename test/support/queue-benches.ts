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

/** The same with retries that come a thousand times sooner. */
export function hurried(backend: Backend): Backend {
  return {
    ...backend,
    queue: (name, options) => {
      const queue = backend.queue(name, options);
      const add = queue.add.bind(queue);
      queue.add = (job, data, given) => {
        const backoff = { ...(given?.backoff as { type: string; delay: number }), delay: 1 };
        return add(job, data, { ...given, backoff });
      };
      return queue;
    },
  };
}

/** A queue, what it told, and a way to say what its jobs do. */
export interface TestQueue extends JobQueue {
  readonly dead: Parameters<QueueEvents['dead']>[0][];
  readonly told: { level: string; message: string }[];
  /** Works off jobs: `settle` as given, the others with nothing to do. */
  settleWith(run: (eventId: string) => Promise<Ending> | Ending, concurrency?: number): void;
}

export function testQueue(backend: Backend): TestQueue {
  const dead: TestQueue['dead'] = [];
  const told: TestQueue['told'] = [];
  const queue = openQueue(backend, {
    dead: async (letter) => void dead.push(letter),
    told: (level, message) => void told.push({ level, message }),
  });
  return {
    ...queue,
    dead,
    told,
    settleWith: (run, concurrency = 1) => {
      const idle = { concurrency: 1, run: async () => done };
      const others = Object.fromEntries(jobNames.map((name) => [name, idle])) as Record<
        JobName,
        typeof idle
      >;
      const settle = { concurrency, run: async ({ eventId }: { eventId: string }) => run(eventId) };
      queue.work({ ...others, settle } satisfies Jobs<undefined>, undefined);
    },
  };
}
