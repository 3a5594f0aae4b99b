import { addScaled, DIMENSIONS, normalise, products } from './dense.ts';
import { TOPICS, worthOfTopics } from './opinions.ts';
import type { Pool } from './pool.ts';
import { addTerm } from './postings.ts';
import type { Topic } from './profile.ts';
import { centred, spread } from './spread.ts';

/** In a day's papers five that answer a query are seldom found; in a whole archive they are. */
const PAPERS_MIN = 1_000;
const BEST = 5;
const WEIGHT = 0.5;
const LEAST = 0.001;

/**
 * Feedback without a reader: the words and the meaning of the five papers that answer the typed topics best are
 * asked for as well, the first ones more. Only in a pool as large as an archive.
 * @see Rocchio (1971); Lavrenko and Croft, Relevance-Based Language Models (2001)
 */
export function addFeedback(
  pool: Pool,
  typed: readonly Topic[],
  topics: Float64Array,
  meaning: Float64Array,
): void {
  if (pool.papers.length < PAPERS_MIN) return;
  const texts = typed.map(({ text }) => text);
  // What the topics find alone: likes would have a say in what is asked for.
  const base = new Float64Array(topics.length);
  products(worthOfTopics(pool.model, texts).meaning, pool.meanings, base);
  centred(base, pool.byId);
  for (let paper = 0; paper < base.length; paper++) {
    base[paper] = (base[paper] as number) + (topics[paper] as number);
  }
  const best = Array.from(base.keys()).sort(
    (a, b) =>
      (base[b] as number) - (base[a] as number) ||
      (pool.tieRank[a] as number) - (pool.tieRank[b] as number),
  );
  const words = new Float64Array(base.length);
  const meant = new Float64Array(base.length);
  const centre = new Float32Array(DIMENSIONS);
  best.slice(0, BEST).forEach((paper, rank) => {
    const weight = 1 / (rank + 1);
    const vector = pool.vectors[paper]?.likeness;
    vector?.terms.forEach((term, at) => {
      const factor = weight * (vector.weights[at] as number);
      addTerm(pool.postings, pool.postings.likeness, term, factor, words);
    });
    const from = paper * DIMENSIONS;
    addScaled(centre, pool.meanings.subarray(from, from + DIMENSIONS), 0, weight);
  });
  normalise(centre);
  products(centre, pool.meanings, meant);
  for (const found of [words, meant]) {
    centred(found, pool.byId);
    spread(found, pool.byId, WEIGHT * TOPICS, LEAST);
  }
  for (let paper = 0; paper < base.length; paper++) {
    topics[paper] = (topics[paper] as number) + (words[paper] as number);
    meaning[paper] = (meaning[paper] as number) + (meant[paper] as number);
  }
}
