import { arxivId, doi } from '../domain/paper.ts';

/** In which way a library file is written. */
export type Format = 'bibtex' | 'ris' | 'rdf' | 'csl' | 'orcid' | 'list';

/** Why an entry is not kept: a code that pages and commands put into words. */
export type Refusal = 'unclosed' | 'malformed' | 'nameless' | 'noId' | 'tooLong';

/** An entry as the file has it; nothing of it is cleaned yet. */
export interface RawEntry {
  /** Line on which it begins, or its number in a file without lines of its own, from 1. */
  readonly at: number;
  readonly arxivId?: string | undefined;
  readonly doi?: string | undefined;
  readonly title: string;
  readonly abstract: string;
  /** The first author, given name first. */
  readonly author?: string | undefined;
  readonly year?: number | undefined;
  /** When it was added to the collection, where the file tells. */
  readonly added?: Date | undefined;
}

export interface Refused {
  readonly at: number;
  readonly why: Refusal;
}

/** What a file holds. */
export interface ParsedLibrary {
  readonly format: Format;
  readonly entries: readonly RawEntry[];
  readonly refused: readonly Refused[];
}

/** Where entries and refusals of a parser go, up to the limits. */
export interface Collected {
  readonly entries: RawEntry[];
  readonly refused: Refused[];
}

/** Of one file; what stands behind is not read. */
export const ENTRIES_READ_MAX = 5_000;
/** Of one field, before it is cleaned and cut to what is kept. */
export const FIELD_CHARS_MAX = 20_000;

/** The file as a whole is no library, or too large. */
export class LibraryFileError extends Error {
  override readonly name = 'LibraryFileError';
  readonly why: 'empty' | 'tooLarge' | 'unreadable';
  constructor(why: LibraryFileError['why'], message: string) {
    super(message);
    this.why = why;
  }
}

export function isFull({ entries, refused }: Collected): boolean {
  return entries.length + refused.length >= ENTRIES_READ_MAX;
}

/** Takes an entry in, or refuses it when nothing names it. */
export function take(collected: Collected, entry: RawEntry): void {
  if (entry.title.trim() === '' && entry.arxivId === undefined && entry.doi === undefined) {
    collected.refused.push({ at: entry.at, why: 'nameless' });
  } else collected.entries.push(entry);
}

const ARXIV =
  /arxiv(?:\.org)?[\s:./]*(?:(?:abs|pdf|html)\/)?(\d{4}\.\d{4,5}|[a-z-]{2,20}(?:\.[A-Z]{2})?\/\d{7})(?!\d)/i;
const DOI = /\b10\.\d{4,9}\/[^\s"<>{}\\,;]{1,200}/;

/** The arXiv id and the DOI that some fields hold, alone or within a link or a sentence; the first ones count. */
export function namesIn(
  fields: readonly (string | undefined)[],
): Pick<RawEntry, 'arxivId' | 'doi'> {
  const texts = fields.flatMap((field) => (field === undefined ? [] : field.slice(0, 1_000)));
  const found = { arxivId: undefined as string | undefined, doi: undefined as string | undefined };
  for (const text of texts) {
    found.arxivId ??= arxivId(text) ?? arxivId(ARXIV.exec(text)?.[1] ?? '');
    const other = doi(text) ?? doi(DOI.exec(text)?.[0].replace(/[.)\]]+$/, '') ?? '');
    if (other !== undefined && arxivId(other) === undefined) found.doi ??= other;
    found.arxivId ??= other === undefined ? undefined : arxivId(other);
  }
  return found;
}

/** `Okafor, Ada` as `Ada Okafor`. */
export function givenFirst(name: string): string {
  const [family = '', ...given] = name.split(',');
  return [...given.slice(-1), family]
    .map((part) => part.trim())
    .join(' ')
    .trim();
}

/** A year between the first paper and the next century; `undefined` for everything else. */
export function yearOf(text: string | number | undefined): number | undefined {
  const [year] = /\b(?:1[5-9]|20)\d\d\b/.exec(String(text ?? '').slice(0, 100)) ?? [];
  return year === undefined ? undefined : Number(year);
}

/** A day or an instant as files write it; `undefined` for everything else. */
export function momentOf(text: string | undefined): Date | undefined {
  const bare = text?.trim().slice(0, 40) ?? '';
  if (!/^\d{4}-\d\d-\d\d/.test(bare)) return undefined;
  const zoned = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?$/.test(bare)
    ? `${bare.replace(' ', 'T')}Z`
    : bare;
  const moment = new Date(zoned);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}
