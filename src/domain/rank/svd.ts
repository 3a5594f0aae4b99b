import { symmetricEigen } from './eigen.ts';
import { type Rows, times, transposedTimes } from './rows.ts';

/** The strongest directions of a matrix. Row-major, `rank` numbers for each row and for each column. */
export interface Svd {
  readonly rank: number;
  readonly values: Float64Array;
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

/** More directions than are asked for, and how often the matrix is applied, so that those asked for are good. */
const OVERSAMPLING = 12;
const ITERATIONS = 4;
/** A direction this much weaker than the strongest is taken for rounding. */
const NOISE = 1e-12;

/**
 * A truncated singular value decomposition, by subspace iteration from a random start with a fixed seed.
 * @see Halko, Martinsson and Tropp, Finding Structure with Randomness (2011), algorithm 4.4
 */
export function truncatedSvd(matrix: Rows, rankMax: number): Svd {
  const rows = matrix.starts.length - 1;
  let width = Math.min(rankMax + OVERSAMPLING, rows, matrix.columns);
  if (width === 0) return nothing();
  let basis = times(matrix, noise(matrix.columns * width), width);
  for (let turn = 0; turn < ITERATIONS; turn++) {
    ({ basis, width } = orthonormal(basis, width));
    if (width === 0) return nothing();
    basis = times(matrix, transposedTimes(matrix, basis, width), width);
  }
  ({ basis, width } = orthonormal(basis, width));
  const seen = transposedTimes(matrix, basis, width);
  const { values: squares, vectors } = symmetricEigen(gram(seen, width), width);
  let rank = 0;
  while (rank < Math.min(rankMax, width) && (squares[rank] as number) > NOISE * (squares[0] ?? 0)) {
    rank++;
  }
  const values = Float64Array.from({ length: rank }, (_, k) => Math.sqrt(squares[k] as number));
  const one = values.map(() => 1);
  return {
    rank,
    values,
    rows: turned(basis, width, vectors, one),
    columns: turned(seen, width, vectors, values),
  };
}

function nothing(): Svd {
  const none = new Float64Array(0);
  return { rank: 0, values: none, rows: none, columns: none };
}

/** The same space by columns of length 1 at right angles; directions that the others contain are dropped. */
function orthonormal(basis: Float64Array, width: number): { basis: Float64Array; width: number } {
  const { values, vectors } = symmetricEigen(gram(basis, width), width);
  let rank = 0;
  while (rank < width && (values[rank] as number) > NOISE * (values[0] as number)) rank++;
  const lengths = Float64Array.from({ length: rank }, (_, k) => Math.sqrt(values[k] as number));
  return { basis: turned(basis, width, vectors, lengths), width: rank };
}

/** Products of all pairs of columns. */
function gram(basis: Float64Array, width: number): Float64Array {
  const out = new Float64Array(width * width);
  for (let from = 0; from < basis.length; from += width) {
    for (let i = 0; i < width; i++) {
      const x = basis[from + i] as number;
      if (x === 0) continue;
      for (let j = i; j < width; j++) {
        out[i * width + j] = (out[i * width + j] as number) + x * (basis[from + j] as number);
      }
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) out[i * width + j] = out[j * width + i] as number;
  }
  return out;
}

/** Each row times the first `lengths.length` columns of `vectors`, each divided by its length. */
function turned(
  basis: Float64Array,
  width: number,
  vectors: Float64Array,
  lengths: Float64Array,
): Float64Array {
  const rank = lengths.length;
  const out = new Float64Array((basis.length / width) * rank);
  for (let row = 0; row * width < basis.length; row++) {
    const to = row * rank;
    for (let i = 0; i < width; i++) {
      const x = basis[row * width + i] as number;
      for (let k = 0; k < rank; k++) {
        out[to + k] = (out[to + k] as number) + x * (vectors[i * width + k] as number);
      }
    }
    for (let k = 0; k < rank; k++) out[to + k] = (out[to + k] as number) / (lengths[k] as number);
  }
  return out;
}

/** Numbers between -1 and 1 by xorshift32 from a fixed seed. */
function noise(length: number): Float64Array {
  let state = 0x2545f491;
  return Float64Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 0x80000000;
  });
}
