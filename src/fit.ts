import { extname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { App } from './app.ts';
import type { FitMessage } from './fit-thread.ts';
import {
  type ArchiveCursor,
  archivePage,
  type FitLimits,
  fitPrint,
  readersPage,
} from './store/fitting.ts';
import { forgetModels, newestModel, saveModel } from './store/rank-models.ts';

/** What a fit came to. */
export type Fitted =
  | {
      readonly kind: 'fitted';
      readonly version: number;
      readonly papers: number;
      readonly readers: number;
      readonly bytes: number;
      readonly seconds: number;
    }
  /** The newest model was fitted on the same papers and likes. */
  | { readonly kind: 'unchanged'; readonly version: number }
  | { readonly kind: 'nothing to fit' }
  /** This process is about to end. */
  | { readonly kind: 'broken off' };

const LIMITS: FitLimits = { papersMax: 25_000, readersMax: 50_000, likesMax: 200 };
/** Rows of one statement and of one message: neither holds the event loop for long. */
const PAPERS_A_PAGE = 250;
const READERS_A_PAGE = 500;
/** Beside those that an edition may still be taken by. */
const KEPT = 3;
const TAKEN_WITHIN_MS = 8 * 86_400_000;
const THREAD_MEGABYTES_MAX = 2_048;
const LOOK_EVERY_MS = 250;

/**
 * Fits a model on the newest papers of the archive and on what consenting readers like, and stores it as a new
 * version, unless nothing changed since the newest. The arithmetic runs in a thread of its own.
 */
export async function fitModel(
  app: Pick<App, 'db' | 'now' | 'log' | 'queue' | 'model'>,
  limits: FitLimits = LIMITS,
): Promise<Fitted> {
  const startedAt = performance.now();
  const print = await fitPrint(app.db, limits);
  const newest = await newestModel(app.db);
  if (newest?.print === print && (await isReadable(app, newest.version))) {
    return { kind: 'unchanged', version: newest.version };
  }
  const fittedAt = app.now();
  const thread = startThread();
  const watching = setInterval(() => {
    if (app.queue.draining()) void thread.stop();
  }, LOOK_EVERY_MS);
  try {
    const papers = await tellPapers(app, limits, thread);
    if (papers === 0) return { kind: 'nothing to fit' };
    const readers = await tellReaders(app, limits, thread);
    const packed = await thread.packed();
    if (packed === undefined) return { kind: 'broken off' };
    const model = { fittedAt, print, papers, readers };
    const version = await saveModel(app.db, model, packed);
    await forgetModels(app.db, KEPT, new Date(fittedAt.getTime() - TAKEN_WITHIN_MS));
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    const counts = { version, papers, readers, bytes: packed.length, seconds };
    app.log.info(counts, 'fitted');
    return { kind: 'fitted', ...counts };
  } finally {
    clearInterval(watching);
    await thread.stop();
  }
}

/** Whether this release reads what another may have packed. */
async function isReadable({ model }: Pick<App, 'model'>, version: number): Promise<boolean> {
  return (await model(version)).version === version;
}

type Thread = ReturnType<typeof startThread>;

/** The fit's thread: takes what it is told, and answers once. */
function startThread() {
  const { code, eval: isCode } = threadCode();
  const worker = new Worker(code, {
    eval: isCode,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MEGABYTES_MAX },
  });
  let stopped = false;
  const answer = new Promise<Uint8Array | undefined>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) =>
      stopped ? resolve(undefined) : reject(new Error(`the fit's thread ended with ${code}`)),
    );
  });
  answer.catch(() => {}); // told when somebody waits for it
  const tell = (message: FitMessage) => worker.postMessage(message);
  return {
    tell,
    /** The packed model; undefined when the thread was stopped before. */
    packed: () => {
      tell({ kind: 'fit' });
      return answer;
    },
    stop: async () => {
      stopped = true;
      await worker.terminate();
    },
  };
}

/** The file beside this one. Where this one is TypeScript still, so is that, and a thread has to be told how to read it. */
function threadCode(): { code: URL | string; eval: boolean } {
  const ending = extname(new URL(import.meta.url).pathname);
  const file = new URL(`./fit-thread${ending}`, import.meta.url);
  if (ending !== '.ts') return { code: file, eval: false };
  const [tsx, thread] = [import.meta.resolve('tsx/esm/api'), file.href].map((one) =>
    JSON.stringify(one),
  );
  const code = `import(${tsx}).then(({ register }) => { register(); return import(${thread}); });`;
  return { code, eval: true };
}

async function tellPapers({ db }: Pick<App, 'db'>, limits: FitLimits, thread: Thread) {
  let told = 0;
  let after: ArchiveCursor | undefined;
  while (told < limits.papersMax) {
    const page = await archivePage(db, after, Math.min(PAPERS_A_PAGE, limits.papersMax - told));
    if (page.end === undefined) break;
    thread.tell({
      kind: 'papers',
      papers: page.papers.map(({ id, title, abstract }) => ({ id, title, abstract })),
    });
    told += page.papers.length;
    after = page.end;
    await setImmediate();
  }
  return told;
}

async function tellReaders({ db }: Pick<App, 'db'>, limits: FitLimits, thread: Thread) {
  let told = 0;
  let after = 0;
  while (told < limits.readersMax) {
    const page = await readersPage(db, after, READERS_A_PAGE, limits.likesMax);
    if (page.end === undefined) break;
    thread.tell({ kind: 'likes', likes: page.readers });
    told += page.readers.length;
    after = page.end;
    await setImmediate();
  }
  return told;
}
