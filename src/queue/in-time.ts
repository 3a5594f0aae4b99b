/** The queue did not answer; what was asked for stands in the ledger, and the sweep asks again. */
export class QueueDownError extends Error {
  override readonly name = 'QueueDownError';
}

/** An answer in time, or an error: nobody waits for a queue that is away. */
export async function inTime<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    const late = () => reject(new QueueDownError('the queue does not answer'));
    // When this process itself was busy for so long, the answer may lie in the socket: read it first.
    timer = setTimeout(() => setImmediate(() => setImmediate(late)), ms);
  });
  try {
    return await Promise.race([answer, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the work ends in time. */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const inTime = await Promise.race([work.then(() => true), deadline]);
  clearTimeout(timer);
  return inTime;
}
