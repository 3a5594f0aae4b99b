/** How many numbers a paper's meaning has, and its community factor. A multiple of four. */
export const DIMENSIONS = 128;

/** Divides `DIMENSIONS` numbers from `at` by their length, in place; what is all zero stays so. */
export function normalise(vectors: Float32Array, at = 0): void {
  let square = 0;
  for (let d = at; d < at + DIMENSIONS; d++) square += (vectors[d] as number) ** 2;
  if (square === 0) return;
  const length = Math.sqrt(square);
  for (let d = at; d < at + DIMENSIONS; d++) vectors[d] = (vectors[d] as number) / length;
}

/** Adds `factor` times the vector at `from` of `source` to the one at the beginning of `into`. */
export function addScaled(
  into: Float32Array,
  source: Float32Array | Int8Array,
  from: number,
  factor: number,
): void {
  for (let d = 0; d < DIMENSIONS; d++) {
    into[d] = (into[d] as number) + factor * (source[from + d] as number);
  }
}

/**
 * The products of a vector with each row of a matrix, into `into`: four rows at a time, so that what is read of the
 * vector serves them all and no sum waits for the one before. Each sum runs over its row from the left.
 */
export function products(vector: Float32Array, rows: Float32Array, into: Float64Array): void {
  const size = DIMENSIONS;
  const last = (into.length - 1) * size;
  for (let row = 0; row < into.length; row += 4) {
    // At the end the last row stands in for those that are not there; what is written outside of `into` is lost.
    const a = row * size;
    const b = Math.min(a + size, last);
    const c = Math.min(b + size, last);
    const d = Math.min(c + size, last);
    let ofA = 0;
    let ofB = 0;
    let ofC = 0;
    let ofD = 0;
    for (let at = 0; at < size; at += 2) {
      const one = vector[at] as number;
      const two = vector[at + 1] as number;
      ofA += one * (rows[a + at] as number);
      ofB += one * (rows[b + at] as number);
      ofC += one * (rows[c + at] as number);
      ofD += one * (rows[d + at] as number);
      ofA += two * (rows[a + at + 1] as number);
      ofB += two * (rows[b + at + 1] as number);
      ofC += two * (rows[c + at + 1] as number);
      ofD += two * (rows[d + at + 1] as number);
    }
    into[row] = ofA;
    into[row + 1] = ofB;
    into[row + 2] = ofC;
    into[row + 3] = ofD;
  }
}

/** The product of a vector with the one at `from` of `rows`. */
export function productAt(vector: Float32Array, rows: Float32Array, from: number): number {
  let sum = 0;
  for (let d = 0; d < DIMENSIONS; d++) sum += (vector[d] as number) * (rows[from + d] as number);
  return sum;
}

/** A vector as bytes, its largest number as 127: how long it was is lost. */
export function toBytes(vector: Float32Array): Int8Array {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return new Int8Array(vector.length);
  return Int8Array.from(vector, (value) => Math.round((value / largest) * 127));
}

/** A vector of length 1 again, or all zero. */
export function fromBytes(bytes: Int8Array): Float32Array {
  const vector = Float32Array.from(bytes);
  normalise(vector);
  return vector;
}
