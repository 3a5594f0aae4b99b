import { parseBibtex } from './bibtex.ts';
import { type Collected, type Format, LibraryFileError, type ParsedLibrary } from './entry.ts';
import { parseJson } from './json.ts';
import { parseList } from './list.ts';
import { parseRis } from './ris.ts';
import { parseZoteroRdf } from './zotero-rdf.ts';

/**
 * The entries of a library file, whose format its content tells: BibTeX, RIS, Zotero RDF, CSL-JSON, the works of an ORCID record,
 * or a list of arXiv ids, DOIs and links. A flawed entry is refused with its place and a reason, and the others are kept.
 * At most 5,000 entries are read.
 * @param bytesMax of the file.
 * @throws LibraryFileError when the file as a whole cannot be read.
 */
export function parseLibrary(bytes: Uint8Array, bytesMax: number): ParsedLibrary {
  if (bytes.length > bytesMax) {
    throw new LibraryFileError(
      'tooLarge',
      `the file has ${bytes.length} bytes, the most is ${bytesMax}: split it`,
    );
  }
  const text = decoded(bytes);
  if (text.trim() === '') throw new LibraryFileError('empty', 'the file is empty');
  if (text.includes('\0')) {
    throw new LibraryFileError(
      'unreadable',
      'the file is no text: export the library as BibTeX, RIS, RDF or CSL JSON',
    );
  }
  const collected: Collected = { entries: [], refused: [] };
  return { format: read(text, collected), ...collected };
}

function read(text: string, collected: Collected): Format {
  const start = text.trimStart();
  if (/^[[{]/.test(start)) return parseJson(start, collected);
  if (start.startsWith('<')) {
    parseZoteroRdf(start, collected);
    return 'rdf';
  }
  if (/^TY {1,2}- /m.test(text.slice(0, HEAD_CHARS))) {
    parseRis(text, collected);
    return 'ris';
  }
  if (/@[ \t]*[a-z]+\s*[{(]/i.test(text)) {
    parseBibtex(text, collected);
    return 'bibtex';
  }
  parseList(text, collected);
  return 'list';
}

/** Within so many a RIS file has its first entry. */
const HEAD_CHARS = 10_000;

/** UTF-8, UTF-16 with its mark, else what Windows wrote before. */
function decoded(bytes: Uint8Array): string {
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (wide) return new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
