import { z } from 'zod';
import { excerpt } from './explain.ts';
import { postJson } from './post.ts';
import { EmbeddingError, unitVector } from './vectors.ts';

/** Where vectors are made: any endpoint that answers as OpenAI's `/embeddings` does. */
export interface EmbeddingEndpoint {
  /** Without `/embeddings`. */
  readonly url: string;
  readonly model: string;
  readonly apiKey: string | undefined;
  /** For the whole answer. */
  readonly timeoutMs?: number;
}

const WHO = 'the endpoint';
const TIMEOUT_MS = 30_000;
/** 64 vectors of 4,096 numbers as text are about 6 MB. */
const BODY_BYTES_MAX = 20_000_000;

const Answer = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()) })),
});

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
    throw new EmbeddingError(`${WHO} answered with no JSON: ${excerpt(text)}`);
  }
  const parsed = Answer.safeParse(body);
  if (!parsed.success) {
    throw new EmbeddingError(`${WHO} answered with no list of embeddings: ${excerpt(text)}`);
  }
  const { data } = parsed.data;
  const vectors: Float32Array[] = [];
  for (const { index, embedding } of data) {
    if (index >= texts.length || vectors[index] !== undefined) {
      throw new EmbeddingError(`${WHO} named embedding ${index}, of ${texts.length} texts`);
    }
    vectors[index] = unitVector(embedding, dimensions ?? data[0]?.embedding.length ?? 0, WHO);
  }
  if (data.length !== texts.length) {
    throw new EmbeddingError(`${WHO} sent ${data.length} embeddings for ${texts.length} texts`);
  }
  return vectors;
}

async function ask(
  { url, model, apiKey, timeoutMs = TIMEOUT_MS }: EmbeddingEndpoint,
  texts: readonly string[],
  now: Date,
): Promise<string> {
  const reply = await postJson(
    {
      url: `${url}/embeddings`,
      apiKey,
      body: { model, input: texts, encoding_format: 'float' },
      timeoutMs,
      bodyBytesMax: BODY_BYTES_MAX,
    },
    now,
  );
  if (reply.kind === 'too slow') {
    throw new EmbeddingError(`${WHO} gave no complete answer within ${timeoutMs} ms`);
  }
  if (reply.kind === 'broken off') {
    throw new EmbeddingError(`${WHO} could not be read: ${reply.code}`);
  }
  if (reply.isCut) throw new EmbeddingError(`${WHO} sent more than ${BODY_BYTES_MAX} bytes`);
  if (reply.status >= 200 && reply.status < 300) return reply.text;
  throw new EmbeddingError(
    `${WHO} answered ${reply.status}: ${excerpt(reply.text)}`,
    reply.retryAfterMs,
  );
}
