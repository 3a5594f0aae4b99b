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

/** The product of two vectors. Four sums side by side, always in the same order. */
export function dot(a: Float32Array, aFrom: number, b: Float32Array, bFrom: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let d = 0; d < DIMENSIONS; d += 4) {
    s0 += (a[aFrom + d] as number) * (b[bFrom + d] as number);
    s1 += (a[aFrom + d + 1] as number) * (b[bFrom + d + 1] as number);
    s2 += (a[aFrom + d + 2] as number) * (b[bFrom + d + 2] as number);
    s3 += (a[aFrom + d + 3] as number) * (b[bFrom + d + 3] as number);
  }
  return s0 + s1 + (s2 + s3);
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
