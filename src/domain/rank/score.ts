import { support } from './community.ts';
import { DIMENSIONS, productAt, products } from './dense.ts';
import { addFeedback } from './feedback.ts';
import { coverage, has, matchedWords, nearestLiked, sharedReaders } from './matches.ts';
import { TOPICS } from './opinions.ts';
import type { Pool } from './pool.ts';
import { addTerm } from './postings.ts';
import type { Profile } from './profile.ts';
import { centred, spread } from './spread.ts';
import { product } from './vector.ts';

/**
 * A part of a paper's score with why. `share` is in the unit of the score and may be below zero: for what a
 * dislike takes away, or when other papers of the pool are closer. The shares of a paper add up to its score.
 */
export type Share = { readonly share: number } & (
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | {
      /** `embedding`: close by an embedding model's vectors, when one was weighed. */
      readonly kind: 'close' | 'readers' | 'embedding';
      readonly likedId: string | undefined;
    }
  | { readonly kind: 'topic'; readonly topics: readonly string[] }
  | { readonly kind: 'author' | 'organisation' | 'category'; readonly name: string }
);

/** Scores of a pool's papers for one profile, in the pool's order. Made once and used for every profile. */
export interface Scores {
  readonly total: Float64Array;
  /** What the total is made of. */
  readonly words: Float64Array;
  readonly topics: Float64Array;
  readonly meaning: Float64Array;
  readonly readers: Float64Array;
  /** Whom they follow: authors, organisation, categories. */
  readonly followed: Float64Array;
}

/** What one of a kind adds to the score. */
export const FOLLOWED = { authors: 6, organisations: 3, categories: 1.5 } as const;
/** The cosine of two papers of one author, as a rule. */
const LIKENESS_OF_ONE_AUTHOR = 0.15;
/** The cosine of readers' factors that any two papers may have, and that papers of one reader often have. */
const READERS_OF_ANY = 0.2;
const READERS_OF_ONE = 0.6;
/** Scores are rounded to this, so that an order hangs on no last bit. */
export const STEP = 2 ** -30;

export function newScores(pool: Pool): Scores {
  const part = () => new Float64Array(pool.papers.length);
  return {
    total: part(),
    words: part(),
    topics: part(),
    meaning: part(),
    readers: part(),
    followed: part(),
  };
}

/** Scores every paper of the pool for the profile, into `scores`. No allocation per paper. */
export function scorePool(pool: Pool, profile: Profile, scores: Scores): void {
  const { total, words, topics, meaning, readers, followed } = scores;
  const { postings } = pool;
  words.fill(0);
  topics.fill(0);
  followed.fill(0);
  for (let at = 0; at < profile.terms.length; at++) {
    const weight = profile.weights[at] as number;
    addTerm(postings, postings.likeness, profile.terms[at] as number, weight, words);
  }
  for (const topic of profile.topics) {
    for (const term of topic.terms) addTerm(postings, postings.query, term, 1, topics);
  }
  products(profile.meaning, pool.meanings, meaning);
  if (support(pool.model.community) > 0) products(profile.factor, pool.factors, readers);
  else readers.fill(0);
  centred(meaning, pool.byId);
  centred(readers, pool.byId);
  if (profile.topics.length > 0) {
    spread(topics, pool.byId, TOPICS);
    addFeedback(pool, profile.topics, topics, meaning);
  }
  addFollowed(pool, profile, followed);
  for (let paper = 0; paper < total.length; paper++) {
    const sum =
      (words[paper] as number) +
      (topics[paper] as number) +
      (meaning[paper] as number) +
      (readers[paper] as number) +
      (followed[paper] as number);
    total[paper] = Math.round(sum / STEP) * STEP;
  }
}

function addFollowed(pool: Pool, profile: Profile, into: Float64Array): void {
  for (const kind of ['authors', 'organisations', 'categories'] as const) {
    for (const hash of profile[kind]) {
      const known = pool[kind].get(hash);
      if (known === undefined) continue;
      for (const paper of known.papers) into[paper] = (into[paper] as number) + FOLLOWED[kind];
    }
  }
}

/**
 * Why the paper has its score: parts that add up to it, heaviest first. Which words and which liked paper is
 * worked out when it is asked for: a digest tells the heaviest part alone.
 * @param scores what `scorePool` found for this profile; worked out again when absent.
 */
