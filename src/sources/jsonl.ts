import { excerpt } from './explain.ts';
import { eachLine, type Line } from './lines.ts';
import { paperRow } from './paper-row.ts';
import { requireDay } from './record.ts';
import { type Listing, type Pulled, type Rejection, SourceError } from './source.ts';

/** The longest row of arXiv, 3,303 authors, has about 60 KB. */
const LINE_BYTES_MAX = 1_000_000;
const FILE_BYTES_MAX = 2_000_000_000;
/** About 1 GB of memory; arXiv lists that many papers in a year. */
const PAPERS_MAX = 250_000;
/** A file of another kind would reject every line. */
const REJECTIONS_MAX = 1_000;

/** What may be said about a file of papers. */
export interface JsonlOptions {
  /** The day for rows without `listedOn`, ISO. */
  readonly date?: string;
  /** Of the whole file, after decompression: 2 GB unless told. */
  readonly bytesMax?: number;
}

/**
 * The papers of a file with one JSON object a line, plain or gzip. A line that is too long, no JSON
 * or no paper is rejected with its number and the field; empty lines are skipped. A compressed file
 * that breaks off keeps its whole lines and gets one rejection where it breaks.
 * @throws SourceError when the file cannot be read, has no line, or is too large.
 */
export async function readJsonl(path: string, options: JsonlOptions): Promise<Pulled> {
  if (options.date !== undefined) requireDay(options.date);
  const listings: Listing[] = [];
  const rejections: Rejection[] = [];
  let unlisted = 0;
  const limits = { lineBytesMax: LINE_BYTES_MAX, bytesMax: options.bytesMax ?? FILE_BYTES_MAX };
  const cut = await eachLine(path, limits, (line) => {
    if (line.text?.trim() === '') return;
    const read = listing(line, options.date);
    if (!('why' in read)) listings.push(read);
    else if (rejections.length < REJECTIONS_MAX) rejections.push({ at: line.at, why: read.why });
    else unlisted++;
    if (listings.length > PAPERS_MAX) {
      throw new SourceError(`${path} holds more than ${PAPERS_MAX} papers: split it`);
    }
  });
  if (listings.length === 0 && rejections.length === 0) {
    throw new SourceError(
      cut === undefined
        ? `${path} holds no line: expected one paper a line, as a JSON object`
        : `${path} cannot be decompressed (${cut.why}): get the file again`,
    );
  }
  const last = rejections.at(-1);
  if (unlisted > 0 && last !== undefined) {
    rejections.push({ at: last.at, why: `${unlisted} more lines after this one cannot be read` });
  }
  if (cut !== undefined) {
    const why = `the compressed file breaks off here (${cut.why}): get it again for the rest`;
    rejections.push({ at: cut.at, why });
  }
  return { listings, rejections };
}

function listing(line: Line, date: string | undefined): Listing | { readonly why: string } {
  if (line.text === undefined) {
    return { why: `the line is longer than ${LINE_BYTES_MAX} bytes` };
  }
  let body: unknown;
  try {
    body = JSON.parse(line.text.replace(/^\ufeff/, ''));
  } catch {
    return { why: `the line is no JSON: ${excerpt(line.text)}` };
  }
  return paperRow(body, date, 'give the day of such rows with --date 2025-03-14');
}
