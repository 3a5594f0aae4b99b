import type { Paper } from '../paper.ts';
import { type PaperText, paperText, phraseOf, phraseScore } from '../rank/topics.ts';

/** A paper in which a phrase stands: its place in the edition, and how prominently. */
export interface Hit {
  readonly index: number;
  readonly score: number;
}

/** Finds the papers of an edition in which a typed phrase stands as it was typed. */
export type FindPhrase = (phrase: string) => readonly Hit[];

/** Many subscribers type the same: what was found is kept for so many phrases. */
const KEPT = 10_000;

/** Prepares papers for looking up phrases: an index of their words, then the text itself. */
export function phraseFinder(papers: readonly Paper[]): FindPhrase {
  return finderIn(papers.map(paperText));
}

/** The same of papers whose texts are prepared already. */
export function finderIn(texts: readonly PaperText[]): FindPhrase {
  const places = { word: new Map<string, number[]>(), category: new Map<string, number[]>() };
  texts.forEach((text, index) => {
    for (const word of wordsIn(text)) add(places.word, word, index);
    for (const category of text.categories) add(places.category, category, index);
  });
  const found = new Map<string, readonly Hit[]>();
  return (phrase) => {
    const known = found.get(phrase);
    if (known !== undefined) return known;
    const hits = find(texts, places, phrase);
    if (found.size >= KEPT) found.clear();
    found.set(phrase, hits);
    return hits;
  };
}

type Places = ReadonlyMap<string, readonly number[]>;

function find(
  texts: readonly PaperText[],
  places: { readonly word: Places; readonly category: Places },
  typed: string,
): Hit[] {
  const phrase = phraseOf(typed);
  const lists = phrase.words.map((word) => places.word.get(word) ?? []);
  const rarest = lists.reduce((a, b) => (b.length < a.length ? b : a), lists[0] ?? []);
  const looked = new Set([...(places.category.get(phrase.category) ?? []), ...rarest]);
  return [...looked]
    .sort((a, b) => a - b)
    .flatMap((index) => {
      const score = phraseScore(texts[index] as PaperText, phrase);
      return score > 0 ? [{ index, score }] : [];
    });
}

function wordsIn({ title, topics, abstract }: PaperText): Set<string> {
  const words = `${title} ${topics.replaceAll('|', ' ')} ${abstract}`.split(' ');
  return new Set(words.filter((word) => word !== ''));
}

function add(places: Map<string, number[]>, key: string, index: number): void {
  const list = places.get(key);
  if (list === undefined) places.set(key, [index]);
  else list.push(index);
}
