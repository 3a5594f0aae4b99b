import { arxivId, doi } from '../domain/paper.ts';
import { paperRow } from './paper-row.ts';
import type { Listing, Pulled, Rejection } from './source.ts';

/** A row of somebody's table, by the names of a papers file. */
type Fields = Readonly<Record<string, unknown>>;

const LISTS = ['authors', 'topics', 'categories'];
const COUNTS = ['upvotes', 'numComments', 'githubStars', 'position'];
const MOMENTS = ['publishedAt', 'listedOn'];

/**
 * The papers in rows of somebody's table. An id of their own that is neither an arXiv id nor a DOI
 * is theirs alone and left out; a list may be an array, or text separated by `;`.
 * @param date the day for rows that name none, ISO.
 */
export function sqlListings(rows: readonly Fields[], date: string): Pulled {
  const listings: Listing[] = [];
  const rejections: Rejection[] = [];
  for (const [index, row] of rows.entries()) {
    const read = paperRow(words(row), date, 'map a column to listedOn');
    if ('why' in read) rejections.push({ at: index + 1, why: `id ${String(row.id)}: ${read.why}` });
    else listings.push(read);
  }
  return { listings, rejections };
}

function words(row: Fields): Fields {
  return Object.fromEntries(
    Object.entries(row).flatMap(([field, value]): [string, unknown][] => {
      if (value === null) return [];
      if (field === 'id') return named(String(value)) ? [[field, String(value)]] : [];
      if (LISTS.includes(field)) return [[field, list(value)]];
      if (COUNTS.includes(field)) return [[field, Number(value)]];
      if (MOMENTS.includes(field)) return [[field, moment(field, String(value))]];
      return [[field, String(value)]];
    }),
  );
}

function named(id: string): boolean {
  return arxivId(id) !== undefined || doi(id) !== undefined;
}

function list(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** JSON writes a timestamp without its zone when the column has none: it is taken for UTC. */
function moment(field: string, text: string): string {
  if (field === 'listedOn') return text.slice(0, 10);
  const whole = text.replace(' ', 'T');
  return /T\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(whole) ? `${whole}Z` : whole;
}
