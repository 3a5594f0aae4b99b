import type { Paper } from '../paper.ts';

/** The text of a paper, prepared once per edition for matching topics. */
export interface PaperText {
  readonly title: string;
  readonly topics: string;
  readonly abstract: string;
  readonly categories: ReadonlySet<string>;
}

/** A typed topic, prepared for matching: its words, together and one by one. */
export interface Phrase {
  /** Lower case, as a category is looked up: `cs.cl`. */
  readonly category: string;
  /** ` word word `; a single space when it has no word. */
  readonly together: string;
  readonly words: readonly string[];
}

const IN_TITLE = 4;
const IN_TOPICS = 3;
const IN_ABSTRACT = 1;

export function paperText(paper: Paper): PaperText {
  return {
    title: together(paper.title),
    topics: paper.topics.map(together).join('|'),
    abstract: together(paper.abstract),
    categories: new Set(paper.categories.map((category) => category.toLowerCase())),
  };
}

export function phraseOf(topic: string): Phrase {
  const words = wordsOf(topic);
  return { category: topic.toLowerCase(), together: ` ${words.join(' ')} `, words };
}

/**
 * How well a paper meets a topic: 0 not at all, more when the words stand in the title or among the
 * paper's own keywords than when only the abstract has them. A phrase must stand together; a topic
 * such as `cs.CL` is looked up among the categories.
 */
export function phraseScore(text: PaperText, phrase: Phrase): number {
  if (text.categories.has(phrase.category)) return IN_TOPICS;
  if (phrase.words.length === 0) return 0;
  return (
    (text.title.includes(phrase.together) ? IN_TITLE : 0) +
    (text.topics.includes(phrase.together) ? IN_TOPICS : 0) +
    (text.abstract.includes(phrase.together) ? IN_ABSTRACT : 0)
  );
}

/** ` word word `: a space at both ends. */
function together(text: string): string {
  return ` ${wordsOf(text).join(' ')} `;
}

/** Lower case, no accents, no punctuation, plurals folded. */
function wordsOf(text: string): string[] {
  const found = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return (found ?? []).map(singular);
}

/** `models` is `model`, `policies` is `policy`; `bias`, `loss` and `corpus` stay. */
function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || /(?:ss|us|is|as)$/.test(word)) return word;
  return word.endsWith('ies') && word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
}
