import { decodeReferences, withoutTags } from './html.ts';
import { latexToText } from './latex.ts';
import { withLostSigns } from './lost-backslashes.ts';
import { plainTildes } from './tie.ts';

/** What stands behind this many UTF-16 units is not read. */
const TEXT_CHARS_MAX = 200_000;
/** Cleaning may lay bare what was hidden, as `{\{a\}}` does; it is repeated at most so often. */
const PASSES_MAX = 4;

/**
 * What cannot be seen: controls but white space, lone surrogates, private use,
 * noncharacters (U+FFFE and U+FFFF may not stand in XML), and all that Unicode
 * lets a renderer ignore (bidi controls, zero-width and filler characters, tags), except the two
 * variation selectors of emoji.
 * @see https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
 */
const INVISIBLE =
  /\ufeff|(?!\s|\u0085|\ufe0e|\ufe0f)[\p{Cc}\p{Cs}\p{Co}\p{DI}\p{Noncharacter_Code_Point}\ufff9-\ufffb]/gu;

/**
 * Plain text in NFC, on one line, of a title, an abstract or a name as sources give it: without
 * LaTeX, HTML and characters that cannot be seen. Money such as `$5` keeps its dollar. Character
 * references are decoded once; apart from these, plain text stays as it is when cleaned again.
 * Linear in the length of the text, of which at most 200,000 UTF-16 units are read.
 */
export function plainText(text: string): string {
  let seen = visibleText(decodeReferences(visibleText(text.slice(0, TEXT_CHARS_MAX))));
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    const cleaned = clean(seen);
    if (cleaned === seen) break;
    seen = cleaned;
  }
  return seen;
}

/** The text on one line in NFC, without what cannot be seen; its markup stays. */
export function visibleText(text: string): string {
  return fold(text.replace(INVISIBLE, ''));
}

/**
 * A title reduced to what two spellings of it share: letters and digits of any script, in lower
 * case, without accents. A title that has none, such as `???`, is its own key.
 */
export function titleKey(title: string): string {
  const key = plainText(title)
    .normalize('NFKD')
    .toUpperCase() // `ß` and `SS` are one
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  return key === '' ? title.trim() : key;
}

/** The text, or its beginning up to the last whole word and `…`, in at most `charsMax` UTF-16 units. */
export function cutAtWord(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const head = text.slice(0, charsMax - 1);
  const space = /\s/.test(text[charsMax - 1] ?? '') ? head.length : head.lastIndexOf(' ');
  // A single word that fills the text is cut inside, but never inside a character.
  const whole = space > charsMax / 2 ? head.slice(0, space) : head.replace(/[\ud800-\udbff]$/, '');
  return `${whole.trimEnd()}…`;
}

function clean(text: string): string {
  const words = withLostSigns(withoutTags(latexToText(text)));
  return fold(plainTildes(withoutBraces(withDashes(withQuotes(words)))));
}

/** TeX's quotes as typographic ones. */
function withQuotes(text: string): string {
  return text
    .replace(/``/g, '“')
    .replace(/(?<=^|[\s([])''(?=\S)/g, '“')
    .replace(/''/g, '”')
    .replace(/(?<![\p{L}\p{N}])`([^`'\s][^`']{0,80})'/gu, '‘$1’');
}

/** `--` and `---` as dashes, but not in addresses nor in options such as `--help`. */
function withDashes(text: string): string {
  return text.replace(/https?:\/\/\S+|-{2,}/g, (found, at: number) => {
    if (!found.startsWith('-') || found.length > 3) return found;
    const option = /^$|\s/.test(text[at - 1] ?? '') && /\p{L}/u.test(text[at + found.length] ?? '');
    if (option) return found;
    return found.length === 2 ? '–' : '—';
  });
}

/** `{BERT}`, `pro{A}ctive`, `5{,}000` and `{a term}` without their braces; sets keep theirs. */
function withoutBraces(text: string): string {
  return text.replace(/(?<!\{)\{{1,8}([\p{L}\p{N}._-][\p{L}\p{N} ._-]{0,60}|[,=:])\}{1,8}/gu, '$1');
}

function fold(text: string): string {
  return text
    .replace(/[\s\u0085]+/g, ' ')
    .trim()
    .normalize('NFC');
}
