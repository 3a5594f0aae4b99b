import type { App } from './app.ts';
import { type JobName, payloads } from './queue/payloads.ts';
import { listDeadLetters, markRedriven } from './store/dead-letters.ts';
import { hurrySlices, reviveSlices } from './store/operate.ts';
import { sweepLedger } from './sweep.ts';

type Tools = Pick<App, 'db' | 'queue' | 'now' | 'log'>;

/**
 * Asks again for what died: slices that an error of ours stopped, and, when nothing is named, every
 * other dead job. Always through the ledger: a slice keeps its key and its fingerprint. What is held
 * because its outcome is unknown is not among them: a person resolves it.
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
  const everything = only.editionId === undefined && only.sliceId === undefined;
  for (const letter of everything ? await listDeadLetters(app.db) : []) {
    const name = letter.job as JobName;
    const payload = payloads[name].safeParse(letter.payload);
    if (name === 'submit' || !payload.success) continue; // by its slice, or never
    await app.queue.enqueue(name, payload.data as never);
    await markRedriven(app.db, letter.id, app.now());
    jobs.push(`${name} ${JSON.stringify(payload.data)}`);
  }
  return { slices, jobs };
}

/** After a brake came off: everything that waits is asked for at once, whatever it waited for. */
export async function goOn(app: Tools): Promise<void> {
  await hurrySlices(app.db);
  await app.queue.hurry('submit');
  await sweepLedger(app, 0);
}
