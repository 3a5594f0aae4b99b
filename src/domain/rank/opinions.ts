import { countTerms } from './analyse.ts';
import { type Background, centre, deviationOf } from './background.ts';
import { addThrough, factorOf, NEIGHBOURS, ownFactor, support } from './community.ts';
import { addScaled, DIMENSIONS, normalise } from './dense.ts';
import { halved } from './maths.ts';
import { meaningOf } from './meaning.ts';
import { archiveOf, lookupsOf, type Model } from './model.ts';
import type { Liked, Tastes } from './profile.ts';
import { only, type Sparse, sparseOf, textVectors } from './vector.ts';

const HALF_LIFE_DAYS = 365;
/** What a dislike takes away, against what a like gives. */
const DISLIKE = 0.5;
/** How much each part of a like counts, per unit of its deviation within the archive. */
const WORDS = 1;
const MEANING = 1;
const READERS = 4;
/** A typed topic says in a few words what it means: the words as such say more. */
const MEANING_OF_TOPICS = 0.5;
/** What a typed topic counts against a liked paper. */
export const TOPICS = 0.7;
/** A liked paper's neighbours tell of its readers too, less surely than it does. */
const NEIGHBOURS_SHARE = 0.5;
/** Deviations of papers as a rule are some times as large; what lies below is taken for these. */
const LEAST = { words: 0.003, vectors: 0.02 } as const;
/** The deviation of words without an archive to measure it by. */
const USUAL_WORDS = 0.005;

/**
 * What something is worth to every paper: by its words, its meaning and its readers, in units of the score. A score is a
 * product of the paper's features with these, so that those of several likes can be added up.
 */
export interface Worth {
  readonly words: Sparse;
  readonly meaning: Float32Array;
  readonly factor: Float32Array;
}

/** What a like counts today. */
export function weightOf({ weight, ageDays }: Liked): number {
  return weight * halved(Math.max(0, ageDays) / HALF_LIFE_DAYS);
}

/**
 * What all opinions together are worth: the weighted mean of what each alone would be, dislikes with half the weight and
 * against it. So what somebody's tastes and a further like both put in front stays there when they like that one too.
 * @see Young, Social Choice Scoring Functions (1975), on consistency
 */
export function worthOf(model: Model, { liked, disliked }: Tastes): Worth {
  const words: [number, number][] = [];
  const meaning = new Float32Array(DIMENSIONS);
  const factor = new Float32Array(DIMENSIONS);
  const all = sumOf(liked) + DISLIKE * sumOf(disliked) || 1;
  const add = (papers: readonly Liked[], sign: number) => {
    for (const paper of inOrder(papers)) {
      const share = (sign * weightOf(paper)) / all;
      const worth = readOnce(model, paper);
      worth.words.terms.forEach((term, at) => {
        words.push([term, share * (worth.words.weights[at] as number)]);
      });
      addScaled(meaning, worth.meaning, 0, share);
      addScaled(factor, worth.factor, 0, share);
    }
  };
  add(liked, 1);
  add(disliked, -DISLIKE);
  return { words: sparseOf(words), meaning, factor };
}

function sumOf(papers: readonly Liked[]): number {
  return inOrder(papers).reduce((sum, paper) => sum + weightOf(paper), 0);
}

/** In an order of their own, so that sums do not hang on the one in which they were given. */
function inOrder(papers: readonly Liked[]): Liked[] {
  const key = ({ id, title, abstract }: Liked) => `${id ?? ''}\n${title}\n${abstract}`;
  return papers
    .map((paper) => ({ paper, key: key(paper), weight: weightOf(paper) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.weight - b.weight))
    .map(({ paper }) => paper);
}

/**
 * What typed topics mean, and who likes what they find, so that a few words find readers as well. Their words are
 * matched as such.
 */
export function worthOfTopics(
  model: Model,
  topics: readonly string[],
): Pick<Worth, 'meaning' | 'factor'> {
  const { query, likeness } = textVectors(archiveOf(model), countTerms('', '', ...topics));
  const meaning = meaningOf(model.meaning, query);
  const factor = new Float32Array(DIMENSIONS);
  if (support(model.community) > 0) {
    const found = lookupsOf(model).search.of(likeness, NEIGHBOURS);
    addThrough(factor, model.community, found, true, 1);
    normalise(factor);
  }
  scaled(model.usual.meaning, meaning, TOPICS * MEANING_OF_TOPICS);
  scaleFactor(model, factor, TOPICS);
  return { meaning, factor };
}

/** Many people like the same papers, and what such a paper comes to takes most of the time of their profiles. */
const READ_MAX = 4_096;
const readAlready = new WeakMap<
  Model,
  Map<string, { readonly text: string; readonly read: Worth }>
>();

/** The same as `read`, worked out once for as long as the model and the paper's text stay. */
function readOnce(model: Model, paper: Liked): Worth {
  if (paper.id === undefined) return read(model, paper);
  const kept = readAlready.get(model) ?? new Map();
  readAlready.set(model, kept);
  const text = `${paper.title}\n${paper.abstract}`;
  const known = kept.get(paper.id);
  if (known?.text === text) return known.read;
  const fresh = read(model, paper);
  kept.delete(paper.id);
  kept.set(paper.id, { text, read: fresh });
  const [oldest] = kept.keys();
  if (kept.size > READ_MAX && oldest !== undefined) kept.delete(oldest);
  return fresh;
}

/** What one like is worth, whoever likes it. */
function read(model: Model, { id, title, abstract }: Liked): Worth {
  const { community } = model;
  const { places, search } = lookupsOf(model);
  const corpus = archiveOf(model);
  const counts = countTerms(title, abstract);
  const { query, likeness } = textVectors(corpus, counts);
  const place = places.get(id ?? '');
  const found = search.of(likeness, NEIGHBOURS, place ?? -1);
  const usual = model.ids.length === 0 ? USUAL_WORDS : found.deviation;
  // Terms that may meet others: of one word, or of two that the archive has.
  const meets = (term: number) => !counts.double.has(term) || corpus.documents(term) > 1;
  const { terms, weights } = model.counted === 0 ? likeness : only(likeness, meets);
  const scale = WORDS / Math.max(LEAST.words, usual);
  const meaning = meaningOf(model.meaning, query);
  centre(model.usual.meaning, meaning);
  scaled(model.usual.meaning, meaning, MEANING);
  const factor = new Float32Array(DIMENSIONS);
  if (support(community) > 0) {
    const own = place === undefined ? undefined : ownFactor(community, place);
    addScaled(factor, own ?? factorOf(community, found), 0, 1);
    const near = new Float32Array(DIMENSIONS);
    addThrough(near, community, found, true, 1);
    normalise(near);
    addScaled(factor, near, 0, NEIGHBOURS_SHARE);
    scaleFactor(model, factor, 1);
  }
  return { words: { terms, weights: weights.map((one) => one * scale) }, meaning, factor };
}

function scaleFactor({ community, usual }: Model, factor: Float32Array, weight: number): void {
  scaled(usual.readers, factor, weight * READERS * support(community));
}

/** Multiplies a vector, in place, so that its products with the archive's deviate by the weight. */
function scaled(background: Background, vector: Float32Array, weight: number): void {
  const factor = weight / Math.max(LEAST.vectors, deviationOf(background, vector));
  for (let d = 0; d < DIMENSIONS; d++) vector[d] = (vector[d] as number) * factor;
}
