import { type Element, elements, parseXml, textAt, xmlFlaw } from '../sources/xml.ts';
import {
  type Collected,
  isFull,
  LibraryFileError,
  momentOf,
  namesIn,
  take,
  yearOf,
} from './entry.ts';

/** What Zotero exports beside papers. */
const NO_PAPERS = new Set(['attachment', 'note', 'annotation', 'webpage', 'email']);

/**
 * The items of a library that Zotero exported as RDF. A journal article has its DOI within the journal that it is part of.
 * @throws LibraryFileError when it is no complete RDF document.
 */
export function parseZoteroRdf(text: string, collected: Collected): void {
  let root: Element | undefined;
  try {
    if (xmlFlaw(text, ['RDF']) === undefined) [root] = elements(parseXml(text), 'RDF');
  } catch {
    root = undefined; // nested deeper than the parser goes
  }
  if (root === undefined) {
    throw new LibraryFileError(
      'unreadable',
      'the file begins as XML and is no complete RDF document: export it again',
    );
  }
  const tops = Object.values(root).flatMap((value) => (typeof value === 'object' ? value : []));
  let number = 0;
  for (const item of tops) {
    if (isFull(collected)) return;
    const type = textAt(item, 'itemType');
    if (type === undefined || NO_PAPERS.has(type)) continue;
    number++;
    take(collected, { at: number, ...entryOf(item) });
  }
}

function entryOf(item: Element) {
  const ids = (of: Element) => [
    ...elements(of, 'identifier').map((one) => textAt(one) ?? one['#text']),
    ...elements(of, 'identifier', 'URI', 'value').map((one) => one['#text']),
  ];
  const [person] = elements(item, 'authors', 'Seq', 'li', 'Person');
  const given = person && (textAt(person, 'givenName') ?? textAt(person, 'givenname'));
  const name = [given, person && textAt(person, 'surname')]
    .filter((part) => part !== undefined)
    .join(' ');
  const parts = elements(item, 'isPartOf').flatMap((part) =>
    Object.values(part).flatMap((value) => (typeof value === 'object' ? value : [])),
  );
  const texts = [...ids(item), ...parts.flatMap(ids), textAt(item, 'description')];
  return {
    ...namesIn(texts.filter((text): text is string => typeof text === 'string')),
    title: textAt(item, 'title') ?? '',
    abstract: textAt(item, 'abstract') ?? '',
    author: name === '' ? undefined : name,
    year: yearOf(textAt(item, 'date')),
    added: momentOf(textAt(item, 'dateSubmitted')),
  };
}
