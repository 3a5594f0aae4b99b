import { plainText } from '../text.ts';
import { isWhole, sentences } from './sentences.ts';
import { standingAlone } from './start.ts';
import { SUMMARY_CHARS_MAX } from './summarise.ts';

/** Shorter than this says nothing. */
const ACCEPTED_CHARS_MIN = 60;
const READ_CHARS_MAX = 4_000;
/** Neither a link nor an address: an abstract is a stranger's, and could ask a model for one. */
const REFERENCE = /https?:|www\.|\S@\S|\b[\w-]+\.(?:com|org|net|io|ai|dev|app|ly|me)\b/i;
const HEADING = /^(?:summary|tl;?dr|answer)\s*:\s*/i;
const QUOTES = /^["“”'‘’]+|["“”'‘’]+$/g;

/**
 * What a language model wrote, as a summary that may be shown: plain text of whole sentences, 60 to 345
 * UTF-16 units, that stands alone, without links and without a number that the paper does not have.
 * @param source title and abstract, which hold every number that may be named.
 * @returns `undefined` when it is not, however it is trimmed.
 */
export function acceptable(answer: string, source: string): string | undefined {
  const text = plainText(answer.slice(0, READ_CHARS_MAX).replace(/\*\*|`|^#+\s/gm, ''))
    .replace(HEADING, '')
    .replace(QUOTES, '')
    .replace(HEADING, '')
    .trim();
  let kept = '';
  for (const sentence of sentences(text)) {
    const longer = kept === '' ? sentence : `${kept} ${sentence}`;
    if (longer.length > SUMMARY_CHARS_MAX || !isWhole(sentence)) break;
    kept = longer;
  }
  const [first = ''] = sentences(kept);
  const sound =
    kept.length >= ACCEPTED_CHARS_MIN &&
    !REFERENCE.test(text) &&
    standingAlone(first) === first &&
    numbersIn(kept).every((number) => numbersIn(source).includes(number));
  return sound ? kept : undefined;
}

/** `1,000` and `1000` are one number. */
function numbersIn(text: string): string[] {
  return (text.match(/\d+(?:[.,]\d+)*/g) ?? []).map((number) => number.replace(/,(?=\d{3})/g, ''));
}
