import { countTerms } from './analyse.ts';
import { addFactor, addThrough, NEIGHBOURS, support } from './community.ts';
import { addScaled, DIMENSIONS, normalise } from './dense.ts';
import { meaningOf } from './meaning.ts';
import { archiveOf, lookupsOf, type Model } from './model.ts';
import type { Liked, Tastes } from './profile.ts';
import { only, type Sparse, sparseOf, type TextVectors, textVectors } from './vector.ts';

const HALF_LIFE_DAYS = 365;
/** What a dislike takes away, against what a like gives. */
const DISLIKE = 0.5;
/** A topic says in a few words what it means; the liked papers' words are matched as such already. */
const LIKED_MEANING = 0.5;
/** A liked paper's neighbours tell of its readers too, less surely than it does. */
const NEIGHBOURS_SHARE = 0.25;

/** A liked or disliked paper as numbers; `share` is below zero for a dislike. */
interface Opinion extends Read {
  readonly share: number;
}

/** What a text comes to under a model, whoever likes it. */
interface Read {
  /** Terms that may meet others: of one word, or of two that the archive has. */
  readonly likeness: Sparse;
  readonly meaning: Float32Array;
  /** Its factor, or that of texts near it when it has none: of length 1, or all zero. */
  readonly factor: Float32Array;
  /** What the texts near it tell of their readers, closer ones more. */
  readonly near: Float32Array;
}

/** What a like counts today. */
export function weightOf({ weight, ageDays }: Liked): number {
  return weight / (1 + Math.max(0, ageDays) / HALF_LIFE_DAYS);
}

/** Likes and dislikes, in an order of their own. */
export function opinionsOf(model: Model, tastes: Tastes): Opinion[] {
  const shared = (papers: readonly Liked[], sign: number): Opinion[] => {
    const sorted = [...papers].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
    return sorted.map((paper) => ({ ...readOnce(model, paper), share: sign * weightOf(paper) }));
  };
  return [...shared(tastes.liked, 1), ...shared(tastes.disliked, -DISLIKE)];
}

/** Many people like the same papers, and what such a paper comes to takes most of the time of their profiles. */
const READ_MAX = 4_096;
const readAlready = new WeakMap<
  Model,
  Map<string, { readonly text: string; readonly read: Read }>
>();

/** The same as `read`, worked out once for as long as the model and the paper's text stay. */
function readOnce(model: Model, paper: Liked): Read {
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

function read(model: Model, { id, title, abstract }: Liked): Read {
  const { community } = model;
  const { places, search } = lookupsOf(model);
  const corpus = archiveOf(model);
  const counts = countTerms(title, abstract);
  const vectors = textVectors(corpus, counts);
  const meets = (term: number) => !counts.double.has(term) || corpus.documents(term) > 1;
  const factor = new Float32Array(DIMENSIONS);
  const near = new Float32Array(DIMENSIONS);
  if (support(community) > 0) {
    const place = places.get(id ?? '');
    const found = search.of(vectors.likeness, NEIGHBOURS, place ?? -1);
    addThrough(near, community, found, true, 1);
    if (place !== undefined && (community.lengths[place] ?? 0) > 0) {
      addFactor(factor, community, place, 1);
    } else {
      addThrough(factor, community, found, false, 1);
      normalise(factor);
    }
  }
  return {
    likeness: model.counted === 0 ? vectors.likeness : only(vectors.likeness, meets),
    meaning: meaningOf(model.meaning, vectors.query),
    factor,
    near,
  };
}

/** What orders opinions, so that sums do not hang on the order in which they were given. */
function key({ id, title, abstract }: Liked): string {
  return `${id ?? ''}\n${title}\n${abstract}`;
}

/** The terms of what they like, less those of what they do not. */
export function wordsLiked(opinions: readonly Opinion[]): Sparse {
  const entries: [number, number][] = [];
  for (const { share, likeness } of opinions) {
    likeness.terms.forEach((term, at) => {
      entries.push([term, share * (likeness.weights[at] as number)]);
    });
  }
  return sparseOf(entries);
}

/** What the liked papers and the topics mean. */
export function meaningLiked(
  model: Model,
  opinions: readonly Opinion[],
  query: TextVectors | undefined,
): Float32Array {
  const sum = new Float32Array(DIMENSIONS);
  for (const { share, meaning } of opinions) addScaled(sum, meaning, 0, share);
  normalise(sum);
  for (let d = 0; d < DIMENSIONS; d++) sum[d] = (sum[d] as number) * LIKED_MEANING;
  if (query !== undefined) addScaled(sum, meaningOf(model.meaning, query.query), 0, 1);
  normalise(sum);
  return sum;
}

/**
 * Who likes what they like: the factors of the liked papers, of the texts near these, and of those near the
 * topics, so that a few typed words find readers as well.
 */
export function factorLiked(
  model: Model,
  opinions: readonly Opinion[],
  query: TextVectors | undefined,
): Float32Array {
  const { community } = model;
  const { search } = lookupsOf(model);
  const own = new Float32Array(DIMENSIONS);
  if (support(community) === 0) return own;
  const near = new Float32Array(DIMENSIONS);
  for (const opinion of opinions) {
    addScaled(own, opinion.factor, 0, opinion.share);
    addScaled(near, opinion.near, 0, opinion.share);
  }
  normalise(own);
  normalise(near);
  addScaled(own, near, 0, NEIGHBOURS_SHARE);
  if (query !== undefined) {
    const asked = new Float32Array(DIMENSIONS);
    addThrough(asked, community, search.of(query.likeness, NEIGHBOURS), true, 1);
    normalise(asked);
    addScaled(own, asked, 0, 1);
  }
  normalise(own);
  return own;
}
