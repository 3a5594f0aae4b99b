/** Control characters, lone surrogates, noncharacters, which XML may not hold, and what turns the reading direction. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\p{Bidi_Control}]/gu;
/** White space other than the single blank between two words, which needs no replacing. */
const UNEVEN_SPACE = /\s{2,}|[^\S ]/gu;

/** Text from a stranger as one line that can neither end a header nor reorder what stands beside it. */
export function oneLine(text: string): string {
  return text
    .replace(UNEVEN_SPACE, ' ')
    .replace(UNPRINTABLE, '')
    .replace(UNEVEN_SPACE, ' ') // a character between two blanks is gone
    .trim();
}

/** Breaks lines longer than `columns` between words; a word that is longer, such as a link, stays whole. */
export function wrap(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, columns))
    .join('\n');
}

/** From blank to blank instead of word by word: this is a good part of what a text part costs. */
function wrapLine(line: string, columns: number): string {
  if (line.length <= columns) return line;
  const rows: string[] = [];
  let start = 0;
  while (line.length - start > columns) {
    let end = line.lastIndexOf(' ', start + columns);
    if (end <= start) end = line.indexOf(' ', start + columns);
    if (end < 0) break;
    rows.push(line.slice(start, end));
    start = end + 1;
  }
  return [...rows, line.slice(start)].join('\n');
}
