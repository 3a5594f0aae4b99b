import { excerpt } from './explain.ts';
import { paperRow } from './paper-row.ts';
import { type Listing, type Pulled, type Rejection, SourceError } from './source.ts';

const ROWS_MAX = 10_000;

/** What a push may not say of itself. */
interface PushOptions {
  /** The day for rows without `listedOn`, ISO. */
  readonly date: string;
  /** The last day that a row may name, ISO. */
  readonly latest: string;
}

/**
 * The papers that somebody pushed: a JSON array, or one object a line. A bad row is rejected with its
 * number and the field; the others are taken.
 * @throws SourceError when the body is neither, is empty, or holds too many rows.
 */
export function parsePush(body: string, options: PushOptions): Pulled {
  const rows = rowsOf(body);
  if (rows.length === 0)
    throw new SourceError('the body holds no paper: expected a JSON array or one object a line');
  if (rows.length > ROWS_MAX) {
    throw new SourceError(`the body holds ${rows.length} papers: push at most ${ROWS_MAX} at once`);
  }
  const listings: Listing[] = [];
  const rejections: Rejection[] = [];
  for (const { at, row } of rows) {
    const read = row === undefined ? { why: 'the row is no JSON' } : rowWithin(row, options);
    if ('why' in read) rejections.push({ at, why: read.why });
    else listings.push(read);
  }
  return { listings, rejections };
}

function rowWithin(
  row: unknown,
  { date, latest }: PushOptions,
): Listing | { readonly why: string } {
  const read = paperRow(row, date, 'name the day');
  if ('why' in read || read.record.listedOn <= latest) return read;
  return { why: `listedOn: ${read.record.listedOn} is in the future` };
}

interface NumberedRow {
  readonly at: number;
  /** Undefined: it is no JSON. */
  readonly row: unknown;
}

function rowsOf(body: string): NumberedRow[] {
  const text = body.replace(/^\ufeff/, '').trim();
  if (text.startsWith('[')) {
    const rows = parsed(text);
    if (!Array.isArray(rows)) throw new SourceError(`the body is no JSON array: ${excerpt(text)}`);
    return rows.map((row, index) => ({ at: index + 1, row }));
  }
  return text
    .split('\n')
    .map((line, index) => ({ at: index + 1, line: line.trim() }))
    .filter(({ line }) => line !== '')
    .map(({ at, line }) => ({ at, row: parsed(line) }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
