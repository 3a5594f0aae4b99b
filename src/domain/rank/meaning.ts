import { DIMENSIONS, fromBytes, normalise, toBytes } from './dense.ts';
import { find } from './neighbours.ts';
import { rowsOf } from './rows.ts';
import { truncatedSvd } from './svd.ts';
import type { Sparse } from './vector.ts';

/** Directions of meaning: which words go together in the archive. */
export interface Meaning {
  /** Terms of one word in ascending order, each with `DIMENSIONS` bytes. */
  readonly terms: Uint32Array;
  readonly directions: Int8Array;
  /** How much a byte of each term is worth. */
  readonly scales: Float32Array;
}

const TERMS_MAX = 30_000;
const DOCUMENTS_MIN = 2;

export const emptyMeaning: Meaning = {
  terms: new Uint32Array(0),
  directions: new Int8Array(0),
  scales: new Float32Array(0),
};

/**
 * Latent semantic analysis: the strongest directions of the matrix of archive papers and single words.
 * @see Deerwester et al., Indexing by Latent Semantic Analysis (1990)
 * @param documents in how many archive papers each single term stands.
 */
export function fitMeaning(
  vectors: readonly Sparse[],
  documents: ReadonlyMap<number, number>,
): Meaning {
  const kept = [...documents]
    .filter(([, count]) => count >= DOCUMENTS_MIN)
    .sort(([a, x], [b, y]) => y - x || a - b)
    .slice(0, TERMS_MAX);
  const terms = Uint32Array.from(kept, ([term]) => term).sort();
  const rows = vectors.map((vector) => {
    const row: [number, number][] = [];
    vector.terms.forEach((term, at) => {
      const column = find(terms, term);
      if (column >= 0) row.push([column, vector.weights[at] as number]);
    });
    return row;
  });
  const { rank, columns } = truncatedSvd(rowsOf(terms.length, rows), DIMENSIONS);
  const directions = new Int8Array(terms.length * DIMENSIONS);
  const scales = new Float32Array(terms.length);
  for (let term = 0; term < terms.length && rank > 0; term++) {
    const exact = Float32Array.from(columns.subarray(term * rank, (term + 1) * rank));
    const bytes = toBytes(exact);
    directions.set(bytes, term * DIMENSIONS);
    scales[term] = exact.reduce((max, value) => Math.max(max, Math.abs(value)), 0) / 127;
  }
  return { terms, directions, scales };
}

/** The meaning of a text as `DIMENSIONS` numbers of length 1; all zero when no word of it is known. */
export function meaningOf(meaning: Meaning, vector: Sparse): Float32Array {
  const out = new Float32Array(DIMENSIONS);
  vector.terms.forEach((term, at) => {
    const found = find(meaning.terms, term);
    if (found < 0) return;
    const factor = (vector.weights[at] as number) * (meaning.scales[found] as number);
    const from = found * DIMENSIONS;
    for (let d = 0; d < DIMENSIONS; d++) {
      out[d] = (out[d] as number) + factor * (meaning.directions[from + d] as number);
    }
  });
  normalise(out);
  return fromBytes(toBytes(out));
}