export function shares(pool: Pool, profile: Profile, index: number, scores?: Scores): Share[] {
  const paper = pool.papers[index];
  const vectors = pool.vectors[index];
  if (paper === undefined || vectors === undefined) throw new RangeError(`No paper ${index}.`);
  const known = scores ?? scored(pool, profile);
  const part = (list: Float64Array) => list[index] as number;
  const found: Share[] = [];
  if (part(known.words) !== 0) {
    found.push({
      kind: 'words',
      get words() {
        return matchedWords(paper, profile, vectors.likeness);
      },
      share: part(known.words),
    });
  }
  if (part(known.topics) !== 0) {
    const topics = profile.topics.filter(({ terms }) => has(vectors.query, terms));
    found.push({
      kind: 'topic',
      topics: topics.map(({ text }) => text),
      share: part(known.topics),
    });
  }
  if (part(known.meaning) !== 0) {
    found.push({
      kind: 'close',
      get likedId() {
        return nearestLiked(pool, profile, vectors.likeness);
      },
      share: part(known.meaning),
    });
  }
  if (part(known.readers) !== 0) {
    found.push({
      kind: 'readers',
      get likedId() {
        return sharedReaders(pool, profile, index);
      },
      share: part(known.readers),
    });
  }
  for (const [list, kind] of KINDS) {
    for (const hash of profile[list]) {
      const one = pool[list].get(hash);
      if (one?.papers.includes(index)) found.push({ kind, name: one.name, share: FOLLOWED[list] });
    }
  }
  return found.sort((a, b) => b.share - a.share);
}

const KINDS = [
  ['authors', 'author'],
  ['organisations', 'organisation'],
  ['categories', 'category'],
] as const;

function scored(pool: Pool, profile: Profile): Scores {
  const scores = newScores(pool);
  scorePool(pool, profile, scores);
  return scores;
}

/**
 * How well the paper meets the profile, whatever else is in the pool, so that it can be compared between editions:
 * 0 nothing in common, 1 as close as papers of one author are, or liked by the same readers, or wholly about a
 * typed topic, or by somebody whom they follow.
 * @param scores what `scorePool` found for this profile: the words need not be compared again.
 */
export function relevance(
  pool: Pool,
  profile: Profile,
  index: number,
  scores?: Pick<Scores, 'words'>,
): number {
  const vectors = pool.vectors[index];
  if (vectors === undefined) throw new RangeError(`No paper ${index}.`);
  const words = scores?.words[index] ?? product(profile, vectors.likeness);
  const lengths = lengthsOf(profile);
  let best = words / lengths.words / LIKENESS_OF_ONE_AUTHOR;
  const readers = productAt(profile.factor, pool.factors, index * DIMENSIONS) / lengths.factor;
  const surely = support(pool.model.community) * readers;
  best = Math.max(best, (surely - READERS_OF_ANY) / (READERS_OF_ONE - READERS_OF_ANY));
  for (const { terms } of profile.topics) {
    best = Math.max(best, coverage(pool.corpus, vectors.query, terms));
  }
  for (const [list] of KINDS) {
    if (list === 'categories') continue;
    for (const hash of profile[list]) if (pool[list].get(hash)?.papers.includes(index)) best = 1;
  }
  return Math.min(1, Math.max(0, best));
}

/** How long a profile's vectors are: a product divided by it is a cosine. */
interface Lengths {
  readonly words: number;
  readonly factor: number;
}
const lengthsKnown = new WeakMap<Profile, Lengths>();

function lengthsOf(profile: Profile): Lengths {
  let known = lengthsKnown.get(profile);
  if (known === undefined) {
    known = { words: lengthOf(profile.weights), factor: lengthOf(profile.factor) };
    lengthsKnown.set(profile, known);
  }
  return known;
}

/** 1 for what is all zero. */
function lengthOf(vector: Float32Array): number {
  let square = 0;
  for (const value of vector) square += value * value;
  return square === 0 ? 1 : Math.sqrt(square);
}

/** Cosine of two papers' words, 0 to 1: for near-duplicates and diversity. */
export function similarity(pool: Pool, a: number, b: number): number {
  const one = pool.vectors[a];
  const other = pool.vectors[b];
  if (one === undefined || other === undefined) throw new RangeError(`No paper ${a} or ${b}.`);
  return Math.min(1, product(one.likeness, other.likeness));
}
