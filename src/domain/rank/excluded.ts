import { hash32, wordsOf } from './analyse.ts';
import { find } from './neighbours.ts';
import type { Pool, PoolPaper } from './pool.ts';
import type { Profile } from './profile.ts';

const PHRASE_WORDS_MAX = 6;

/** Of each paper of a pool the hashes of all its phrases, made when somebody first excludes a word. */
const phrases = new WeakMap<Pool, readonly Uint32Array[]>();

/** Whether an excluded word or phrase stands in the paper: title, abstract or keywords, in any inflection. */
export function excluded(pool: Pool, profile: Profile, index: number): boolean {
  return exclusions(pool, profile)?.[index] === 1;
}

/** 1 for each paper that has an excluded word or phrase, else 0; undefined when the profile excludes none. */
export function exclusions(pool: Pool, profile: Profile): Uint8Array | undefined {
  if (profile.excluded.length === 0) return undefined;
  let known = phrases.get(pool);
  if (known === undefined) {
    known = pool.papers.map(phrasesOf);
    phrases.set(pool, known);
  }
  const out = new Uint8Array(known.length);
  for (let at = 0; at < known.length; at++) {
    const had = known[at] as Uint32Array;
    for (const phrase of profile.excluded) if (find(had, phrase) >= 0) out[at] = 1;
  }
  return out;
}

function phrasesOf({ title, abstract, topics }: PoolPaper): Uint32Array {
  const hashes = new Set<number>();
  for (const text of [title, abstract, ...topics]) {
    const stems = wordsOf(text).map(({ stem }) => stem);
    for (let from = 0; from < stems.length; from++) {
      const last = Math.min(stems.length, from + PHRASE_WORDS_MAX);
      for (let to = from + 1; to <= last; to++) hashes.add(hash32(stems.slice(from, to).join(' ')));
    }
  }
  return Uint32Array.from(hashes).sort();
}
