import { createRequire } from 'node:module';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What the process is told: first what to load, then texts. */
export type LocalQuestion = { readonly load: LoadLocal } | { readonly texts: readonly string[] };

/** What it answers, once for each question. */
export type LocalReply =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'vectors'; readonly vectors: unknown }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'no package' };

export interface LoadLocal {
  /** A model id of the hub, or the absolute path of a folder. */
  readonly source: string;
  readonly isFolder: boolean;
  /** Where files from the hub are kept. */
  readonly modelsDir: string;
  readonly hubUrl: string;
  /** Where the package may be installed; the first folder that has it counts. */
  readonly packageFolders: readonly string[];
}

/** The package is the operator's to install: no type of it is here. */
const PACKAGE = '@huggingface/transformers';

interface Transformers {
  readonly env: {
    allowLocalModels: boolean;
    allowRemoteModels: boolean;
    cacheDir: string;
    remoteHost: string;
  };
  pipeline(
    task: 'feature-extraction',
    model: string,
    options: { readonly device: 'cpu'; readonly dtype: 'fp32' },
  ): Promise<Extract>;
}

type Extract = (
  texts: readonly string[],
  options: { readonly pooling: 'mean'; readonly normalize: true },
) => Promise<{ tolist(): unknown }>;

let extract: Extract | undefined;

/**
 * The process of a local model. Its arithmetic is native and holds the thread that asks for it, for seconds; a thread that is
 * ended meanwhile takes its whole process with it. Here it stands in nobody's way and can be ended at any time.
 */
process.on('message', (question: LocalQuestion) => {
  void answer(question).then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit()); // nobody is left to answer to
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {}); // whoever asked ends it
setPriority(constants.priority.PRIORITY_BELOW_NORMAL); // emails come first

async function answer(question: LocalQuestion): Promise<LocalReply> {
  try {
    if ('load' in question) return await load(question.load);
    if (extract === undefined) return { kind: 'failed', why: 'no model is loaded' };
    const tensor = await extract(question.texts, { pooling: 'mean', normalize: true });
    return { kind: 'vectors', vectors: tensor.tolist() };
  } catch (error) {
    return { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
  }
}

async function load(wanted: LoadLocal): Promise<LocalReply> {
  const file = packageFile(wanted.packageFolders);
  if (file === undefined) return { kind: 'no package' };
  const module = await import(pathToFileURL(file).href);
  const { env, pipeline }: Transformers = module.pipeline === undefined ? module.default : module;
  // A folder is all there is; of a model from the hub nothing but the hub's files counts.
  env.allowLocalModels = wanted.isFolder;
  env.allowRemoteModels = !wanted.isFolder;
  env.cacheDir = wanted.modelsDir;
  env.remoteHost = wanted.hubUrl;
  extract = await pipeline('feature-extraction', wanted.source, { device: 'cpu', dtype: 'fp32' });
  return { kind: 'loaded' };
}

function packageFile(folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    try {
      return createRequire(join(folder, 'package.json')).resolve(PACKAGE);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}
