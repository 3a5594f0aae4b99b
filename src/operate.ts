import type { App } from './app.ts';
import { type JobName, payloads } from './queue/payloads.ts';
import { listDeadLetters, markRedriven } from './store/dead-letters.ts';
import { reviveSlices } from './store/operate.ts';
import { sweepLedger } from './sweep.ts';

type Tools = Pick<App, 'db' | 'queue' | 'now' | 'log'>;

/**
 * Asks again for what died: slices that an error of ours stopped, and every other dead job. Always
 * through the ledger: a slice keeps its key and its fingerprint.
 * @returns what was asked for again.
 */
export async function redrive(
  app: Tools,
  only: { editionId?: string; sliceId?: string },
): Promise<{ slices: string[]; jobs: string[] }> {
  const slices = await reviveSlices(app.db, only, app.now());
  await app.queue.enqueueAll(
    'submit',
    slices.map((sliceId) => ({ sliceId })),
  );
  const jobs: string[] = [];
  for (const letter of await listDeadLetters(app.db)) {
    const name = letter.job as JobName;
    const payload = payloads[name].safeParse(letter.payload);
    const revived =
      name === 'submit' && slices.includes((letter.payload as { sliceId?: string }).sliceId ?? '');
    const everything = only.editionId === undefined && only.sliceId === undefined;
    if (!revived && !everything) continue;
    if (name !== 'submit' && payload.success) {
      await app.queue.enqueue(name, payload.data as never);
      jobs.push(`${name} ${JSON.stringify(payload.data)}`);
    }
    await markRedriven(app.db, letter.id, app.now());
  }
  return { slices, jobs };
}

/** After a brake came off: everything that waits is asked for at once. */
export async function goOn(app: Tools): Promise<void> {
  await sweepLedger(app, 0);
}
