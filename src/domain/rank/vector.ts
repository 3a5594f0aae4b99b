import type { Counts } from './analyse.ts';
import { ln } from './maths.ts';
import { documentsWith, type Model } from './model.ts';

/** Terms in ascending order with their weights. */
export interface Sparse {
  readonly terms: Uint32Array;
  readonly weights: Float32Array;
}

/** A term of two words weighs half of what it would as one. */
const DOUBLE_WEIGHT = 0.5;

/** How rare a term is, by the probabilistic idf that never falls below zero: ln(1 + (N - n + ½) / (n + ½)). */
export function idf(papers: number, documents: number): number {
  return ln(1 + (Math.max(0, papers - documents) + 0.5) / (documents + 0.5));
}

/** TF-IDF of length 1: 1 + ln tf, times idf; all zero for a text without terms. */
export function textVector(
  model: Model,
  { single, double }: Counts,
  also: (term: number) => number,
  alsoPapers: number,
): Sparse {
  const entries: [number, number][] = [];
  const papers = Math.max(1, model.papers + alsoPapers);
  const weigh = (counts: ReadonlyMap<number, number>, factor: number) => {
    for (const [term, count] of counts) {
      const known = documentsWith(model, term) + also(term);
      entries.push([term, factor * (1 + ln(count)) * idf(papers, known)]);
    }
  };
  weigh(single, 1);
  weigh(double, DOUBLE_WEIGHT);
  return sparseOf(entries);
}

/** Sorted by term, terms that meet added up, of length 1. */
export function sparseOf(entries: [number, number][]): Sparse {
  entries.sort(([a], [b]) => a - b);
  const terms: number[] = [];
  const weights: number[] = [];
  for (const [term, weight] of entries) {
    if (terms.at(-1) === term) weights.push((weights.pop() as number) + weight);
    else {
      terms.push(term);
      weights.push(weight);
    }
  }
  let square = 0;
  for (const weight of weights) square += weight * weight;
  const length = square === 0 ? 1 : Math.sqrt(square);
  return { terms: Uint32Array.from(terms), weights: Float32Array.from(weights, (w) => w / length) };
}
