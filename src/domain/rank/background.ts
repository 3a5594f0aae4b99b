import { addScaled, DIMENSIONS, productAt } from './dense.ts';

/**
 * How vectors of the archive's papers are distributed: what any two of them have in common, and how much they differ.
 * Like what is fitted by night it is the same for everybody, so that no scale hangs on what else somebody likes.
 */
export interface Background {
  readonly mean: Float32Array;
  /** `DIMENSIONS` rows of as many numbers; symmetric. */
  readonly covariance: Float32Array;
}

export const noBackground: Background = {
  mean: new Float32Array(DIMENSIONS),
  covariance: new Float32Array(DIMENSIONS * DIMENSIONS),
};

/** Papers that it is worked out from; with so many a deviation is within some hundredths. */
export const SAMPLE_MAX = 1_000;

/** Places of at most `SAMPLE_MAX` of so many papers, as far from each other as can be. */
export function sampleOf(papers: number): number[] {
  const size = Math.min(papers, SAMPLE_MAX);
  return Array.from({ length: size }, (_, at) => Math.floor((at * papers) / size));
}

/** @param vectors of `DIMENSIONS` numbers each, in an order of their own. */
export function backgroundOf(vectors: readonly Float32Array[]): Background {
  if (vectors.length === 0) return noBackground;
  const mean = new Float64Array(DIMENSIONS);
  for (const vector of vectors) {
    for (let d = 0; d < DIMENSIONS; d++) mean[d] = (mean[d] as number) + (vector[d] as number);
  }
  for (let d = 0; d < DIMENSIONS; d++) mean[d] = (mean[d] as number) / vectors.length;
  const sums = new Float64Array(DIMENSIONS * DIMENSIONS);
  const apart = new Float64Array(DIMENSIONS);
  for (const vector of vectors) {
    for (let d = 0; d < DIMENSIONS; d++) apart[d] = (vector[d] as number) - (mean[d] as number);
    for (let row = 0; row < DIMENSIONS; row++) {
      const factor = apart[row] as number;
      const from = row * DIMENSIONS;
      for (let d = 0; d <= row; d++) {
        sums[from + d] = (sums[from + d] as number) + factor * (apart[d] as number);
      }
    }
  }
  const covariance = new Float32Array(DIMENSIONS * DIMENSIONS);
  for (let row = 0; row < DIMENSIONS; row++) {
    for (let d = 0; d <= row; d++) {
      const value = (sums[row * DIMENSIONS + d] as number) / vectors.length;
      covariance[row * DIMENSIONS + d] = value;
      covariance[d * DIMENSIONS + row] = value;
    }
  }
  return { mean: Float32Array.from(mean), covariance };
}

/** The standard deviation of the products of a vector with those of the archive. */
export function deviationOf({ covariance }: Background, vector: Float32Array): number {
  let sum = 0;
  for (let row = 0; row < DIMENSIONS; row++) {
    sum += (vector[row] as number) * productAt(vector, covariance, row * DIMENSIONS);
  }
  return Math.sqrt(Math.max(0, sum));
}

/** Takes from a vector what it has in common with any other of the archive; one that is all zero stays so. */
export function centre({ mean }: Background, vector: Float32Array): void {
  if (vector.some((value) => value !== 0)) addScaled(vector, mean, 0, -1);
}
