import { isWhole, sentences } from '../../src/domain/summary/sentences.ts';
import { summarise } from '../../src/domain/summary/summarise.ts';
import { dirtIn } from './text.ts';

const CHARS_MIN = 120;
const CHARS_MAX = 345;
const END = /[.!?。！？]["”’)\]」』”）]*$/u;
const LATEX = /\\[a-zA-Z]+|\$[^$]+\$|\\[{}]/;
/** What leans on a sentence that is not there; `This paper` is the paper. */
const LEANING =
  /^(?:However|It|Its|They|Their|These|Those|Such|Moreover|Furthermore|Additionally|In addition|Therefore|Thus|Hence|Specifically|To this end|This(?! (?:paper|work|study|article|report|survey|thesis|review|tutorial|chapter|letter|research|position paper|technical report|dissertation|contribution|note)\b))\b/;

/** What is wrong with the summary of an abstract, by the rules that every one keeps. */
export function summaryFault(abstract: string, title: string): string | undefined {
  const summary = summarise(abstract, title);
  const { length } = summary;
  if (abstract.length < CHARS_MIN) {
    return summary === abstract ? undefined : 'a short abstract is not whole';
  }
  if (length < CHARS_MIN || length > CHARS_MAX) return `has ${length} characters`;
  if (!END.test(summary)) return `ends with ${JSON.stringify(summary.slice(-20))}`;
  if (LEANING.test(summary)) return `begins with ${JSON.stringify(summary.slice(0, 20))}`;
  return LATEX.test(summary) ? 'has LaTeX' : dirtIn(summary);
}

/** Whether an abstract has a sentence that a summary could hold. */
export function hasSentence(abstract: string): boolean {
  return sentences(abstract).some((one) => isWhole(one) && one.length <= CHARS_MAX);
}
