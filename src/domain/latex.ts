import { accented } from './latex-accents.ts';
import { isFunction, type Meaning, meaningOf, withoutGone } from './latex-commands.ts';
import {
  DEPTH_MAX,
  type Doc,
  find,
  groupEnd,
  match,
  openDoc,
  type Piece,
  type Place,
  within,
} from './latex-doc.ts';
import { isMaths, script } from './latex-maths.ts';
import { SYMBOLS } from './latex-symbols.ts';
import { isTie } from './tie.ts';

/** Signs after which a dollar no longer closes a formula. */
const MATHS_CHARS_MAX = 2_000;
/** An unknown command without argument stays as a word from this length on: `\framework`. */
const NAME_LETTERS_MIN = 4;
/** Arguments of a command that nobody knows. */
const UNKNOWN_ARGS_MAX = 4;
/** Changes of style before a bare argument. */
const STYLES_MAX = 3;

const PLAIN = /[^\\{}$~^_']+/y;
const NAME = /[A-Za-z]+/y;
const SPACES = /\s*/y;
const OPTION = /\[[^[\]{}]{0,200}\](?=\s*\{)/y;

/**
 * LaTeX to plain text: accents to letters, commands to their signs or arguments, formulas without
 * their dollar signs. Takes linear time and never throws, whatever the text.
 */
export function latexToText(source: string): string {
  if (!/[\\{}$~^_]/.test(source)) return source;
  const doc = openDoc(source);
  const top = { to: source.length, maths: false, depth: 0, bare: true };
  return withoutGone(convert(doc, 0, top));
}

function convert(doc: Doc, from: number, place: Place): string {
  const pieces: string[] = [];
  for (let at = from; at < place.to; ) {
    const piece = read(doc, at, place);
    pieces.push(piece.text);
    at = piece.next;
  }
  return pieces.join('');
}

function read(doc: Doc, at: number, place: Place): Piece {
  const { source } = doc;
  const plain = match(PLAIN, source, at);
  if (plain !== '') return { text: plain, next: at + plain.length };
  const next = at + 1;
  switch (source[at]) {
    case '\\':
      return readCommand(doc, at, place);
    case '{':
      return readGroup(doc, at, place);
    case '$':
      return readDollar(doc, at, place);
    case '^':
      return readScript(doc, '^', at, place);
    case '_':
      return readScript(doc, '_', at, place);
    case '~':
      return { text: place.maths || isTie(source, at) ? ' ' : '~', next };
    case "'":
      return { text: place.maths ? '′' : "'", next };
    default:
      return { text: '', next }; // a brace that closes nothing
  }
}

function readGroup(doc: Doc, at: number, place: Place): Piece {
  const end = groupEnd(doc, at, place);
  if (end === undefined) return { text: '', next: at + 1 };
  const inner = convert(doc, at + 1, within(place, end));
  // Braces in words without any command are the authors' own: `a photo of {two cats}`.
  const own = !place.maths && !doc.source.slice(at, end).includes('\\');
  return { text: own ? `{${inner}}` : inner, next: end + 1 };
}

function readDollar(doc: Doc, at: number, place: Place): Piece {
  const { source } = doc;
  const width = source[at + 1] === '$' ? 2 : 1;
  const start = at + width;
  const end = closingDollar(doc, start, place);
  const literal = { text: '$', next: at + 1 };
  if (end === undefined || (width === 2 && source[end + 1] !== '$')) return literal;
  const next = end + width;
  if (!isMaths(source.slice(start, end), source[next] ?? '')) return literal;
  return { text: convert(doc, start, within(place, end, true)).trim(), next };
}

function closingDollar(doc: Doc, from: number, place: Place): number | undefined {
  if (place.depth >= DEPTH_MAX) return undefined;
  const to = Math.min(place.to, from + MATHS_CHARS_MAX);
  for (let at = from; at < to; at++) {
    const sign = doc.source[at];
    if (sign === '$') return at;
    if (sign === '\\') at++;
    else if (sign === '{') at = groupEnd(doc, at, place) ?? at;
  }
  return undefined;
}

function readScript(doc: Doc, sign: '^' | '_', at: number, place: Place): Piece {
  const { source } = doc;
  const inWords =
    source[at + 1] === '{' || (sign === '^' && /^\\[a-z]/.test(source.slice(at + 1, at + 3)));
  const arg =
    place.maths || inWords ? readArgument(doc, at + 1, within(place, place.to, true)) : undefined;
  return arg === undefined
    ? { text: sign, next: at + 1 }
    : { text: script(sign, arg.text), next: arg.next };
}

/** One argument: a group, or inside a formula a command or a sign. */
function readArgument(doc: Doc, from: number, place: Place): Piece | undefined {
  const { source } = doc;
  let at = from + match(SPACES, source, from).length;
  if (at >= place.to || place.depth >= DEPTH_MAX) return undefined;
  if (source[at] === '{') {
    const end = groupEnd(doc, at, place);
    if (end === undefined) return undefined;
    return { text: convert(doc, at + 1, within(place, end)), next: end + 1 };
  }
  if (!place.maths || !place.bare) return undefined;
  for (let styles = 0; source[at] === '\\' && styles < STYLES_MAX; styles++) {
    const piece = readCommand(doc, at, { ...within(place, place.to), bare: false });
    if (piece.text !== '') return piece;
    at = piece.next; // `^\tt 3`: a change of style, its argument is still to come
  }
  if (at >= place.to) return undefined;
  const text = String.fromCodePoint(source.codePointAt(at) ?? 0x20);
  return /[{}$\\]/.test(text) ? undefined : { text, next: at + text.length };
}

function readCommand(doc: Doc, at: number, place: Place): Piece {
  const { source } = doc;
  const name = match(NAME, source, at + 1);
  if (name === '') return readSign(doc, at, place);
  const letter = place.maths ? undefined : accented(source, at + 1, name);
  if (letter !== undefined) return letter;
  const after = at + 1 + name.length + (source[at + 1 + name.length] === '*' ? 1 : 0);
  const meaning = meaningOf(name);
  if (meaning === undefined) return readUnknown(doc, name, after, place);
  if (meaning.kind === 'call') return readCall(doc, meaning, after, place);
  const past = source.startsWith('{}', after) ? after + 2 : after;
  const spaces =
    meaning.kind === 'letter' && past === after ? match(SPACES, source, past).length : 0;
  // `\etc.` at the end of a sentence has its full stop already.
  const stop = meaning.text.endsWith('.') && source[past] === '.' ? 1 : 0;
  return { text: meaning.text, next: past + spaces + stop };
}

function readCall(doc: Doc, call: Meaning & { kind: 'call' }, from: number, place: Place): Piece {
  const inner = { ...place, maths: place.maths && call.words !== true };
  const args: string[] = [];
  let next = from + match(OPTION, doc.source, from).length;
  while (args.length < call.args) {
    const arg = readArgument(doc, next, inner);
    if (arg === undefined) break;
    args.push(arg.text);
    next = arg.next;
  }
  // Without its argument only the style is lost; with an open brace the brace goes as well.
  if (args.length === 0) return { text: '', next: from };
  return { text: call.text(...args), next };
}

function readUnknown(doc: Doc, name: string, from: number, place: Place): Piece {
  const { source } = doc;
  const args: string[] = [];
  let next = from;
  while (args.length < UNKNOWN_ARGS_MAX && source[next] === '{') {
    const arg = readArgument(doc, next, place);
    if (arg === undefined) break;
    args.push(arg.text);
    next = arg.next;
  }
  const text = args.join(' ');
  if (text.trim() !== '') return { text: SYMBOLS.get(name + text) ?? text, next };
  if (isFunction(name)) {
    const glued = /[\p{L}\p{N})]/u.test(source[from - name.length - 2] ?? '');
    return { text: glued ? ` ${name}` : name, next };
  }
  if (place.maths) return { text: /^b[A-Za-z]$/.test(name) ? name.slice(1) : name, next };
  return { text: name.length >= NAME_LETTERS_MIN ? name : '', next };
}

function readSign(doc: Doc, at: number, place: Place): Piece {
  const { source } = doc;
  const sign = source[at + 1];
  if (sign === undefined) return { text: '', next: at + 1 };
  const letter = place.maths ? undefined : accented(source, at + 1, sign);
  if (letter !== undefined) return letter;
  const next = at + 2;
  if (sign === '(' || sign === '[') {
    const end = find(doc, sign === '(' ? '\\)' : '\\]', next);
    if (end !== undefined && end < place.to && place.depth < DEPTH_MAX) {
      return { text: convert(doc, next, within(place, end, true)).trim(), next: end + 2 };
    }
  }
  if (/[\s,;:>\\]/.test(sign)) return { text: ' ', next };
  if (/[!/@-]/.test(sign)) return { text: '', next };
  if (sign === '~') return { text: '∼', next };
  if (sign === '|' && place.maths) return { text: '‖', next };
  const text = String.fromCodePoint(source.codePointAt(at + 1) ?? 0x20);
  return { text, next: at + 1 + text.length };
}
