import { type PaperRecord, paperKeys, samePaper } from './domain/paper.ts';
import { cutAtWord, plainText } from './domain/text.ts';
import type { Format, RawEntry, Refused } from './library/entry.ts';
import { parseLibrary } from './library/parse.ts';
import type { Db } from './store/database.ts';
import { addToLibrary, LIBRARY_ENTRIES_MAX, type NewEntry, papersByKey } from './store/library.ts';

/** What became of a library file. Entries: `kept` + `older` + `repeated` + the refused. */
export interface ImportedLibrary {
  readonly format: Format;
  /** Entries of the file that were read, refused ones too. */
  readonly read: number;
  /** Papers of the archive. */
  readonly matched: number;
  /** Papers that the archive does not have: kept with title and abstract. */
  readonly text: number;
  /** Named by a number alone that the archive does not have: kept for the day on which it has it. */
  readonly waiting: number;
  /** More than the newest that are kept. */
  readonly older: number;
  /** Named again within the file. */
  readonly repeated: number;
  /** Those of the kept ones that the subscriber did not have before. */
  readonly added: number;
  readonly refused: readonly Refused[];
}

const TITLE_CHARS_MAX = 500;
/** Enough to tell what a paper is about. */
const ABSTRACT_CHARS_MAX = 2_000;
/** So many bytes are read of a file that a command names. */
export const FILE_BYTES_MAX = 20_000_000;

/**
 * Keeps the newest 500 papers of a library file as likes of a subscriber: matched with the archive by arXiv id, DOI, or title
 * and first author, the others as text. The same file again changes nothing.
 * @throws LibraryFileError when the file as a whole cannot be read.
 */
export async function importLibrary(
  db: Db,
  subscriberId: number,
  bytes: Uint8Array,
  now: Date,
  bytesMax = FILE_BYTES_MAX,
): Promise<ImportedLibrary> {
  const { format, entries, refused } = parseLibrary(bytes, bytesMax);
  const { kept, repeated } = newest(entries, now);
  const keys = kept.flatMap(({ record }) => paperKeys(record));
  const known = await papersByKey(db, [...new Set(keys)]);
  const matched = kept.map(({ record, at }) => toEntry(record, at, known));
  const added = await addToLibrary(db, subscriberId, matched);
  const found = matched.filter(({ paperId }) => paperId !== undefined).length;
  const waiting = matched.filter((one) => one.paperId === undefined && one.title === '').length;
  return {
    format,
    read: entries.length + refused.length,
    matched: found,
    text: matched.length - found - waiting,
    waiting,
    older: entries.length - kept.length - repeated,
    repeated,
    added,
    refused,
  };
}

type Named = Pick<PaperRecord, 'arxivId' | 'doi' | 'title' | 'abstract' | 'authors'>;

interface Kept {
  readonly record: Named;
  readonly at: Date;
}

/**
 * The newest entries, each paper once: by when they were added to the collection, else by their year, else as they stand
 * in the file. Only these are cleaned, which costs more than the reading.
 */
function newest(entries: readonly RawEntry[], now: Date): { kept: Kept[]; repeated: number } {
  const age = ({ added, year }: RawEntry) =>
    added?.getTime() ?? (year === undefined ? 0 : Date.UTC(year));
  const ordered = [...entries].sort((a, b) => age(b) - age(a) || a.at - b.at);
  const seen = new Set<string>();
  const kept: Kept[] = [];
  let repeated = 0;
  for (const entry of ordered) {
    if (kept.length === LIBRARY_ENTRIES_MAX) break;
    const record = cleaned(entry);
    const [key = ''] = namesOf(record);
    if (seen.has(key)) repeated++;
    else {
      const added = entry.added !== undefined && entry.added <= now ? entry.added : now;
      kept.push({ record, at: added });
    }
    seen.add(key);
  }
  return { kept, repeated };
}

function cleaned({ arxivId, doi, title, abstract, author }: RawEntry): Named {
  return {
    ...(arxivId === undefined ? {} : { arxivId }),
    ...(doi === undefined ? {} : { doi }),
    title: cutAtWord(plainText(title), TITLE_CHARS_MAX),
    abstract: cutAtWord(plainText(abstract.slice(0, 2 * ABSTRACT_CHARS_MAX)), ABSTRACT_CHARS_MAX),
    authors: author === undefined ? [] : [plainText(author)],
  };
}

/** The names of an entry; one without a title has none by title. */
function namesOf(record: Named): string[] {
  const keys = paperKeys(record);
  return record.title === '' ? keys.filter((key) => !/^(?:by|title):/.test(key)) : keys;
}

type Known = Awaited<ReturnType<typeof papersByKey>>;

function toEntry(record: Named, at: Date, known: Known): NewEntry {
  const [key = ''] = namesOf(record);
  return {
    key,
    paperId: matchOf(record, known),
    title: record.title,
    abstract: record.abstract,
    at,
  };
}

/** The paper that an entry names: a shared title is not enough for records that contradict each other. */
function matchOf(record: Named, known: Known): string | undefined {
  for (const name of namesOf(record)) {
    const paper = known.get(name);
    if (paper === undefined) continue;
    if (name.startsWith('arxiv:') || name.startsWith('doi:')) return paper.id;
    // The published version has a DOI, the preprint an arXiv id: one paper to whoever likes it.
    if (samePaper({ authors: record.authors }, paper.record)) return paper.id;
  }
  return undefined;
}
