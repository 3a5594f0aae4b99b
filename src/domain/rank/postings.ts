import type { TextVectors } from './vector.ts';

/** A pool's papers by term. */
export interface Postings {
  /** Number of each term that stands in the pool. */
  readonly termAt: ReadonlyMap<number, number>;
  /** Of term t the postings `starts[t]` to `starts[t + 1]`: which paper, and its two weights. */
  readonly starts: Uint32Array;
  readonly paper: Uint32Array;
  readonly likeness: Float32Array;
  readonly query: Float32Array;
}

/** @param vectors of each paper; its two hold the same terms in the same order. */
export function postingsOf(vectors: readonly TextVectors[]): Postings {
  const termAt = new Map<number, number>();
  const lengths: number[] = [];
  for (const { query } of vectors) {
    for (const term of query.terms) {
      const at = termAt.get(term);
      if (at === undefined) {
        termAt.set(term, lengths.length);
        lengths.push(1);
      } else lengths[at] = (lengths[at] as number) + 1;
    }
  }
  const starts = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, at) => {
    starts[at + 1] = (starts[at] as number) + length;
  });
  const next = starts.slice();
  const total = starts[lengths.length] as number;
  const paper = new Uint32Array(total);
  const likeness = new Float32Array(total);
  const query = new Float32Array(total);
  vectors.forEach((vector, number) => {
    vector.query.terms.forEach((term, at) => {
      const local = termAt.get(term) as number;
      const place = next[local] as number;
      next[local] = place + 1;
      paper[place] = number;
      likeness[place] = vector.likeness.weights[at] as number;
      query[place] = vector.query.weights[at] as number;
    });
  });
  return { termAt, starts, paper, likeness, query };
}

/** Adds so much of a term's weights to the papers that have it. */
export function addTerm(
  { termAt, starts, paper }: Postings,
  weights: Float32Array,
  term: number,
  factor: number,
  into: Float64Array,
): void {
  const local = termAt.get(term);
  if (local === undefined) return;
  const end = starts[local + 1] as number;
  for (let at = starts[local] as number; at < end; at++) {
    const one = paper[at] as number;
    into[one] = (into[one] as number) + factor * (weights[at] as number);
  }
}
