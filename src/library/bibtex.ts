import {
  type Collected,
  FIELD_CHARS_MAX,
  givenFirst,
  isFull,
  momentOf,
  namesIn,
  type Refusal,
  take,
  yearOf,
} from './entry.ts';

/** An entry begins at the start of a line: there a value that was not closed ends at the latest. */
const NEXT_ENTRY = /\n[ \t]*@[a-z]+[ \t]*[{(]/gi;
const ENTRY = /@[ \t]*([a-z]+)\s*([{(])/gi;
const ENTRY_CHARS_MAX = 200_000;
const NAME = /[^\s={}(),"#]+/y;
const SPACE = /\s*/y;

class Flaw extends Error {
  readonly why: Refusal;
  constructor(why: Refusal) {
    super(why);
    this.why = why;
  }
}

/**
 * The entries of a BibTeX file. Written here because the parsers on npm give a whole file up at its first flaw, and tell no
 * line: this one refuses the entry that is flawed, and goes on at the next line that begins one. Linear in the
 * length of the text. Macros (`@string`) and `#` are known; `crossref` is not followed.
 * @see https://tug.ctan.org/info/bibtex/tamethebeast/ttb_en.pdf for what may stand where.
 */
export function parseBibtex(text: string, collected: Collected): void {
  const macros = new Map<string, string>();
  let line = 1;
  let counted = 0;
  let from = 0;
  let end = -1; // where the next entry begins a line: looked for once, however many share a line
  while (!isFull(collected)) {
    ENTRY.lastIndex = from;
    const begin = ENTRY.exec(text);
    if (begin === null) return;
    line += lines(text, counted, begin.index);
    counted = begin.index;
    const type = (begin[1] ?? '').toLowerCase();
    if (end < ENTRY.lastIndex) end = entryEnd(text, ENTRY.lastIndex);
    const body = text.slice(ENTRY.lastIndex, Math.min(end, ENTRY.lastIndex + ENTRY_CHARS_MAX));
    const close = begin[2] === '{' ? '}' : ')';
    try {
      const read = readEntry(body, close, type, macros);
      from = ENTRY.lastIndex + read.length;
      if (type === 'string') for (const [name, value] of read.fields) macros.set(name, value);
      else if (type !== 'comment' && type !== 'preamble')
        take(collected, entryOf(line, read.fields));
    } catch (flaw) {
      if (!(flaw instanceof Flaw)) throw flaw;
      from = end;
      const cut = body.length === ENTRY_CHARS_MAX;
      collected.refused.push({ at: line, why: cut ? 'tooLong' : flaw.why });
    }
  }
}

function entryEnd(text: string, from: number): number {
  NEXT_ENTRY.lastIndex = from;
  return NEXT_ENTRY.exec(text)?.index ?? text.length;
}

interface Read {
  readonly fields: Map<string, string>;
  /** Up to and with what closes the entry. */
  readonly length: number;
}

function readEntry(body: string, close: string, type: string, macros: Map<string, string>): Read {
  const fields = new Map<string, string>();
  const at = { place: 0 };
  const peek = () => {
    match(SPACE, body, at);
    return body[at.place];
  };
  if (type === 'comment' || type === 'preamble') return { fields, length: skipGroup(body, close) };
  if (type !== 'string') {
    const comma = body.indexOf(',');
    const closing = body.indexOf(close);
    if (comma === -1 && closing === -1) throw new Flaw('unclosed');
    if (comma === -1 || (closing !== -1 && closing < comma)) return { fields, length: closing + 1 };
    at.place = comma + 1;
  }
  for (;;) {
    const next = peek();
    if (next === undefined) throw new Flaw('unclosed');
    if (next === close) return { fields, length: at.place + 1 };
    if (next === ',') {
      at.place++;
      continue;
    }
    const name = match(NAME, body, at).toLowerCase();
    if (name === '' || peek() !== '=') throw new Flaw('malformed');
    at.place++;
    let value = '';
    do {
      peek();
      value += readValue(body, at, macros);
    } while (peek() === '#' && ++at.place > 0);
    if (!fields.has(name)) fields.set(name, value.slice(0, FIELD_CHARS_MAX));
  }
}

function readValue(body: string, at: { place: number }, macros: Map<string, string>): string {
  const opening = body[at.place];
  if (opening !== '{' && opening !== '"') {
    const word = match(NAME, body, at);
    if (word === '') throw new Flaw(at.place >= body.length ? 'unclosed' : 'malformed');
    return macros.get(word.toLowerCase()) ?? word;
  }
  const from = at.place + 1;
  let depth = 0;
  for (let place = from; place < body.length; place++) {
    const sign = body[place];
    if (sign === '\\') place++;
    else if (sign === '{') depth++;
    else if (depth === 0 && sign === (opening === '{' ? '}' : '"')) {
      at.place = place + 1;
      return body.slice(from, place);
    } else if (sign === '}') depth--;
  }
  throw new Flaw('unclosed');
}

/** The length of a group whose words mean nothing here. */
function skipGroup(body: string, close: string): number {
  let depth = 0;
  for (let place = 0; place < body.length; place++) {
    if (body[place] === '{') depth++;
    else if (depth === 0 && body[place] === close) return place + 1;
    else if (body[place] === '}') depth--;
  }
  return body.length;
}

function match(pattern: RegExp, body: string, at: { place: number }): string {
  pattern.lastIndex = at.place;
  const [found = ''] = pattern.exec(body) ?? [];
  at.place += found.length;
  return found;
}

function lines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1))
    count++;
  return count;
}

function entryOf(at: number, fields: ReadonlyMap<string, string>) {
  const field = (...names: readonly string[]) =>
    names.map((name) => fields.get(name)).find((value) => value !== undefined);
  const [author] = (field('author', 'editor') ?? '').split(/\s+and\s+/i);
  return {
    at,
    ...namesIn(
      ['eprint', 'arxivid', 'doi', 'url', 'journal', 'note', 'howpublished'].map((name) =>
        fields.get(name),
      ),
    ),
    title: field('title') ?? '',
    abstract: field('abstract') ?? '',
    author: author === undefined || author === '' ? undefined : givenFirst(author),
    year: yearOf(field('year', 'date')),
    added: momentOf(field('date-added', 'dateadded', 'added-at', 'timestamp')),
  };
}
