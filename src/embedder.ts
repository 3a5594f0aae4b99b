import { resolve } from 'node:path';
import type { Config } from './config.ts';
import { packageRoot } from './root.ts';
import { embed } from './sources/embeddings.ts';
import { openLocalModel } from './sources/local-embeddings.ts';

/** What turns texts into vectors, as configured: an endpoint, or a model beside this process. */
export interface Embedder {
  /** What its vectors are kept under. */
  readonly model: string;
  /** Papers a day, UTC. */
  readonly perDay: number;
  /** How many vectors are made before they are kept. */
  readonly textsAtOnce: number;
  /**
   * @param dimensions that the vectors must have; absent: whatever comes, the same for all.
   * @throws EmbeddingError for everything but a sound vector for each text.
   */
  embed(texts: readonly string[], now: Date, dimensions?: number): Promise<Float32Array[]>;
  close(): void;
}

/** Most of what an endpoint takes in one request; a model beside this process takes seconds for half as many. */
const ENDPOINT_TEXTS = 64;
const LOCAL_TEXTS = 32;

/** Opens what is configured; undefined when nothing is. Nothing is asked or loaded yet. */
export function openEmbedder({ embeddings, home, places }: Config): Embedder | undefined {
  if (embeddings === undefined) return undefined;
  const { model, perDay } = embeddings;
  if (!('local' in embeddings)) {
    return {
      model,
      perDay,
      textsAtOnce: ENDPOINT_TEXTS,
      embed: (texts, now, dimensions) => embed(embeddings, texts, now, dimensions),
      close: () => {},
    };
  }
  const { embed: embedHere, close } = openLocalModel({
    ...embeddings.local,
    modelsDir: resolve(home, 'models'),
    hubUrl: places.hf,
    // The home stands first: `npm ci` in the project would empty the second.
    packageFolders: [resolve(home), packageRoot(), process.cwd()],
  });
  return {
    model,
    perDay,
    textsAtOnce: LOCAL_TEXTS,
    embed: (texts, _, dimensions) => embedHere(texts, dimensions),
    close,
  };
}
