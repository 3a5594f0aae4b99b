import { hash32, wordsOf } from './analyse.ts';
import type { Pool } from './pool.ts';
import type { Profile } from './profile.ts';

const PHRASE_WORDS_MAX = 6;

/** Whether an excluded word or phrase stands in the paper: title, abstract or keywords, in any inflection. */
export function excluded(pool: Pool, profile: Profile, index: number): boolean {
  const paper = pool.papers[index];
  if (paper === undefined || profile.excluded.length === 0) return false;
  const phrases = new Set(profile.excluded);
  for (const text of [paper.title, paper.abstract, ...paper.topics]) {
    const stems = wordsOf(text).map(({ stem }) => stem);
    for (let from = 0; from < stems.length; from++) {
      const last = Math.min(stems.length, from + PHRASE_WORDS_MAX);
      for (let to = from + 1; to <= last; to++) {
        if (phrases.has(hash32(stems.slice(from, to).join(' ')))) return true;
      }
    }
  }
  return false;
}
