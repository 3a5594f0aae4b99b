import { stem } from 'porter2';
import { STOP_WORDS } from './stop-words.ts';

/** A word of a text: as it is written, and what its inflections share. */
export interface Word {
  readonly surface: string;
  readonly stem: string;
}

/** What stands behind this many words of a text is not read. */
const WORDS_MAX = 4_000;
/** Longer ones are no words. */
const WORD_CHARS_MAX = 40;
/** A word of the title counts as if it stood there so often. */
const TITLE_COUNTS = 2;

/**
 * The words of a text that say what it is about, in order: letters and digits in lower case without
 * accents, with at least one letter, without English stop words; stems by Snowball's English rules.
 * @see https://snowballstem.org/algorithms/english/stemmer.html
 */
export function wordsOf(text: string): Word[] {
  const found = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  const words: Word[] = [];
  for (const surface of found ?? []) {
    if (surface.length < 2 || surface.length > WORD_CHARS_MAX) continue;
    if (STOP_WORDS.has(surface) || !/\p{L}/u.test(surface)) continue;
    words.push({ surface, stem: stem(surface) });
    if (words.length === WORDS_MAX) break;
  }
  return words;
}

/** 32 bits of a string: FNV-1a over its UTF-16 units, then a finaliser that spreads them. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A term: one stem, or two that stand together, as 24 bits, so that a profile takes three bytes for it. */
export function termOf(...stems: readonly string[]): number {
  return hash32(stems.join(' ')) >>> 8;
}

/** How often each term stands in a text. Terms of two stems are kept apart, because they weigh less. */
export interface Counts {
  readonly single: ReadonlyMap<number, number>;
  readonly double: ReadonlyMap<number, number>;
}

/** Counts the terms of a paper; its title counts twice. A pair never reaches over the end of the title. */
export function countTerms(title: string, abstract: string, ...more: readonly string[]): Counts {
  const single = new Map<number, number>();
  const double = new Map<number, number>();
  add(single, double, wordsOf(title), TITLE_COUNTS);
  for (const text of [abstract, ...more]) add(single, double, wordsOf(text), 1);
  return { single, double };
}

function add(
  single: Map<number, number>,
  double: Map<number, number>,
  words: readonly Word[],
  times: number,
): void {
  let before: string | undefined;
  for (const { stem } of words) {
    const term = termOf(stem);
    single.set(term, (single.get(term) ?? 0) + times);
    if (before !== undefined) {
      const pair = termOf(before, stem);
      double.set(pair, (double.get(pair) ?? 0) + times);
    }
    before = stem;
  }
}
