import { DIMENSIONS } from './dense.ts';
import { find } from './neighbours.ts';
import { type Pool, type PoolPaper, writtenTerms } from './pool.ts';
import type { Profile } from './profile.ts';
import { type Corpus, idf, type Sparse } from './vector.ts';

const WORDS_SHOWN = 3;

/** The words that the paper shares with the liked ones, as it writes them, heaviest first; no word twice. */
export function matchedWords(paper: PoolPaper, profile: Profile, vector: Sparse): string[] {
  const written = writtenTerms(paper);
  const parts: { term: number; part: number }[] = [];
  profile.terms.forEach((term, at) => {
    const found = find(vector.terms, term);
    if (found < 0) return;
    const part = (profile.weights[at] as number) * (vector.weights[found] as number);
    if (part > 0) parts.push({ term, part });
  });
  parts.sort((a, b) => b.part - a.part || a.term - b.term);
  const words: string[] = [];
  for (const { term } of parts) {
    const text = written.get(term);
    if (text === undefined) continue;
    const single = text.split(' ');
    if (words.some((word) => single.every((one) => word.split(' ').includes(one)))) continue;
    const longer = words.findIndex((word) => word.split(' ').every((one) => single.includes(one)));
    if (longer >= 0) words[longer] = text;
    else words.push(text);
    if (words.length === WORDS_SHOWN) break;
  }
  return words;
}

/** Whether any of the terms stands in the text. */
export function has(vector: Sparse, terms: Uint32Array): boolean {
  return terms.some((term) => find(vector.terms, term) >= 0);
}

/** How much of a topic stands in the text, its rare words counting more: 0 to 1. */
export function coverage(corpus: Corpus, vector: Sparse, terms: Uint32Array): number {
  let all = 0;
  let met = 0;
  for (const term of terms) {
    const rare = idf(corpus, term);
    all += rare;
    if (find(vector.terms, term) >= 0) met += rare;
  }
  return all === 0 ? 0 : met / all;
}

/** The liked paper of the archive whose words are closest; undefined when none shares a heavy one. */
export function nearestLiked(pool: Pool, profile: Profile, vector: Sparse): string | undefined {
  const { ids, index } = pool.model;
  const sums = new Map<number, number>();
  for (let at = 0; at < vector.terms.length; at++) {
    const found = find(index.terms, vector.terms[at] as number);
    if (found < 0) continue;
    const list = index.paper.subarray(index.starts[found], index.starts[found + 1]);
    for (const place of profile.liked) {
      const where = find(list, place);
      if (where < 0) continue;
      const weight = index.weight[(index.starts[found] as number) + where] as number;
      sums.set(place, (sums.get(place) ?? 0) + weight * (vector.weights[at] as number));
    }
  }
  const best = bestOf(profile.liked, (place) => sums.get(place) ?? 0);
  return best === undefined ? undefined : ids[best];
}

/** The liked paper of the archive whose readers the paper will have most of; undefined when none has a factor. */
export function sharedReaders(pool: Pool, profile: Profile, index: number): string | undefined {
  const { ids, community } = pool.model;
  const best = bestOf(profile.liked, (place) => {
    const length = community.lengths[place] ?? 0;
    if (length === 0) return 0;
    let sum = 0;
    for (let d = 0; d < DIMENSIONS; d++) {
      const mine = community.factors[place * DIMENSIONS + d] as number;
      sum += mine * (pool.factors[index * DIMENSIONS + d] as number);
    }
    return sum / length;
  });
  return best === undefined ? undefined : ids[best];
}

/** The first of those with the highest value above zero. */
function bestOf(places: Uint32Array, value: (place: number) => number): number | undefined {
  let best: number | undefined;
  let highest = 0;
  for (const place of places) {
    const found = value(place);
    if (found > highest) {
      highest = found;
      best = place;
    }
  }
  return best;
}
