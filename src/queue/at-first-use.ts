import type { JobQueue } from './queue.ts';

/**
 * A queue that is opened when it is first asked for something. Most commands never do so, and BullMQ
 * is a good part of what a start would load. What failed to open is tried again at the next use.
 */
export function queueAtFirstUse(open: () => Promise<JobQueue>): JobQueue {
  let opening: Promise<JobQueue> | undefined;
  let draining = false;
  const opened = () => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    enqueue: async (...job) => (await opened()).enqueue(...job),
    enqueueAll: async (...jobs) => (await opened()).enqueueAll(...jobs),
    work: async (...jobs) => (await opened()).work(...jobs),
    idle: async () => (await opened()).idle(),
    still: async () => (await opened()).still(),
    hurry: async (name) => (await opened()).hurry(name),
    incarnation: async () => (await opened()).incarnation(),
    hits: async (...window) => (await opened()).hits(...window),
    warnings: async () => (await opened()).warnings(),
    counts: async () => (await opened()).counts(),
    drain: async (ms) => {
      draining = true;
      return opening === undefined || (await opening).drain(ms);
    },
    draining: () => draining,
    close: async () => {
      draining = true;
      await (await opening)?.close();
    },
  };
}
