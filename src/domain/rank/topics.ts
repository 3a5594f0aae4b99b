import type { Paper } from '../paper.ts';

/** The text of a paper, prepared once per edition for matching topics. */
export interface PaperText {
  readonly title: string;
  readonly topics: string;
  readonly abstract: string;
  readonly categories: ReadonlySet<string>;
}

const IN_TITLE = 4;
const IN_TOPICS = 3;
const IN_ABSTRACT = 1;

export function paperText(paper: Paper): PaperText {
  return {
    title: words(paper.title),
    topics: paper.topics.map(words).join('|'),
    abstract: words(paper.abstract),
    categories: new Set(paper.categories.map((category) => category.toLowerCase())),
  };
}

/**
 * How well a paper meets a topic: 0 not at all, more when the words stand in the title or among the
 * paper's own keywords than when only the abstract has them. A phrase must stand together; a topic
 * such as `cs.CL` is looked up among the categories.
 */
export function topicScore(text: PaperText, topic: string): number {
  if (text.categories.has(topic.toLowerCase())) return IN_TOPICS;
  const wanted = words(topic);
  if (wanted.trim() === '') return 0;
  return (
    (text.title.includes(wanted) ? IN_TITLE : 0) +
    (text.topics.includes(wanted) ? IN_TOPICS : 0) +
    (text.abstract.includes(wanted) ? IN_ABSTRACT : 0)
  );
}

/** ` word word `: lower case, no accents, no punctuation, plurals folded, a space at both ends. */
function words(text: string): string {
  const found = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return ` ${(found ?? []).map(singular).join(' ')} `;
}

/** `models` is `model`, `policies` is `policy`; `bias`, `loss` and `corpus` stay. */
function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || /(?:ss|us|is|as)$/.test(word)) return word;
  return word.endsWith('ies') && word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
}
