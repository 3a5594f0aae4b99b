import { STEP } from './score.ts';

/** A model of vectors and what they are worth in everybody's order, as an edition pinned them. */
export interface Weighed {
  readonly model: string;
  readonly weight: number;
}

/** Vectors of an edition's papers, in its order; a paper that had none when it was frozen has none for ever. */
export interface Embedded extends Weighed {
  readonly vectors: readonly (Float32Array | undefined)[];
}

/**
 * What embeddings add to somebody's scores: the cosine of each paper with the mean of the papers that they like, as
 * standard scores (mean 0, deviation 1 over the papers that have a vector), times a weight, in the unit of the other parts and
 * in whole `STEP`s. A paper without a vector gets the mean, 0, so that a gap in the cache neither lifts nor sinks it.
 */
export function embeddingScores(
  liked: readonly Float32Array[],
  papers: readonly (Float32Array | undefined)[],
  weight: number,
): Float64Array {
  const scores = new Float64Array(papers.length);
  const taste = meanVector(liked);
  if (taste === undefined) return scores;
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const [at, vector] of papers.entries()) {
    if (vector === undefined || vector.length !== taste.length) continue;
    const cosine = dot(taste, vector);
    scores[at] = cosine;
    count++;
    sum += cosine;
    squares += cosine * cosine;
  }
  const mean = sum / Math.max(1, count);
  const deviation = Math.sqrt(Math.max(0, squares / Math.max(1, count) - mean * mean));
  for (const [at, vector] of papers.entries()) {
    const known = vector !== undefined && vector.length === taste.length;
    const standard =
      known && deviation > DEVIATION_MIN ? ((scores[at] ?? 0) - mean) / deviation : 0;
    scores[at] = Math.round((weight * standard) / STEP) * STEP;
  }
  return scores;
}

/** Below this, papers differ by the last digits of their numbers only. */
const DEVIATION_MIN = 1e-6;

/** The liked paper whose vector is nearest to a paper's; `undefined` when there is none to compare. */
export function nearestByVector(
  liked: ReadonlyMap<string, Float32Array>,
  vector: Float32Array | undefined,
): string | undefined {
  let nearest: string | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const [id, one] of liked) {
    if (vector === undefined || one.length !== vector.length) continue;
    const cosine = dot(one, vector);
    if (cosine > most || (cosine === most && id < (nearest ?? id))) [nearest, most] = [id, cosine];
  }
  return nearest;
}

/** The mean of vectors of one length, made as long as 1; `undefined` when there is none, or they cancel out. */
function meanVector(vectors: readonly Float32Array[]): Float64Array | undefined {
  const [first] = vectors;
  if (first === undefined) return undefined;
  const mean = new Float64Array(first.length);
  for (const vector of vectors) {
    if (vector.length !== mean.length) continue;
    for (let at = 0; at < mean.length; at++) mean[at] = (mean[at] ?? 0) + (vector[at] ?? 0);
  }
  const length = Math.sqrt(mean.reduce((sum, x) => sum + x * x, 0));
  if (!(length > 0)) return undefined;
  for (let at = 0; at < mean.length; at++) mean[at] = (mean[at] ?? 0) / length;
  return mean;
}

function dot(a: ArrayLike<number>, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

/** How well an order did on some tasks without and with embeddings, task by task in the same order. */
export interface Measured {
  readonly without: readonly number[];
  readonly with: readonly number[];
}

/** With fewer tasks a mean is chance. */
const TASKS_MIN = 30;

/** What a measurement says: the mean gain over tasks, its standard error, and whether it is one. */
export interface Verdict {
  readonly tasks: number;
  readonly without: number;
  readonly with: number;
  readonly gain: number;
  readonly error: number;
  /** At least 30 tasks, and a gain of more than two standard errors. */
  readonly improves: boolean;
}

/** Whether embeddings improve an order: a paired comparison over tasks. @throws RangeError when the pairs do not match. */
export function verdict(measured: Measured): Verdict {
  const tasks = measured.without.length;
  if (measured.with.length !== tasks) {
    throw new RangeError(`${tasks} tasks without embeddings, ${measured.with.length} with them`);
  }
  const gains = measured.with.map((value, at) => value - (measured.without[at] ?? 0));
  const gain = mean(gains);
  const error = Math.sqrt(mean(gains.map((one) => (one - gain) ** 2)) / Math.max(1, tasks - 1));
  return {
    tasks,
    without: mean(measured.without),
    with: mean(measured.with),
    gain,
    error,
    improves: tasks >= TASKS_MIN && gain > 2 * error && gain > 0,
  };
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);
}
