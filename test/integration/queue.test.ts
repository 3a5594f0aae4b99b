import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Backend } from '../../src/queue/backend.ts';
import { done, type Ending } from '../../src/queue/job.ts';
import {
  hurried,
  type QueueBench,
  queueBenches,
  type TestQueue,
  testQueue,
} from '../support/queue-benches.ts';

const ATTEMPTS = 80;

describe.each(Object.entries(queueBenches()))('the queue on %s', (_name, openBench) => {
  let bench: QueueBench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench.close());

  let queue: TestQueue;
  const opened: TestQueue[] = [];
  async function open(as: (backend: Backend) => Backend = (backend) => backend) {
    const one = testQueue(as(await bench.open()));
    opened.push(one);
    return one;
  }
  beforeEach(async () => {
    queue = await open();
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  /** A job that remembers when it ran for whom, and ends as told; `done` after the last ending. */
  function script(...endings: (Ending | Error)[]) {
    const ran: string[] = [];
    const at: number[] = [];
    const run = (eventId: string): Ending => {
      at.push(performance.now());
      const ending = endings[ran.push(eventId) - 1] ?? done;
      if (ending instanceof Error) throw ending;
      return ending;
    };
    return { run, ran, at };
  }
  const ask = (eventId: string, delayMs?: number) => queue.enqueue('settle', { eventId }, delayMs);

  test('runs what is asked for, once', async () => {
    const { run, ran } = script();
    queue.settleWith(run);
    await ask('a');
    await ask('b');
    await queue.idle();
    expect(ran.sort()).toEqual(['a', 'b']);
    expect(queue.dead).toEqual([]);
  });

  test('asked twice while it waits, a job runs once', async () => {
    const { run, ran } = script();
    await ask('a');
    await ask('a');
    await queue.enqueueAll('settle', [{ eventId: 'a' }, { eventId: 'a' }]);
    queue.settleWith(run);
    await queue.idle();
    expect(ran).toEqual(['a']);
  });

  test('asked again while it runs, a job runs once', async () => {
    const ran: string[] = [];
    queue.settleWith(async (eventId) => {
      ran.push(eventId);
      await ask(eventId);
      return done;
    });
    await ask('a');
    await queue.idle();
    expect(ran).toEqual(['a']);
  });

  test('asked again after it ended, a job runs again: done, dead or given up', async () => {
    const { run, ran } = script(done, { kind: 'dead', why: 'no use' }, done);
    queue.settleWith(run);
    for (const _ of [1, 2, 3]) {
      await ask('a');
      await queue.idle();
    }
    expect(ran).toEqual(['a', 'a', 'a']);
  });

  test('later and halt come back as often as they like and use up no attempt', async () => {
    const later: Ending = { kind: 'later', afterMs: 1, why: 'busy' };
    const halt: Ending = { kind: 'halt', afterMs: 1, why: 'no key' };
    const { run, ran } = script(...Array<Ending>(ATTEMPTS).fill(later), halt, halt);
    queue.settleWith(run);
    await ask('a');
    await queue.idle();
    expect(ran).toHaveLength(ATTEMPTS + 3);
    expect(queue.dead).toEqual([]);
    expect(queue.told.filter(({ level }) => level === 'error')).toHaveLength(2);
  });

  test('later comes back when it said, not before', async () => {
    const { run, at } = script({ kind: 'later', afterMs: 400, why: 'busy' });
    queue.settleWith(run);
    await ask('a');
    await queue.idle();
    expect(at).toHaveLength(2);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(390);
  });

  test('a job that throws comes again after half a second to a second', async () => {
    const { run, at } = script(new Error('the database is away'));
    queue.settleWith(run);
    await ask('a');
    await queue.idle();
    expect(at).toHaveLength(2);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(490);
    expect(queue.dead).toEqual([]);
  });

  test('a job that throws every time becomes a dead letter after its last attempt', async () => {
    const { run, ran } = script(...Array<Error>(ATTEMPTS * 2).fill(new Error('no such table')));
    queue = await open(hurried);
    queue.settleWith(run);
    await ask('a');
    await queue.idle();
    expect(ran).toHaveLength(ATTEMPTS);
    expect(queue.dead).toEqual([
      {
        job: 'settle',
        payload: { eventId: 'a' },
        attempts: ATTEMPTS,
        why: expect.stringContaining('no such table'),
      },
    ]);
  });

  test('a job whose letter cannot be written stays in the queue', async () => {
    const { run } = script({ kind: 'dead', why: 'an error of ours' });
    queue.writable = false;
    queue.settleWith(run);
    await ask('a');
    await expect.poll(() => queue.counts()).toMatchObject({ settle: { delayed: 1 } });
    expect(queue.told).toContainEqual({
      level: 'warn',
      message: 'a dead letter could not be written',
    });
    queue.writable = true;
    await queue.hurry('settle');
    await queue.idle();
  });

  test('what the timetable asks for again is tried once, leaves no letter and no delay', async () => {
    let swept = 0;
    queue.settleWith(script().run, 1, async () => {
      swept += 1;
      throw new Error('the database is away');
    });
    await queue.enqueue('sweep', {});
    await queue.idle();
    await queue.enqueue('sweep', {});
    await queue.idle();
    expect(swept).toBe(2);
    expect(queue.dead).toEqual([]);
  });

  test('dead is dead at once', async () => {
    const { run, ran } = script({ kind: 'dead', why: 'an error of ours' });
    queue.settleWith(run);
    await ask('a');
    await queue.idle();
    expect(ran).toEqual(['a']);
    expect(queue.dead).toEqual([
      { job: 'settle', payload: { eventId: 'a' }, attempts: 1, why: 'an error of ours' },
    ]);
  });

  test.each([
    ['a field too few', {}],
    ['a field too many', { eventId: 'a', email: 'ada@example.org' }],
    ['a number for a text', { eventId: 7 }],
  ])('a payload with %s is dead and never runs', async (_what, payload) => {
    const { run, ran } = script();
    queue.settleWith(run);
    await queue.enqueue('settle', payload as never);
    await queue.idle();
    expect(ran).toEqual([]);
    expect(queue.dead).toEqual([
      { job: 'settle', payload, attempts: 1, why: expect.stringContaining('malformed payload') },
    ]);
  });

  test('a delayed job waits for its time while others pass it', async () => {
    const { run, ran, at } = script();
    queue.settleWith(run);
    const askedAt = performance.now();
    await ask('delayed', 3_000);
    await ask('now');
    await queue.idle();
    expect(ran).toEqual(['now', 'delayed']);
    expect((at[1] ?? 0) - askedAt).toBeGreaterThanOrEqual(2_990);
  });

  test('501 jobs asked for in one go, twice, run once each', async () => {
    const { run, ran } = script();
    const all = Array.from({ length: 501 }, (_, n) => ({ eventId: `e${n}` }));
    await queue.enqueueAll('settle', all);
    await queue.enqueueAll('settle', all);
    expect((await queue.counts()).settle).toMatchObject({ waiting: 501 });
    queue.settleWith(run, 10);
    await queue.idle();
    expect(ran.sort()).toEqual(all.map(({ eventId }) => eventId).sort());
    await queue.enqueueAll('settle', []);
  });

  test('two processes share the work, each job once', async () => {
    const all = Array.from({ length: 60 }, (_, n) => ({ eventId: `e${n}` }));
    const other = await open();
    const [mine, theirs] = [script(), script()];
    const slowly = (run: (id: string) => Ending) => async (id: string) => {
      await sleep(2);
      return run(id);
    };
    queue.settleWith(slowly(mine.run), 2);
    other.settleWith(slowly(theirs.run), 2);
    await queue.enqueueAll('settle', all);
    await Promise.all([queue.idle(), other.idle()]);
    expect([...mine.ran, ...theirs.ran].sort()).toEqual(all.map(({ eventId }) => eventId).sort());
    expect(mine.ran.length * theirs.ran.length).toBeGreaterThan(0);
  });

  test('closing lets the running job end and leaves the waiting ones to the next process', async () => {
    const ran: string[] = [];
    let started = () => {};
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    queue.settleWith(async (eventId) => {
      started();
      await sleep(300);
      ran.push(eventId);
      return done;
    });
    await queue.enqueueAll('settle', [{ eventId: 'a' }, { eventId: 'b' }, { eventId: 'c' }]);
    await running;
    await queue.close();
    opened.splice(opened.indexOf(queue), 1);
    expect(ran).toEqual(['a']);
    await sleep(50);
    expect(ran).toEqual(['a']);

    queue = await open();
    queue.settleWith((eventId) => {
      ran.push(eventId);
      return done;
    });
    await queue.idle();
    expect(ran.sort()).toEqual(['a', 'b', 'c']);
  });

  test('idle waits for what runs and what is put off, and resolves at once when there is nothing', async () => {
    await queue.idle();
    const { run, ran } = script();
    await ask('a', 200);
    queue.settleWith(run);
    await queue.idle();
    expect(ran).toEqual(['a']);
  });
});
