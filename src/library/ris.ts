import {
  type Collected,
  FIELD_CHARS_MAX,
  givenFirst,
  isFull,
  momentOf,
  namesIn,
  take,
  yearOf,
} from './entry.ts';

const TAG = /^([A-Z][A-Z0-9])\s{1,2}-(?: (.*))?$/;

/**
 * The entries of a RIS file, from each `TY` to its `ER`. A line without a tag goes on with the one before; an entry
 * without its `ER` ends where the next begins.
 * @see https://en.wikipedia.org/wiki/RIS_(file_format)
 */
export function parseRis(text: string, collected: Collected): void {
  let begin = 0;
  let fields = new Map<string, string[]>();
  let last: string[] = [];
  const end = () => {
    if (begin > 0) take(collected, entryOf(begin, fields));
    begin = 0;
  };
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (isFull(collected)) return;
    const [, tag, value = ''] = TAG.exec(line.trimEnd()) ?? [];
    if (tag === 'TY') {
      end();
      begin = index + 1;
      fields = new Map();
      last = [];
    } else if (tag === 'ER') end();
    else if (begin > 0 && tag !== undefined) {
      last = fields.get(tag) ?? [];
      fields.set(tag, last);
      if (last.length < VALUES_MAX) last.push(value.slice(0, FIELD_CHARS_MAX));
    } else if (begin > 0 && last.length > 0 && line.trim() !== '') {
      const before = last.pop() ?? '';
      last.push(before.length < FIELD_CHARS_MAX ? `${before} ${line.trim()}` : before);
    } else if (begin === 0 && line.trim() !== '') {
      collected.refused.push({ at: index + 1, why: 'malformed' });
    }
  }
  end();
}

/** Of one tag in one entry: authors, links. */
const VALUES_MAX = 100;

function entryOf(at: number, fields: ReadonlyMap<string, readonly string[]>) {
  const first = (...tags: readonly string[]) =>
    tags.flatMap((tag) => fields.get(tag) ?? []).find((value) => value.trim() !== '');
  const named = ['DO', 'UR', 'L1', 'L2', 'AN', 'M1', 'M3', 'JO', 'JF', 'T2', 'N1'];
  const author = first('AU', 'A1');
  return {
    at,
    ...namesIn(named.flatMap((tag) => fields.get(tag) ?? [])),
    title: first('TI', 'T1', 'CT') ?? '',
    abstract: first('AB', 'N2') ?? '',
    author: author === undefined ? undefined : givenFirst(author),
    year: yearOf(first('PY', 'Y1', 'DA')),
    added: momentOf(first('C8')),
  };
}
