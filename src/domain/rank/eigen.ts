/** Eigenvalues in descending order, and for each of them a unit vector: column k of `vectors`. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

const SWEEPS_MAX = 30;
const SMALL = 1e-20;

/**
 * The eigenvectors of a symmetric matrix of `size` rows, by Jacobi's rotations in a fixed order: additions,
 * products, divisions and square roots alone, so the same on any machine.
 * @see Golub and Van Loan, Matrix Computations, section 8.5
 */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const a = matrix.slice();
  const v = new Float64Array(size * size); // row k holds vector k, so that a rotation runs along memory
  for (let at = 0; at < size; at++) v[at * size + at] = 1;
  let trace = 0;
  for (let at = 0; at < size; at++) trace += (a[at * size + at] as number) ** 2;
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) off += (a[p * size + q] as number) ** 2;
    }
    if (off <= SMALL * trace) break;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) rotate(a, v, size, p, q);
    }
  }
  const order = Array.from({ length: size }, (_, at) => at);
  order.sort((x, y) => (a[y * size + y] as number) - (a[x * size + x] as number) || x - y);
  const vectors = new Float64Array(size * size);
  order.forEach((from, to) => {
    for (let row = 0; row < size; row++) vectors[row * size + to] = v[from * size + row] as number;
  });
  return { values: Float64Array.from(order, (at) => a[at * size + at] as number), vectors };
}

/** Turns the plane of p and q so that their common entry becomes zero. */
function rotate(a: Float64Array, v: Float64Array, size: number, p: number, q: number): void {
  const apq = a[p * size + q] as number;
  if (apq === 0) return;
  const app = a[p * size + p] as number;
  const aqq = a[q * size + q] as number;
  const theta = (aqq - app) / (2 * apq);
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  const pRow = p * size;
  const qRow = q * size;
  for (let k = 0; k < size; k++) {
    if (k !== p && k !== q) {
      const x = a[pRow + k] as number;
      const y = a[qRow + k] as number;
      const newX = cosine * x - sine * y;
      const newY = sine * x + cosine * y;
      a[pRow + k] = newX;
      a[qRow + k] = newY;
      a[k * size + p] = newX;
      a[k * size + q] = newY;
    }
    const x = v[pRow + k] as number;
    const y = v[qRow + k] as number;
    v[pRow + k] = cosine * x - sine * y;
    v[qRow + k] = sine * x + cosine * y;
  }
  a[pRow + p] = app - tangent * apq;
  a[qRow + q] = aqq + tangent * apq;
  a[pRow + q] = 0;
  a[qRow + p] = 0;
}
