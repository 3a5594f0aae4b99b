import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { excerpt } from './explain.ts';
import type { LoadLocal, LocalQuestion, LocalReply } from './local-embeddings-process.ts';
import { EmbeddingError, unitVector } from './vectors.ts';

/** A model that runs beside this process, by a package that the operator installs. */
export interface LocalModel extends LoadLocal {
  /** For loading, with what has to come from the hub. */
  readonly loadMs?: number;
  /** For a few texts. */
  readonly timeoutMs?: number;
}

/** A local model that was asked for; its process starts with the first question. */
export interface OpenLocalModel {
  /**
   * The vectors of some texts, in their order, each made as long as 1.
   * @param dimensions that they must have; absent: whatever comes, the same for all.
   * @throws EmbeddingError for everything but sound vectors. The process is ended; the next question starts another.
   */
  embed(texts: readonly string[], dimensions?: number): Promise<Float32Array[]>;
  /** Ends the process, whatever it does. */
  close(): void;
}

/** So many are padded to the length of the longest: what a model holds in memory grows with both. */
const TEXTS_AT_ONCE = 8;
/** For a hundred megabytes from afar. */
const LOAD_MS = 600_000;
const TIMEOUT_MS = 60_000;
const LAST_WORDS_CHARS = 2_000;
const WHO = 'the local model';

/** Opens a model of the hub or of a folder. Nothing is loaded yet. */
export function openLocalModel(model: LocalModel): OpenLocalModel {
  const { loadMs = LOAD_MS, timeoutMs = TIMEOUT_MS } = model;
  let loading: Promise<Process> | undefined;
  let process: Process | undefined;
  const load = async () => {
    process = startProcess();
    const { source, isFolder, modelsDir, hubUrl, packageFolders } = model;
    const wanted = { source, isFolder, modelsDir, hubUrl, packageFolders };
    const reply = await process.ask({ load: wanted }, loadMs);
    if (reply.kind === 'no package') throw new EmbeddingError(missing(packageFolders));
    if (reply.kind === 'failed') throw new EmbeddingError(`${source}: ${excerpt(reply.why)}`);
    return process;
  };
  const close = () => {
    process?.end();
    loading = undefined;
  };
  return {
    embed: async (texts, dimensions) => {
      const vectors: Float32Array[] = [];
      try {
        loading ??= load();
        const { ask } = await loading;
        for (let at = 0; at < texts.length; at += TEXTS_AT_ONCE) {
          const some = texts.slice(at, at + TEXTS_AT_ONCE);
          const reply = await ask({ texts: some }, timeoutMs);
          vectors.push(...soundVectors(reply, some.length, dimensions ?? vectors[0]?.length));
        }
      } catch (error) {
        close();
        throw error;
      }
      return vectors;
    },
    close,
  };
}

function missing([folder = '.']: readonly string[]): string {
  return `@huggingface/transformers is not installed: run npm install --ignore-scripts --prefix ${JSON.stringify(folder)} @huggingface/transformers@4`;
}

/** What came must be as many vectors as there were texts, of one dimension. */
function soundVectors(
  reply: LocalReply,
  count: number,
  dimensions: number | undefined,
): Float32Array[] {
  if (reply.kind === 'failed') throw new EmbeddingError(`${WHO} failed: ${excerpt(reply.why)}`);
  const vectors = reply.kind === 'vectors' ? reply.vectors : undefined;
  if (!Array.isArray(vectors) || !vectors.every(isNumbers)) {
    throw new EmbeddingError(`${WHO} sent no list of vectors`);
  }
  if (vectors.length !== count) {
    throw new EmbeddingError(`${WHO} sent ${vectors.length} vectors for ${count} texts`);
  }
  return vectors.map((one) => unitVector(one, dimensions ?? vectors[0]?.length ?? 0, WHO));
}

function isNumbers(vector: unknown): vector is number[] {
  return Array.isArray(vector) && vector.every((number) => typeof number === 'number');
}

type Process = ReturnType<typeof startProcess>;

/** One question at a time. */
function startProcess() {
  const child = fork(fileURLToPath(processFile()), {
    execArgv: extname(processFile().pathname) === '.ts' ? ['--import', tsx()] : [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced', // JSON knows no NaN
  });
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (words: string) => {
    lastWords = (lastWords + words).slice(-LAST_WORDS_CHARS);
  });
  const ended = endOf(child).then((how) => {
    throw new EmbeddingError(`${WHO}’s process ended ${how}: ${excerpt(lastWords)}`);
  });
  ended.catch(() => {}); // told to whoever asks
  return {
    ask: async (question: LocalQuestion, ms: number): Promise<LocalReply> => {
      const { promise: tooSlow, stop } = timeout(ms);
      const reply = new Promise<LocalReply>((answered) => child.once('message', answered));
      child.send(question, () => {}); // that it is gone is told by its end
      try {
        return await Promise.race([reply, ended, tooSlow]);
      } finally {
        stop();
      }
    },
    end: () => void child.kill('SIGKILL'),
  };
}

/** How a process ended, when its last words are read as well. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((told) => {
    child.once('error', (error) => told(`before it began (${error.message})`));
    child.once('close', (code, signal) => told(`with ${signal ?? `code ${code}`}`));
  });
}

function timeout(ms: number) {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new EmbeddingError(`${WHO} gave no answer within ${ms} ms`)),
      ms,
    );
  });
  return { promise, stop: () => clearTimeout(timer) };
}

/** The file beside this one. Where this one is TypeScript still, so is that, and Node has to be told how to read it. */
function processFile(): URL {
  const ending = extname(new URL(import.meta.url).pathname);
  return new URL(`./local-embeddings-process${ending}`, import.meta.url);
}

const tsx = () => import.meta.resolve('tsx');
