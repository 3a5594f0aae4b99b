/** Deeper braces and arguments are read flat, so that no input exhausts the stack. */
export const DEPTH_MAX = 40;

/** The text, and where every brace closes, found once so that every sign is read once. */
export interface Doc {
  readonly source: string;
  readonly closing: ReadonlyMap<number, number>;
  /** The last search for each sequence, so that no stretch of the text is searched twice. */
  readonly searches: Map<string, { readonly from: number; readonly found: number }>;
}

/** Where the reader is: before `to`, in a formula or in words, and how deep. */
export interface Place {
  readonly to: number;
  readonly maths: boolean;
  readonly depth: number;
  /** Whether a command may take its argument without braces, as in `\hat x`. */
  readonly bare: boolean;
}

/** What was read, and where the next sign stands. */
export interface Piece {
  readonly text: string;
  readonly next: number;
}

/** The text with its braces paired; an escaped brace pairs with none. */
export function openDoc(source: string): Doc {
  return { source, closing: closingBraces(source), searches: new Map() };
}

function closingBraces(source: string): Map<number, number> {
  const closing = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < source.length; at++) {
    const sign = source[at];
    if (sign === '\\') at++;
    else if (sign === '{') open.push(at);
    else if (sign === '}') {
      const start = open.pop();
      if (start !== undefined) closing.set(start, at);
    }
  }
  return closing;
}

/** The end of the group that opens at `at`, when it lies within this place and is not too deep. */
export function groupEnd(doc: Doc, at: number, place: Place): number | undefined {
  const end = doc.closing.get(at);
  return end === undefined || end >= place.to || place.depth >= DEPTH_MAX ? undefined : end;
}

/** The same place one level deeper, up to `to`. */
export function within(place: Place, to: number, maths = place.maths): Place {
  return { to, maths, depth: place.depth + 1, bare: true };
}

/** What the sticky pattern matches at this place; empty when it does not. */
export function match(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? '';
}

/** Where the sequence next stands, from `from` on; `undefined` when it does not. */
export function find(doc: Doc, sequence: string, from: number): number | undefined {
  const last = doc.searches.get(sequence);
  const known =
    last !== undefined && last.from <= from && (last.found >= from || last.found === -1);
  const found = known ? last.found : doc.source.indexOf(sequence, from);
  if (!known) doc.searches.set(sequence, { from, found });
  return found === -1 ? undefined : found;
}
