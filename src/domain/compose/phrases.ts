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

/** Prepares an edition's papers for looking up phrases: an index of their words, then the text itself. */
export function phraseFinder(papers: readonly Paper[]): FindPhrase {
  const texts = papers.map(paperText);
  const byWord = new Map<string, number[]>();
  texts.forEach((text, index) => {
    for (const word of wordsIn(text)) {
      const list = byWord.get(word);
      if (list === undefined) byWord.set(word, [index]);
      else list.push(index);
    }
  });
  const found = new Map<string, readonly Hit[]>();
  return (phrase) => {
    const known = found.get(phrase);
    if (known !== undefined) return known;
    const hits = find(texts, byWord, phrase);
    if (found.size >= KEPT) found.clear();
    found.set(phrase, hits);
    return hits;
  };
}

function find(
  texts: readonly PaperText[],
  byWord: ReadonlyMap<string, readonly number[]>,
  typed: string,
): Hit[] {
  const phrase = phraseOf(typed);
  const category = phrase.category === undefined ? undefined : byWord.get(phrase.category);
  const lists = phrase.words.map((word) => byWord.get(word) ?? []);
  const rarest = lists.reduce((a, b) => (b.length < a.length ? b : a), lists[0] ?? []);
  const places = [...new Set([...(category ?? []), ...rarest])].sort((a, b) => a - b);
  return places.flatMap((index) => {
    const score = phraseScore(texts[index] as PaperText, phrase);
    return score > 0 ? [{ index, score }] : [];
  });
}

function wordsIn({ title, topics, abstract, categories }: PaperText): Set<string> {
  const words = `${title} ${topics.replaceAll('|', ' ')} ${abstract}`.split(' ');
  return new Set([...words.filter((word) => word !== ''), ...[...categories].map(categoryWord)]);
}

