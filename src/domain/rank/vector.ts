import type { Counts } from './analyse.ts';
import { ln } from './maths.ts';

/** Terms in ascending order with their weights. */
export interface Sparse {
  readonly terms: Uint32Array;
  readonly weights: Float32Array;
}

/** What a text is weighed against: how many papers there are, how long they are, who has a term. */
export interface Corpus {
  readonly papers: number;
  /** Mean number of words of a paper, those of the title counted twice. */
  readonly wordsMean: number;
  /** In how many papers the term stands. */
  documents(term: number): number;
}

/** A term of two words weighs half of what it would as one, and a quarter in a typed query. */
const DOUBLE_WEIGHT = 0.5;
const DOUBLE_IN_QUERY = 0.25;
/** How soon more of the same word stops to count, and how much a long text is held against it (Okapi BM25). */
const SATURATION = 1.2;
const LENGTH_PENALTY = 0.75;

/** How rare a term is: ln(1 + (N - n + ½) / (n + ½)), which never falls below zero. */
export function idf(corpus: Corpus, term: number): number {
  const n = corpus.documents(term);
  return ln(1 + (Math.max(0, corpus.papers - n) + 0.5) / (n + 0.5));
}

/** A text's terms as they answer a typed query, and as they are compared with another text. */
export interface TextVectors {
  /** Okapi BM25 of each term. */
  readonly query: Sparse;
  /** The same with idf to the power of 1.5, of length 1, so that two rare words say more than many common ones. */
  readonly likeness: Sparse;
}

/**
 * Weighs a text's terms.
 * @see Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009)
 */
export function textVectors(corpus: Corpus, { single, double }: Counts): TextVectors {
  let words = 0;
  for (const count of single.values()) words += count;
  const long = 1 - LENGTH_PENALTY + (LENGTH_PENALTY * words) / Math.max(1, corpus.wordsMean);
  const query: [number, number][] = [];
  const likeness: [number, number][] = [];
  const weigh = (
    counts: ReadonlyMap<number, number>,
    likenessFactor: number,
    queryFactor: number,
  ) => {
    for (const [term, count] of counts) {
      const rare = idf(corpus, term);
      const often = (count * (SATURATION + 1)) / (count + SATURATION * long);
      query.push([term, queryFactor * often * rare]);
      likeness.push([term, likenessFactor * often * rare * Math.sqrt(rare)]);
    }
  };
  weigh(single, 1, 1);
  weigh(double, DOUBLE_WEIGHT, DOUBLE_IN_QUERY);
  return { query: sparseOf(query), likeness: unit(sparseOf(likeness)) };
}

/** Sorted by term; weights of one term are added up. */
export function sparseOf(entries: [number, number][]): Sparse {
  entries.sort(([a, x], [b, y]) => a - b || x - y);
  const terms: number[] = [];
  const weights: number[] = [];
  for (const [term, weight] of entries) {
    if (terms.at(-1) === term) weights.push((weights.pop() as number) + weight);
    else {
      terms.push(term);
      weights.push(weight);
    }
  }
  return { terms: Uint32Array.from(terms), weights: Float32Array.from(weights) };
}

/** Of length 1; all zero stays so. */
export function unit({ terms, weights }: Sparse): Sparse {
  let square = 0;
  for (const weight of weights) square += weight * weight;
  const length = square === 0 ? 1 : Math.sqrt(square);
  return { terms, weights: weights.map((weight) => weight / length) };
}

/** The terms that weigh most, whichever way, in ascending order. */
export function heaviest(sparse: Sparse, max: number): Sparse {
  if (sparse.terms.length <= max) return sparse;
  const order = Array.from(sparse.terms.keys());
  const { terms, weights } = sparse;
  order.sort(
    (a, b) =>
      Math.abs(weights[b] as number) - Math.abs(weights[a] as number) ||
      (terms[a] as number) - (terms[b] as number),
  );
  const kept = order.slice(0, max).sort((a, b) => a - b);
  return {
    terms: Uint32Array.from(kept, (at) => terms[at] as number),
    weights: Float32Array.from(kept, (at) => weights[at] as number),
  };
}

/** The sum over the terms that both have. */
export function product(a: Sparse, b: Sparse): number {
  let i = 0;
  let j = 0;
  let sum = 0;
  while (i < a.terms.length && j < b.terms.length) {
    const x = a.terms[i] as number;
    const y = b.terms[j] as number;
    if (x === y) sum += (a.weights[i++] as number) * (b.weights[j++] as number);
    else if (x < y) i++;
    else j++;
  }
  return sum;
}

/** The terms that pass, with the weights that they have. */
export function only({ terms, weights }: Sparse, passes: (term: number) => boolean): Sparse {
  const kept: number[] = [];
  terms.forEach((term, at) => {
    if (passes(term)) kept.push(at);
  });
  return {
    terms: Uint32Array.from(kept, (at) => terms[at] as number),
    weights: Float32Array.from(kept, (at) => weights[at] as number),
  };
}
