import { createHash } from 'node:crypto';
import {
  type Job as BullJob,
  DelayedError,
  type JobType,
  type Queue,
  UnrecoverableError,
  type Worker,
} from 'bullmq';
import type { Backend } from './backend.ts';
import { inTime, within } from './in-time.ts';
import type { Ending, Jobs } from './job.ts';
import { type Enqueue, type JobName, jobNames, type Payload, payloads } from './payloads.ts';

/** The end of a job that will not be tried again. */
interface DeadLetter {
  readonly job: JobName;
  readonly payload: unknown;
  readonly why: string;
  readonly attempts: number;
}

/** What the queue tells the one who runs it. */
export interface QueueEvents {
  /** A job will not be tried again: keep it where it can be listed. */
  dead(letter: DeadLetter): Promise<void>;
  /** Something a log should have. `level` as in pino. */
  told(level: 'debug' | 'warn' | 'error', message: string, facts: Record<string, unknown>): void;
}

/** The queues of every kind of job, and the workers once they are started. */
export interface JobQueue {
  readonly enqueue: Enqueue;
  /** Asks for many jobs of one kind in one go. */
  enqueueAll<N extends JobName>(name: N, all: readonly Payload<N>[]): Promise<void>;
  /** Starts working off every kind of job in this process. */
  work<App>(jobs: Jobs<App>, app: App): Promise<void>;
  /** Resolves when no job waits, runs or is put off. */
  idle(): Promise<void>;
  /** Resolves when no job waits or runs; what is put off stays so. */
  still(): Promise<void>;
  /** Starts what is put off at once: the reason to wait is gone. */
  hurry(name: JobName): Promise<void>;
  /** Changes when what stood in the queue may be gone. */
  incarnation(): Promise<string>;
  /** Counts a thing within a window, where the storage is made for that; else undefined. */
  hits(name: string, windowMs: number): Promise<number | undefined>;
  /** What is set up so that jobs can be lost. */
  warnings(): Promise<string[]>;
  /** Jobs by state for every kind. */
  counts(): Promise<Record<JobName, Record<string, number>>>;
  /** Takes no new job and lets running ones end. @returns whether they did in time. */
  drain(ms: number): Promise<boolean>;
  /** Whether this process takes no new job any more. */
  draining(): boolean;
  /** The same, and closes everything. */
  close(): Promise<void>;
}

/*
 * The retry policy, told once. A job that throws comes again after 1 s, 2 s, 4 s … 60 s, each time
 * within half to the whole of that, ATTEMPTS times (about an hour); then it is a dead letter, as soon
 * as that can be written down. What the timetable asks for again anyway is tried once or a few times,
 * or its own delay would stand in the way. A job that ends with `later` or `halt` comes back when it said and uses up no attempt. Finished and dead jobs
 * leave the queue at once: the ledger has their story, and their id is free to be asked for again.
 * A worker that dies is noticed after LOCK_MS and its job runs again, as often as that happens:
 * every job may be run twice, the ledger's claims make that harmless.
 */
const ATTEMPTS = 80;
const BACKOFF_MAX_MS = 60_000;
/** What the timetable asks for again anyway; an ingest tells in its own rows how it failed. */
const RECURRING: Partial<Record<JobName, number>> = { sweep: 1, dispatch: 1, fit: 2, ingest: 4 };
const LETTER_RETRY_MS = 60_000;
const LOCK_MS = 15_000;
const STALLED_CHECK_MS = 5_000;
const STALLED_MAX = 1_000;
const DRAIN_MS = 10_000;
const IDLE_POLL_MS = 25;
const TELL_AGAIN_MS = 30_000;
const ADDED_AT_ONCE = 500;

