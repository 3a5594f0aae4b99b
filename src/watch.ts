import { setTimeout } from 'node:timers/promises';
import type { App } from './app.ts';
import { sweepLedger } from './sweep.ts';

type Tools = Pick<App, 'db' | 'queue' | 'now' | 'log' | 'config'>;

const LOOK_EVERY_MS = 2_000;
/** Jobs wait and none runs, in any process, for this long: the connection hangs, and only a new process helps. */
const STUCK_AFTER_MS = 60_000;

/**
 * Watches the queue's storage: asks again for everything when it was restarted or emptied, and calls
 * `stuck` when jobs wait and no worker takes one (hung blocking reads, taskforcesh/bullmq#2466).
 * @returns the function that stops watching.
 */
export function startWatch(app: Tools, stuck: (why: string) => void): () => Promise<void> {
  const stopping = new AbortController();
  const watching = watch(app, stuck, stopping.signal);
  return async () => {
    stopping.abort();
    await watching;
  };
}

async function watch(app: Tools, stuck: (why: string) => void, signal: AbortSignal): Promise<void> {
  let incarnation: string | undefined;
  let movedAt = performance.now();
  while (!signal.aborted) {
    try {
      const now = await app.queue.incarnation();
      if (incarnation !== undefined && now !== incarnation) {
        app.log.warn('the queue was restarted or emptied: asking again for everything');
        await sweepLedger(app, 0);
      }
      incarnation = now;
      const states = Object.values(await app.queue.counts());
      const sum = (name: string) =>
        states.reduce((total, counts) => total + (counts[name] ?? 0), 0);
      if (sum('waiting') === 0 || sum('active') > 0) movedAt = performance.now();
      if (performance.now() - movedAt > STUCK_AFTER_MS) {
        return stuck(`${sum('waiting')} jobs wait and none has run for ${STUCK_AFTER_MS / 1000} s`);
      }
    } catch (err) {
      movedAt = performance.now(); // a queue that is away is not a queue that is stuck
      app.log.warn({ err }, 'the queue does not answer');
    }
    await setTimeout(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
