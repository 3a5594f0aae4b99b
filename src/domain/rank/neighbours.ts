import { type Corpus, heaviest, only, type Sparse } from './vector.ts';

/** The archive's papers by term, each with its heaviest terms alone. */
export interface ArchiveIndex {
  readonly papers: number;
  /** Terms in ascending order; term t has the postings `starts[t]` to `starts[t + 1]`. */
  readonly terms: Uint32Array;
  readonly starts: Uint32Array;
  readonly paper: Uint32Array;
  /** Weights as 0 to 255 of `WEIGHT_MAX`. */
  readonly weight: Uint8Array;
}

/** Papers of the archive that are close to a text, closest first, with their cosines. */
export interface Neighbours {
  readonly papers: Uint32Array;
  readonly cosines: Float32Array;
}

/** The same with the standard deviation of the text's cosines with all papers of the archive. */
export interface Nearby extends Neighbours {
  readonly deviation: number;
}

/** A paper is found by so many of its terms; the others add next to nothing to a cosine. */
const TERMS_MAX = 128;

export const emptyIndex: ArchiveIndex = {
  papers: 0,
  terms: new Uint32Array(0),
  starts: new Uint32Array(1),
  paper: new Uint32Array(0),
  weight: new Uint8Array(0),
};

/**
 * Terms that stand in one paper only bring no other one to it, and would take the place of those that do.
 * @param vectors one of length 1 for each archive paper.
 */
export function indexArchive(vectors: readonly Sparse[], corpus: Corpus): ArchiveIndex {
  const cut = vectors.map((vector) =>
    heaviest(
      only(vector, (term) => corpus.documents(term) > 1),
      TERMS_MAX,
    ),
  );
  const lengths = new Map<number, number>();
  for (const { terms } of cut) {
    for (const term of terms) lengths.set(term, (lengths.get(term) ?? 0) + 1);
  }
  const terms = Uint32Array.from(lengths.keys()).sort();
  const starts = new Uint32Array(terms.length + 1);
  const next = new Map<number, number>();
  terms.forEach((term, at) => {
    next.set(term, starts[at] as number);
    starts[at + 1] = (starts[at] as number) + (lengths.get(term) as number);
  });
  const paper = new Uint32Array(starts[terms.length] as number);
  const weight = new Uint8Array(paper.length);
  cut.forEach((vector, number) => {
    vector.terms.forEach((term, at) => {
      const place = next.get(term) as number;
      next.set(term, place + 1);
      paper[place] = number;
      weight[place] = Math.round(Math.min(1, vector.weights[at] as number) * 255);
    });
  });
  return { papers: vectors.length, terms, starts, paper, weight };
}

/** Finds the archive's papers that share heavy terms with a text; ties end on the order of the archive. */
export class NeighbourSearch {
  readonly #index: ArchiveIndex;
  readonly #sums: Float32Array;

  constructor(index: ArchiveIndex) {
    this.#index = index;
    this.#sums = new Float32Array(index.papers);
  }

  /** @param except a paper of the archive that is left out, because it is the text itself. */
  of(vector: Sparse, max: number, except = -1): Nearby {
    const { terms, starts, paper, weight } = this.#index;
    const sums = this.#sums;
    const touched: number[] = [];
    const query = heaviest(
      only(vector, (term) => find(terms, term) >= 0),
      TERMS_MAX,
    );
    for (let at = 0; at < query.terms.length; at++) {
      const found = find(terms, query.terms[at] as number);
      if (found < 0) continue;
      const factor = (query.weights[at] as number) / 255;
      if (factor <= 0) continue;
      const end = starts[found + 1] as number;
      for (let place = starts[found] as number; place < end; place++) {
        const one = paper[place] as number;
        if (sums[one] === 0) touched.push(one);
        sums[one] = (sums[one] as number) + factor * (weight[place] as number);
      }
    }
    const order = highest(touched, sums, max + 1).filter((one) => one !== except);
    order.sort((a, b) => (sums[b] as number) - (sums[a] as number) || a - b);
    const best = order.slice(0, max);
    const cosines = Float32Array.from(best, (one) => sums[one] as number);
    const deviation = deviationOf(touched, sums, except);
    for (const one of touched) sums[one] = 0;
    return { papers: Uint32Array.from(best), cosines, deviation };
  }
}

/** Of the sums of all papers; those that were not touched are zero. */
function deviationOf(touched: readonly number[], sums: Float32Array, except: number): number {
  const others = sums.length - (except < 0 ? 0 : 1);
  if (others === 0) return 0;
  let sum = 0;
  let squares = 0;
  for (const one of touched) {
    if (one === except) continue;
    sum += sums[one] as number;
    squares += (sums[one] as number) ** 2;
  }
  return Math.sqrt(Math.max(0, squares / others - (sum / others) ** 2));
}

const STEPS = 256;

/** Those that may be among the `max` with the highest sums: sorting the thousands below would cost most. */
function highest(touched: readonly number[], sums: Float32Array, max: number): number[] {
  const step = (one: number) =>
    Math.min(STEPS - 1, Math.floor(Math.sqrt(Math.max(0, sums[one] as number)) * STEPS));
  const counts = new Uint32Array(STEPS);
  for (const one of touched) counts[step(one)] = (counts[step(one)] as number) + 1;
  let least = STEPS - 1;
  let kept = counts[least] as number;
  while (least > 0 && kept < max) kept += counts[--least] as number;
  return touched.filter((one) => step(one) >= least);
}

/** Where the value stands in an ascending list, or -1. */
export function find(list: Uint32Array, value: number): number {
  let low = 0;
  let high = list.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = list[middle] as number;
    if (found === value) return middle;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