/** Opens the queues on a backend. The only place that knows BullMQ's job states and errors. */
export function openQueue(backend: Backend, events: QueueEvents): JobQueue {
  // A storage that is away is told of by every queue and worker, many times a second: once is enough.
  let told = { why: '', at: Number.NEGATIVE_INFINITY };
  const quietly = ({ message: why }: Error) => {
    const at = performance.now();
    if (why === told.why && at - told.at < TELL_AGAIN_MS) return;
    told = { why, at };
    events.told('warn', 'queue', { why });
  };
  const queues = new Map<JobName, Queue>(
    jobNames.map((name) => {
      const queue = backend.queue(name, {});
      queue.on('error', quietly);
      return [name, queue];
    }),
  );
  const workers: Worker[] = [];
  let draining: Promise<unknown> | undefined;

  const options = (name: JobName, payload: unknown, delayMs = 0) => ({
    jobId: jobId(name, payload),
    attempts: attemptsOf(name),
    backoff: { type: 'custom' },
    delay: Math.max(0, Math.ceil(delayMs)),
    removeOnComplete: true,
    removeOnFail: true,
  });
  const queueOf = (name: JobName) => queues.get(name) as Queue;
  const soon = <T>(answer: Promise<T>) => inTime(backend.answerMs, answer);

  return {
    enqueue: async (name, payload, delayMs) => {
      await soon(queueOf(name).add(name, payload, options(name, payload, delayMs)));
    },
    enqueueAll: async (name, all) => {
      if (all.length === 0) return;
      for (let from = 0; from < all.length; from += ADDED_AT_ONCE) {
        const some = all.slice(from, from + ADDED_AT_ONCE);
        await soon(
          queueOf(name).addBulk(some.map((data) => ({ name, data, opts: options(name, data) }))),
        );
      }
    },
    work: async (jobs, app) => {
      for (const name of jobNames) {
        const worker = backend.worker(name, (job, token) => process(jobs, app, name, job, token), {
          concurrency: jobs[name].concurrency,
          lockDuration: LOCK_MS,
          stalledInterval: STALLED_CHECK_MS,
          maxStalledCount: STALLED_MAX,
          drainDelay: 1,
          settings: { backoffStrategy },
        });
        worker.on('error', quietly);
        workers.push(worker);
      }
    },
    idle: () => untilNone('waiting', 'active', 'delayed'),
    still: () => untilNone('waiting', 'active'),
    hurry: (name) => soon(queueOf(name).promoteJobs()),
    incarnation: () => soon(backend.incarnation()),
    hits: (name, windowMs) => soon(backend.hits(name, windowMs)),
    warnings: () => soon(backend.warnings()),
    counts: async () =>
      Object.fromEntries(
        await Promise.all(
          [...queues].map(async ([name, queue]) => [name, await soon(queue.getJobCounts())]),
        ),
      ),
    drain,
    draining: () => draining !== undefined,
    close: async () => {
      await drain(DRAIN_MS);
      await within(DRAIN_MS, Promise.all([...queues.values()].map((queue) => queue.close())));
      await backend.close();
    },
  };

  function drain(ms: number): Promise<boolean> {
    draining ??= Promise.all(workers.map((worker) => worker.close()));
    return within(ms, draining);
  }

  async function untilNone(...states: JobType[]): Promise<void> {
    for (;;) {
      const counts = await Promise.all(
        [...queues.values()].map((queue) => queue.getJobCountByTypes(...states)),
      );
      if (counts.every((count) => count === 0)) return;
      await new Promise((resolve) => setTimeout(resolve, IDLE_POLL_MS));
    }
  }

  async function process<App>(
    jobs: Jobs<App>,
    app: App,
    name: JobName,
    job: BullJob,
    token: string | undefined,
  ): Promise<void> {
    let ending: Ending;
    try {
      const payload = payloads[name].safeParse(job.data);
      ending = payload.success
        ? await jobs[name].run(payload.data as never, app)
        : { kind: 'dead', why: `malformed payload: ${payload.error.message}` };
    } catch (error) {
      const attempts = job.attemptsMade + 1;
      const facts = { job: name, payload: job.data, attempts, why: describe(error) };
      events.told('warn', 'a job failed', facts);
      if (attempts >= attemptsOf(name) && !(name in RECURRING)) await letter(facts, job, token);
      throw error;
    }
    await end(ending, name, job, token);
  }

  /** Writes a dead letter; a job whose letter cannot be written stays, and tries to die later. */
  async function letter(facts: DeadLetter, job: BullJob, token: string | undefined) {
    try {
      await events.dead(facts);
    } catch (error) {
      events.told('warn', 'a dead letter could not be written', { ...facts, why: describe(error) });
      await job.moveToDelayed(Date.now() + LETTER_RETRY_MS, token);
      throw new DelayedError('its dead letter could not be written');
    }
  }

  async function end(ending: Ending, name: JobName, job: BullJob, token: string | undefined) {
    switch (ending.kind) {
      case 'done':
        return;
      case 'halt':
      case 'later':
        events.told(ending.kind === 'halt' ? 'error' : 'debug', `${name}: ${ending.why}`, {
          payload: job.data,
          afterMs: ending.afterMs,
        });
        await job.moveToDelayed(Date.now() + Math.ceil(ending.afterMs), token);
        throw new DelayedError(ending.why);
      case 'dead':
        await letter(
          { job: name, payload: job.data, why: ending.why, attempts: job.attemptsMade + 1 },
          job,
          token,
        );
        events.told('error', `${name} is dead: ${ending.why}`, { payload: job.data });
        throw new UnrecoverableError(ending.why);
      default:
        return ending satisfies never;
    }
  }
}

const attemptsOf = (name: JobName) => RECURRING[name] ?? ATTEMPTS;

function backoffStrategy(attemptsMade: number): number {
  const most = Math.min(BACKOFF_MAX_MS, 1_000 * 2 ** Math.min(attemptsMade - 1, 16));
  return Math.ceil(most * (0.5 + Math.random() / 2));
}

/** One id per wish, so that asking twice is asking once. BullMQ allows neither `:` nor a bare number. */
function jobId(name: JobName, payload: unknown): string {
  return `${name}-${createHash('sha256').update(JSON.stringify(payload)).digest('base64url').slice(0, 22)}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
