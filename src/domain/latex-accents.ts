import { SYMBOLS } from './latex-symbols.ts';

/** Accents that a command of one sign puts on the next letter: `\'e`, `\"{i}`. */
const SIGNS: ReadonlyMap<string, string> = new Map([
  ["'", '\u0301'],
  ['`', '\u0300'],
  ['^', '\u0302'],
  ['"', '\u0308'],
  ['~', '\u0303'],
  ['=', '\u0304'],
  ['.', '\u0307'],
]);

/** Accents that a command of one letter puts on the next letter: `\c c`, `\v{s}`. */
const LETTER_COMMANDS: ReadonlyMap<string, string> = new Map([
  ['c', '\u0327'],
  ['v', '\u030c'],
  ['u', '\u0306'],
  ['H', '\u030b'],
  ['r', '\u030a'],
  ['d', '\u0323'],
  ['k', '\u0328'],
]);

/** Accents of formulas: `\hat{x}`. */
export const MATHS_ACCENTS: ReadonlyMap<string, string> = new Map([
  ['hat', '\u0302'],
  ['widehat', '\u0302'],
  ['tilde', '\u0303'],
  ['widetilde', '\u0303'],
  ['bar', '\u0304'],
  ['overline', '\u0304'],
  ['vec', '\u20d7'],
  ['dot', '\u0307'],
  ['ddot', '\u0308'],
  ['check', '\u030c'],
  ['breve', '\u0306'],
  ['mathring', '\u030a'],
]);

const IN_BRACES = /\s*\{\s*\\?(\p{L})(\p{L}{0,40})\s*\}/uy;
const BARE = /\\([ij])(?![A-Za-z])|(\p{L})/uy;
const SPACED = /\s+(\p{L})/uy;
/** `\"A title\"` in a text that was escaped for a program: the second stands behind a word. */
const QUOTED = /\p{L}[^\\"]{0,120}\\"(?!\p{L})/uy;
const CONTRACTION = /(?:s|m|d|t|ll|re|ve)(?![A-Za-z])/y;

/** What an accent command and its letter become, and where the text goes on. */
interface Accented {
  readonly text: string;
  readonly next: number;
}

/**
 * The accented letter of the command named at `at` (behind the backslash), in NFC; `undefined` when
 * it is no accent on a letter, as in the `\'s` of a text that was escaped for a program.
 */
export function accented(source: string, at: number, name: string): Accented | undefined {
  const mark = SIGNS.get(name) ?? LETTER_COMMANDS.get(name);
  if (mark === undefined) return undefined;
  const after = at + name.length;
  const [braced, base = '', rest = ''] = match(IN_BRACES, source, after);
  if (braced !== undefined) {
    // `\r{ho}` is a `\rho` whose command was cut after its first letter.
    const cut = rest === '' ? undefined : SYMBOLS.get(name + base + rest);
    return { text: cut ?? withMark(base, mark) + rest, next: after + braced.length };
  }
  if (LETTER_COMMANDS.has(name)) {
    const [spaced, letter = ''] = match(SPACED, source, after);
    if (spaced === undefined) return undefined;
    return { text: withMark(letter, mark), next: after + spaced.length };
  }
  const inWord = /\p{L}/u.test(source[at - 2] ?? '');
  if (name === "'" && inWord && has(CONTRACTION, source, after)) return undefined;
  if (name === '"' && !inWord && has(QUOTED, source, after)) return undefined;
  const [bare, dotless, letter] = match(BARE, source, after);
  const text = withMark(dotless ?? letter ?? '', mark);
  // Nobody writes a letter that Unicode does not have; somebody escaped a quote.
  return bare === undefined || [...text].length !== 1
    ? undefined
    : { text, next: after + bare.length };
}

/** A letter with a combining mark, as one code point where Unicode has one. */
export function withMark(letter: string, mark: string): string {
  const base = letter === 'ı' ? 'i' : letter === 'ȷ' ? 'j' : letter;
  return (base + mark).normalize('NFC');
}

function match(pattern: RegExp, source: string, at: number): (string | undefined)[] {
  pattern.lastIndex = at;
  return pattern.exec(source) ?? [];
}

function has(pattern: RegExp, source: string, at: number): boolean {
  return match(pattern, source, at).length > 0;
}
