import { hash32, wordsOf } from './analyse.ts';
import { type Pool, writtenTerms } from './pool.ts';
import type { Profile } from './profile.ts';

/**
 * A part of a paper's score with why. `share` is in the unit of the score and may be below zero for what a
 * dislike takes away; the shares of a paper add up to its score.
 */
export type Share = { readonly share: number } & (
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'close' | 'readers'; readonly likedId: string }
  | { readonly kind: 'topic'; readonly topics: readonly string[] }
  | { readonly kind: 'author' | 'organisation' | 'category'; readonly name: string }
);

/** Scores of a pool's papers for one profile, in the pool's order. Made once and used for every profile. */
export interface Scores {
  readonly total: Float64Array;
}

const FOLLOWED = { author: 2, organisation: 1, category: 0.5 } as const;
const TOPIC = 1;
/** Scores are rounded to this, so that an order hangs on no last bit. */
const STEP = 2 ** -30;

export function newScores(pool: Pool): Scores {
  return { total: new Float64Array(pool.papers.length) };
}

/** Scores every paper of the pool for the profile, into `scores`. No allocation per paper. */
export function scorePool(pool: Pool, profile: Profile, scores: Scores): void {
  const { total } = scores;
  total.fill(0);
  for (let at = 0; at < profile.terms.length; at++) {
    addTerm(pool, profile.terms[at] as number, profile.weights[at] as number, total);
  }
  for (const { terms } of profile.topics) {
    const weight = TOPIC / Math.sqrt(Math.max(1, terms.length));
    for (const term of terms) addTerm(pool, term, weight, total);
  }
  for (let paper = 0; paper < total.length; paper++) {
    const names = pool.names[paper];
    if (names === undefined) continue;
    let sum = total[paper] as number;
    for (const hash of profile.authors) if (names.authors.has(hash)) sum += FOLLOWED.author;
    for (const hash of profile.organisations)
      if (names.organisations.has(hash)) sum += FOLLOWED.organisation;
    for (const hash of profile.categories) if (names.categories.has(hash)) sum += FOLLOWED.category;
    total[paper] = Math.round(sum / STEP) * STEP;
  }
}

function addTerm(pool: Pool, term: number, weight: number, into: Float64Array): void {
  const local = pool.termAt.get(term);
  if (local === undefined) return;
  const end = pool.starts[local + 1] as number;
  for (let at = pool.starts[local] as number; at < end; at++) {
    const paper = pool.postingPaper[at] as number;
    into[paper] = (into[paper] as number) + weight * (pool.postingWeight[at] as number);
  }
}

/** Places of the papers, best first, without those that the profile excludes; ties end on the paper's id. */
export function bestFirst(pool: Pool, profile: Profile, scores: Scores): number[] {
  const { total } = scores;
  return pool.papers
    .map((_, at) => at)
    .filter((at) => !excluded(pool, profile, at))
    .sort(
      (a, b) =>
        (total[b] as number) - (total[a] as number) ||
        (pool.tieRank[a] as number) - (pool.tieRank[b] as number),
    );
}

/** Why the paper has its score: parts that add up to it, heaviest first. */
export function shares(pool: Pool, profile: Profile, index: number): Share[] {
  const paper = pool.papers[index];
  const names = pool.names[index];
  if (paper === undefined || names === undefined) throw new RangeError(`No paper ${index}.`);
  const found: Share[] = [];
  const written = writtenTerms(paper);
  const byTerm: { term: number; part: number }[] = [];
  const weights = weightsOf(pool, index);
  profile.terms.forEach((term, at) => {
    const part = (profile.weights[at] as number) * (weights.get(term) ?? 0);
    if (part !== 0) byTerm.push({ term, part });
  });
  if (byTerm.length > 0) {
    byTerm.sort((a, b) => b.part - a.part || a.term - b.term);
    found.push({
      kind: 'words',
      words: byTerm.slice(0, 3).flatMap(({ term }) => written.get(term) ?? []),
      share: byTerm.reduce((sum, { part }) => sum + part, 0),
    });
  }
  for (const { text, terms } of profile.topics) {
    const weight = TOPIC / Math.sqrt(Math.max(1, terms.length));
    const share = terms.reduce((sum, term) => sum + weight * (weights.get(term) ?? 0), 0);
    if (share !== 0) found.push({ kind: 'topic', topics: [text], share });
  }
  const follow = (
    kind: keyof typeof FOLLOWED,
    hashes: Uint32Array,
    known: ReadonlyMap<number, string>,
  ) => {
    for (const hash of hashes) {
      const name = known.get(hash);
      if (name !== undefined) found.push({ kind, name, share: FOLLOWED[kind] });
    }
  };
  follow('author', profile.authors, names.authors);
  follow('organisation', profile.organisations, names.organisations);
  follow('category', profile.categories, names.categories);
  return found.sort((a, b) => b.share - a.share);
}

/**
 * How well the paper meets the profile, from 0 (nothing in common) to 1, whatever else is in the pool.
 * Unlike the score it can be compared between editions.
 */
export function relevance(pool: Pool, profile: Profile, index: number): number {
  const weights = weightsOf(pool, index);
  let cosine = 0;
  profile.terms.forEach((term, at) => {
    cosine += (profile.weights[at] as number) * (weights.get(term) ?? 0);
  });
  const met = profile.topics.some(({ terms }) => terms.some((term) => weights.has(term)));
  const followed = shares(pool, profile, index).some(
    ({ kind }) => kind === 'author' || kind === 'organisation',
  );
  return Math.min(1, Math.max(cosine, met ? 0.5 : 0, followed ? 1 : 0));
}

/** Cosine of two papers' words, 0 to 1: for near-duplicates and diversity. */
export function similarity(pool: Pool, a: number, b: number): number {
  const { paperStarts, paperTerms, paperWeights } = pool;
  let i = paperStarts[a] as number;
  let j = paperStarts[b] as number;
  const iEnd = paperStarts[a + 1] as number;
  const jEnd = paperStarts[b + 1] as number;
  let sum = 0;
  while (i < iEnd && j < jEnd) {
    const x = paperTerms[i] as number;
    const y = paperTerms[j] as number;
    if (x === y) sum += (paperWeights[i++] as number) * (paperWeights[j++] as number);
    else if (x < y) i++;
    else j++;
  }
  return Math.min(1, sum);
}

/** Whether an excluded word or phrase stands in the paper: title, abstract or keywords, in any inflection. */
export function excluded(pool: Pool, profile: Profile, index: number): boolean {
  const paper = pool.papers[index];
  if (paper === undefined || profile.excluded.length === 0) return false;
  const phrases = new Set(profile.excluded);
  for (const text of [paper.title, paper.abstract, ...paper.topics]) {
    const stems = wordsOf(text).map(({ stem }) => stem);
    for (let from = 0; from < stems.length; from++) {
      for (let to = from + 1; to <= Math.min(stems.length, from + 4); to++) {
        if (phrases.has(hash32(stems.slice(from, to).join(' ')))) return true;
      }
    }
  }
  return false;
}

function weightsOf(pool: Pool, index: number): Map<number, number> {
  const weights = new Map<number, number>();
  const end = pool.paperStarts[index + 1] as number;
  for (let at = pool.paperStarts[index] as number; at < end; at++) {
    weights.set(pool.paperTerms[at] as number, pool.paperWeights[at] as number);
  }
  return weights;
}
