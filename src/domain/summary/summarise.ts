import { cutAtWord } from '../text.ts';
import { weigh } from './cues.ts';
import { isWhole, sentences } from './sentences.ts';
import { atClause, standingAlone } from './start.ts';

/** What a summary has room for, in UTF-16 units. */
const SUMMARY_CHARS_MIN = 120;
export const SUMMARY_CHARS_MAX = 345;
/** What stands behind these is not read. */
const READ_CHARS_MAX = 20_000;
const SENTENCES_MAX = 40;

/**
 * The one or two sentences of an abstract that say what is new and what was found, in their order: 120 to
 * 345 UTF-16 units that end at a sentence and lean on nothing that was left out. A shorter
 * abstract comes back whole, none as an empty string. docs/summaries.md tells the method, its sources and
 * what happens where no sentence fits; only an abstract without sentences is cut at a word, with `…`.
 * The same text always makes the same summary.
 * @param abstract plain text, see `plainText`.
 * @param title of the paper, which is shown above the summary.
 */
export function summarise(abstract: string, title = ''): string {
  const text = abstract.slice(0, READ_CHARS_MAX).replace(/\s+/g, ' ').trim();
  if (text.length < SUMMARY_CHARS_MIN) return text;
  const parts = partsOf(sentences(text).slice(0, SENTENCES_MAX), title);
  return best(parts) ?? severalShort(parts) ?? clause(parts) ?? cutAtWord(text, SUMMARY_CHARS_MAX);
}

/** A sentence of an abstract and its points. */
interface Part {
  readonly at: number;
  /** As it reads behind the sentence before it. */
  readonly text: string;
  /** As it reads without that one; `undefined` when it cannot. */
  readonly alone: string | undefined;
  readonly fresh: number;
  readonly found: number;
  /** Words that it shares with the title, less what speaks against it. */
  readonly other: number;
}

function partsOf(all: readonly string[], title: string): Part[] {
  const named = [...stems(title)];
  return all.flatMap((text, at) => {
    if (!isWhole(text)) return [];
    const place = all.length > 1 ? at / (all.length - 1) : 0;
    const { fresh, found, aside } = weigh(text);
    const lower = text.toLowerCase();
    const shared = named.filter((stem) => lower.includes(stem)).length;
    return [
      {
        at,
        text,
        alone: standingAlone(text),
        // What is new comes in the middle of an abstract, what was found towards its end.
        fresh: fresh === 0 ? 0 : fresh + 1 - Math.abs(place - 0.4),
        found: found === 0 ? 0 : found + place,
        other:
          2.5 * (shared / Math.max(1, named.length)) -
          aside -
          (/[\\{}^_$]/.test(text) ? 1 : 0) -
          (POINTS_BACK.test(text) ? 0.5 : 0) -
          (text.length < SHORT_CHARS ? 1 : 0),
      },
    ];
  });
}

const SHORT_CHARS = 40;
/** A clause says something of its own from here on. */
const CLAUSE_CHARS_MIN = 60;
const TOLD_MIN = 2.5;
/** An item of a list whose other items would be missing. */
const LISTED = /\(?\b(?:[1-4]|i{1,3}|[a-c])\)/;
const POINTS_BACK =
  /\b(?:these|those|such|this|that|above|aforementioned) (?:challenges?|domain|field|setting|limitations?|issues?|problems?|gaps?|shortcomings?|questions?)\b/i;

/** The best sentence, or the best two, of those that fit. */
function best(parts: readonly Part[]): string | undefined {
  let top = Number.NEGATIVE_INFINITY;
  let text: string | undefined;
  for (const [index, a] of parts.entries()) {
    if (a.alone === undefined || a.alone.length > SUMMARY_CHARS_MAX) continue;
    const single = a.fresh + 0.8 * a.found + a.other;
    if (single > top && fits(a.alone.length)) [top, text] = [single, a.alone];
    for (const b of parts.slice(index + 1)) {
      const whole = b.at === a.at + 1 ? b.text : b.alone;
      if (whole === undefined) continue;
      const behind = within(whole, SUMMARY_CHARS_MAX - a.alone.length - 1);
      if (!fits(a.alone.length + 1 + behind.length) || behind === '') continue;
      const value = together(a, b) - (behind === whole ? 0 : 1);
      // Comparing words costs most, so only of what would win.
      if (value <= top) continue;
      const distinct = value - 1.5 * alike(a.text, b.text);
      if (distinct > top) [top, text] = [distinct, `${a.alone} ${behind}`];
    }
  }
  return text;
}

/** The sentence if there is room for it, else its main clause if that says what was found, else nothing. */
function within(sentence: string, room: number): string {
  if (sentence.length <= room) return sentence;
  if (room < CLAUSE_CHARS_MIN) return '';
  const main = atClause(sentence, room, false);
  const says =
    main.length >= CLAUSE_CHARS_MIN && !LISTED.test(main) && weigh(main).found >= TOLD_MIN;
  return says ? main : '';
}

/** What is new and then what was found, or, for less, the other way round; a sentence that is neither costs. */
function together(a: Part, b: Part): number {
  const cost = (has: number, of: number) => (has < 1 ? of : 0);
  const inTurn = a.fresh + b.found - cost(a.fresh, 3.5) - cost(b.found, 2);
  const turned = 0.7 * (a.found + b.fresh) - cost(a.found, 3.5) - cost(b.fresh, 2);
  return Math.max(inTurn, turned) + 0.6 * (a.other + b.other) + (b.at === a.at + 1 ? 0.5 : 0);
}

function fits(length: number): boolean {
  return length >= SUMMARY_CHARS_MIN && length <= SUMMARY_CHARS_MAX;
}

/** Where no two reach the least length: neighbours, as many as it takes. */
function severalShort(parts: readonly Part[]): string | undefined {
  for (const [index, { alone }] of parts.entries()) {
    if (alone === undefined) continue;
    let text = alone;
    for (const next of parts.slice(index + 1)) {
      if (text.length >= SUMMARY_CHARS_MIN) break;
      text += ` ${next.text}`;
    }
    if (fits(text.length)) return text;
  }
  return undefined;
}

/** Where every sentence is too long: the best that can end earlier, at the end of a clause. */
function clause(parts: readonly Part[]): string | undefined {
  const [first] = parts
    .flatMap(({ alone, fresh, found, other }) => {
      const text = atClause(alone ?? '', SUMMARY_CHARS_MAX, true);
      return fits(text.length) ? [{ text, value: fresh + found + other }] : [];
    })
    .sort((a, b) => b.value - a.value);
  return first?.text;
}

/** How much of the shorter one's words the other has too: 0 to 1. */
function alike(a: string, b: string): number {
  const [one, two] = [stems(a), stems(b)];
  let shared = 0;
  for (const stem of one) if (two.has(stem)) shared++;
  return shared / Math.max(1, Math.min(one.size, two.size));
}

const COMMON = new Set(
  'the and for with via from are our this that its using into than toward towards can how what does not'.split(
    ' ',
  ),
);

/** The words of a text without their endings and without those that every text has. */
function stems(text: string): Set<string> {
  const found = new Set<string>();
  for (const word of text.toLowerCase().split(/[^\p{L}\p{N}]+/u)) {
    if (word.length > 2 && !COMMON.has(word)) found.add(word.replace(/(?:ing|ed|es|s)$/, ''));
  }
  return found;
}
