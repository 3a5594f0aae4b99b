import { resolve } from 'node:path';
import type { z } from 'zod';
import type { Env } from './config-env.ts';
import type { EmbeddingEndpoint } from './sources/embeddings.ts';
import type { LocalModel } from './sources/local-embeddings.ts';

/** What turns texts into vectors, and for how many papers a day, UTC. Vectors are kept by the name `model`. */
export type EmbeddingsConfig = (EmbeddingEndpoint | LocalEmbeddings) & { readonly perDay: number };

interface LocalEmbeddings {
  readonly model: string;
  readonly local: Pick<LocalModel, 'source' | 'isFolder'>;
}

/** Where an environment has vectors made; it was checked before. */
export function embeddingsConfig(env: z.infer<typeof Env>): EmbeddingsConfig | undefined {
  const {
    PAPERBOY_EMBEDDINGS_URL: url,
    PAPERBOY_EMBEDDINGS_MODEL: model,
    PAPERBOY_EMBEDDINGS_API_KEY: apiKey,
    PAPERBOY_EMBEDDINGS_LOCAL: local,
    PAPERBOY_EMBEDDINGS_PER_DAY: perDay,
  } = env;
  if (local !== undefined) {
    const isFolder = /^[./]/.test(local);
    const source = isFolder ? resolve(local) : local;
    return { model: `local:${source}`, local: { source, isFolder }, perDay };
  }
  return url === undefined || model === undefined ? undefined : { url, model, apiKey, perDay };
}
