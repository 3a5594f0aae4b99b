import { z } from 'zod';
import { excerpt } from './explain.ts';
import { retryAfterMs } from './retry.ts';

/** Where vectors are made. */
export interface EmbeddingEndpoint {
  /** Without `/embeddings`. */
  readonly url: string;
  readonly model: string;
  readonly apiKey: string | undefined;
  /** For the whole answer. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;
/** 64 vectors of 4,096 numbers as text are about 6 MB. */
const BODY_BYTES_MAX = 20_000_000;
const DIMENSIONS_MAX = 8_192;

const Answer = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()) })),
});

/** The endpoint brought no vectors; `retryAfterMs` is what it asked for, when it refused. */
export class EmbeddingError extends Error {
  override readonly name = 'EmbeddingError';
  readonly retryAfterMs: number | undefined;
  constructor(message: string, retryAfterMs?: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * The vectors of some texts, in their order, each made as long as 1.
 * @param dimensions that they must have; absent: whatever comes, the same for all.
 * @throws EmbeddingError for everything but a complete and sound answer.
 * @see https://platform.openai.com/docs/api-reference/embeddings/create
 */
export async function embed(
  endpoint: EmbeddingEndpoint,
  texts: readonly string[],
  now: Date,
  dimensions?: number,
): Promise<Float32Array[]> {
  const text = await ask(endpoint, texts, now);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new EmbeddingError(`the endpoint answered with no JSON: ${excerpt(text)}`);
  }
  const parsed = Answer.safeParse(body);
  if (!parsed.success) {
    throw new EmbeddingError(`the endpoint answered with no list of embeddings: ${excerpt(text)}`);
  }
  const vectors: Float32Array[] = [];
  for (const { index, embedding } of parsed.data.data) {
    if (index >= texts.length || vectors[index] !== undefined) {
      throw new EmbeddingError(`the endpoint named embedding ${index}, of ${texts.length} texts`);
    }
    vectors[index] = sound(embedding, dimensions ?? parsed.data.data[0]?.embedding.length ?? 0);
  }
  if (parsed.data.data.length !== texts.length) {
    throw new EmbeddingError(
      `the endpoint sent ${parsed.data.data.length} embeddings for ${texts.length} texts`,
    );
  }
  return vectors;
}

async function ask(
  endpoint: EmbeddingEndpoint,
  texts: readonly string[],
  now: Date,
): Promise<string> {
  const timeoutMs = endpoint.timeoutMs ?? TIMEOUT_MS;
  const signal = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(`${endpoint.url}/embeddings`, {
      method: 'POST',
      redirect: 'error', // papers and the key go to the address that was named and no other
      signal,
      headers: {
        'content-type': 'application/json',
        ...(endpoint.apiKey === undefined ? {} : { authorization: `Bearer ${endpoint.apiKey}` }),
      },
      body: JSON.stringify({ model: endpoint.model, input: texts, encoding_format: 'float' }),
    });
    const text = await bodyOf(response);
    if (response.ok) return text;
    throw new EmbeddingError(
      `the endpoint answered ${response.status}: ${excerpt(text)}`,
      retryAfterMs(response.headers.get('retry-after') ?? undefined, now),
    );
  } catch (error) {
    if (error instanceof EmbeddingError) throw error;
    const { message, cause } = error as Error;
    const why = signal.aborted
      ? `gave no complete answer within ${timeoutMs} ms`
      : `could not be read: ${cause instanceof Error ? cause.message || message : message}`;
    throw new EmbeddingError(`the endpoint ${why}`, undefined, { cause: error });
  }
}

async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_MAX) {
      throw new EmbeddingError(`the endpoint sent more than ${BODY_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** The vector as long as 1. */
function sound(embedding: readonly number[], dimensions: number): Float32Array {
  if (embedding.length !== dimensions || dimensions === 0 || dimensions > DIMENSIONS_MAX) {
    throw new EmbeddingError(
      `the endpoint sent ${embedding.length} numbers where ${dimensions} were expected`,
    );
  }
  const length = Math.sqrt(embedding.reduce((sum, number) => sum + number * number, 0));
  if (!Number.isFinite(length) || length === 0) {
    throw new EmbeddingError('the endpoint sent an embedding without a direction');
  }
  return Float32Array.from(embedding, (number) => number / length);
}
