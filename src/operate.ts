import type { App } from './app.ts';
import { type JobName, payloads } from './queue/payloads.ts';
import { listBrakes, resume } from './store/brakes.ts';
import { closeLetter, listDeadLetters } from './store/dead-letters.ts';
import { dropSlices, hurrySlices, type Only, reviveSlices } from './store/operate.ts';
import { sweepLedger } from './sweep.ts';

const LETTERS_MAX = 10_000;

type Tools = Pick<App, 'db' | 'queue' | 'now' | 'log' | 'config'>;

/** Which of the dead are meant: those of an edition, one slice, one letter by its number, or all. */
export interface Dead extends Only {
  readonly letter?: number;
}

/** What was asked for again, or let be. */
export interface Ended {
  readonly slices: string[];
  readonly jobs: string[];
}

/**
 * Asks again for what died: slices that an error of ours stopped, and, when neither edition nor slice
 * is named, every other dead job. Always through the ledger: a slice keeps its key and its
 * fingerprint. What is held because its outcome is unknown is not among them: a person resolves it.
 */
export async function redrive(app: Tools, dead: Dead): Promise<Ended> {
  const { only, letters } = await choose(app, dead);
  const slices = only === undefined ? [] : await reviveSlices(app.db, only, app.now());
  await app.queue.enqueueAll(
    'submit',
    slices.map((sliceId) => ({ sliceId })),
  );
  const jobs: string[] = [];
  for (const letter of letters) {
    const name = letter.job as JobName;
    const payload = payloads[name].safeParse(letter.payload);
    if (!payload.success) continue;
    await app.queue.enqueue(name, payload.data as never);
    if (letter.id !== null) await closeLetter(app.db, letter.id, app.now());
    jobs.push(`${name} ${JSON.stringify(payload.data)}`);
  }
  return { slices, jobs };
}

/** Lets be what died: nothing asks for it any more. The same choice as `redrive`. */
export async function drop(app: Tools, dead: Dead): Promise<Ended> {
  const { only, letters } = await choose(app, dead);
  const slices = only === undefined ? [] : await dropSlices(app.db, only, app.now());
  for (const { id } of letters) {
    if (id !== null) await closeLetter(app.db, id, app.now());
  }
  return { slices, jobs: letters.map(({ job, payload }) => `${job} ${JSON.stringify(payload)}`) };
}

/** Slices by their state in the ledger, other jobs by their letters. @throws when no such letter waits. */
async function choose(app: Tools, { letter: id, ...only }: Dead) {
  if (only.editionId !== undefined || only.sliceId !== undefined) return { only, letters: [] };
  const all = await listDeadLetters(app.db, LETTERS_MAX);
  const jobs = all.filter(({ job }) => job !== 'submit');
  if (id === undefined) return { only, letters: jobs };
  const letter = all.find((one) => one.id === id);
  if (letter === undefined) {
    throw new Error(`no dead letter has the number ${id}: see paperboy jobs --dead`);
  }
  const slice = letter.job === 'submit' ? payloads.submit.parse(letter.payload) : undefined;
  return { only: slice, letters: slice === undefined ? [letter] : [] };
}

/**
 * Takes brakes off, and asks at once for everything that waited.
 * @returns the names of those that were on.
 */
export async function letGo(app: Tools, names: readonly string[]): Promise<string[]> {
  const on = new Set((await listBrakes(app.db)).map(({ name }) => name));
  for (const name of names) await resume(app.db, name);
  await goOn(app);
  return names.filter((name) => on.has(name));
}

/** After a brake came off: everything that waits is asked for at once, whatever it waited for. */
export async function goOn(app: Tools): Promise<void> {
  await hurrySlices(app.db);
  for (const name of ['submit', 'notify'] as const) await app.queue.hurry(name);
  await sweepLedger(app, 0);
}
