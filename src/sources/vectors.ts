const DIMENSIONS_MAX = 8_192;

/** No vectors came; `retryAfterMs` is what an endpoint asked for, when it refused. */
export class EmbeddingError extends Error {
  override readonly name = 'EmbeddingError';
  readonly retryAfterMs: number | undefined;
  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * A vector as long as 1.
 * @param whose for the error: who made it.
 * @throws EmbeddingError when it has another dimension or no direction.
 */
export function unitVector(
  embedding: readonly number[],
  dimensions: number,
  whose: string,
): Float32Array {
  if (embedding.length !== dimensions || dimensions === 0 || dimensions > DIMENSIONS_MAX) {
    throw new EmbeddingError(
      `${whose} sent ${embedding.length} numbers where ${dimensions} were expected`,
    );
  }
  const length = Math.sqrt(embedding.reduce((sum, number) => sum + number * number, 0));
  if (!Number.isFinite(length) || length === 0) {
    throw new EmbeddingError(`${whose} sent an embedding without a direction`);
  }
  return Float32Array.from(embedding, (number) => number / length);
}
