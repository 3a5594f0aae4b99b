import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { TEXT_CHARS_MAX } from '../../src/embed.ts';
import type { Embedder } from '../../src/embedder.ts';
import type { Half, Task } from './read.ts';

const Line = z.object({ id: z.string(), model: z.string(), vector: z.string() });

/**
 * The vectors of every paper that a task with likes names. They are kept in a file, a line each, so that a run that was
 * broken off goes on where it ended and the next one asks for nothing.
 * @throws EmbeddingError
 */
export async function vectorsFor(
  half: Half,
  tasks: readonly Task[],
  embedder: Embedder,
  file: string,
): Promise<Map<string, Float32Array>> {
  const vectors = keptIn(file, embedder.model);
  const named = tasks.flatMap(({ liked, pool }) => [...liked, ...(half.pools.get(pool) ?? [])]);
  const missing = [...new Set(named)].filter((id) => !vectors.has(id)).sort();
  const { textsAtOnce } = embedder;
  for (let at = 0; at < missing.length; at += textsAtOnce) {
    const ids = missing.slice(at, at + textsAtOnce);
    const texts = ids.map((id) => (half.papers.get(id)?.text ?? '').slice(0, TEXT_CHARS_MAX));
    const found = await embedder.embed(texts, new Date());
    const lines = ids.map((id, place) => {
      const vector = found[place] as Float32Array;
      vectors.set(id, vector);
      return `${JSON.stringify({ id, model: embedder.model, vector: base64(vector) })}\n`;
    });
    appendFileSync(file, lines.join(''));
    process.stderr.write(
      `\r${Math.min(at + textsAtOnce, missing.length)} of ${missing.length} papers`,
    );
  }
  if (missing.length > 0) process.stderr.write('\n');
  return vectors;
}

function keptIn(file: string, model: string): Map<string, Float32Array> {
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Line.parse(JSON.parse(line)));
  return new Map(
    lines.filter((line) => line.model === model).map(({ id, vector }) => [id, floats(vector)]),
  );
}

function base64({ buffer, byteOffset, byteLength }: Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

function floats(text: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Float32Array(bytes.buffer);
}
