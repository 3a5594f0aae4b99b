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
 * What embeddings add to somebody's scores: the mean of a paper's cosines with the papers that they like, from the mean of
 * the edition's papers on, in units of the deviation of two of its papers' cosines, times a weight, in whole `STEP`s. The
 * unit is the same for everybody: so a further like adds its own and changes nothing of what the others say. A paper without a
 * vector gets the mean, 0, so that a gap in the cache neither lifts nor sinks it.
 */
export function embeddingScores(
  liked: readonly Float32Array[],
  papers: readonly (Float32Array | undefined)[],
  weight: number,
): Float64Array {
  const scores = new Float64Array(papers.length);
  const taste = meanOfUnits(liked);
  const { units, deviation } = unitsOf(papers);
  if (taste === undefined || deviation < DEVIATION_MIN) return scores;
  const known = (at: number) => units[at]?.length === taste.length;
  let count = 0;
  let sum = 0;
  for (const [at, unit] of units.entries()) {
    if (unit === undefined || !known(at)) continue;
    scores[at] = dot(taste, unit);
    count++;
    sum += scores[at] as number;
  }
  const mean = sum / Math.max(1, count);
  for (let at = 0; at < scores.length; at++) {
    const apart = known(at) ? ((scores[at] as number) - mean) / deviation : 0;
    scores[at] = Math.round((weight * apart) / STEP) * STEP;
  }
  return scores;
}

/** Below this, papers differ by the last digits of their numbers only. */
const DEVIATION_MIN = 1e-6;
/** Each paper is compared with so many that come after it, to know how much cosines differ. */
const COMPARED = 16;

/** An edition's vectors of length 1, and the deviation of two papers' cosines: for all its subscribers. */
interface Units {
  readonly units: readonly (Float32Array | undefined)[];
  readonly deviation: number;
}
const unitsKnown = new WeakMap<readonly (Float32Array | undefined)[], Units>();

function unitsOf(papers: readonly (Float32Array | undefined)[]): Units {
  const known = unitsKnown.get(papers);
  if (known !== undefined) return known;
  const units = papers.map((vector) => vector && unitOf(vector));
  const made = { units, deviation: deviationOf(units.flatMap((one) => one ?? [])) };
  unitsKnown.set(papers, made);
  return made;
}

function deviationOf(units: readonly Float32Array[]): number {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const [at, one] of units.entries()) {
    for (const other of units.slice(at + 1, at + 1 + COMPARED)) {
      if (other.length !== one.length) continue;
      const cosine = dot(one, other);
      count++;
      sum += cosine;
      squares += cosine * cosine;
    }
  }
  if (count === 0) return 0;
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}

/** Of length 1; `undefined` for what is all zero. */
function unitOf(vector: Float32Array): Float32Array | undefined {
  const length = Math.sqrt(dot(vector, vector));
  return length > 0 ? vector.map((x) => x / length) : undefined;
}

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

/** The mean of vectors of one length, each counting the same; `undefined` when there is none. */
function meanOfUnits(vectors: readonly Float32Array[]): Float64Array | undefined {
  const units = vectors.flatMap((vector) => unitOf(vector) ?? []);
  const alike = units.filter(({ length }) => length === units[0]?.length);
  const [first] = alike;
  if (first === undefined) return undefined;
  const mean = new Float64Array(first.length);
  for (const unit of alike) {
    for (let at = 0; at < mean.length; at++) {
      mean[at] = (mean[at] as number) + (unit[at] as number) / alike.length;
    }
  }
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
