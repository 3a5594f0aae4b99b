import { announcedOn } from '../domain/arxiv-calendar.ts';
import { isWithdrawn, versionOf } from './arxiv-words.ts';
import { excerpt } from './explain.ts';
import { instant, normalise } from './record.ts';
import { type Listing, type Pulled, type Rejection, SourceError } from './source.ts';
import { attribute, type Element, elements, parseXml, textAt } from './xml.ts';

/** One answer of the search API. */
export interface ArxivPage extends Pulled {
  /** What the query finds in all. */
  readonly total: number;
  /** What stands on this page, read or not. */
  readonly entries: number;
}

const NO_SIGNAL = { upvotes: 0, comments: 0, stars: 0, position: 0 };

/**
 * A page of arXiv's search API (Atom). A paper counts as listed when its first version was announced,
 * whatever version is the newest.
 * @param options.from how many entries came before, for the numbers of the rejections.
 * @throws SourceError when the page is an error message, which the API sends as an entry.
 * @see https://info.arxiv.org/help/api/user-manual.html
 */
export function parseArxivAtom(text: string, options: { readonly from?: number } = {}): ArxivPage {
  const [feed] = elements(parseXml(text), 'feed');
  if (feed === undefined) throw new SourceError(`expected an Atom feed, got ${excerpt(text)}`);
  const entries = elements(feed, 'entry');
  const listings: Listing[] = [];
  const rejections: Rejection[] = [];
  for (const [index, entry] of entries.entries()) {
    const read = listing(entry);
    if ('why' in read) rejections.push({ at: (options.from ?? 0) + index + 1, why: read.why });
    else listings.push(read);
  }
  const total = Number(textAt(feed, 'totalResults') ?? entries.length);
  return { listings, rejections, total, entries: entries.length };
}

function listing(entry: Element): Listing | { readonly why: string } {
  const id = textAt(entry, 'id') ?? '';
  const abstract = textAt(entry, 'summary') ?? '';
  if (id.includes('/api/errors')) {
    throw new SourceError(`arXiv refuses the query: ${excerpt(abstract)}`);
  }
  const published = instant(textAt(entry, 'published'));
  if (published === undefined) return { why: 'published: is no instant' };
  const comment = textAt(entry, 'comment');
  const primary = elements(entry, 'primary_category');
  const read = normalise({
    id,
    doi: undefined,
    title: textAt(entry, 'title') ?? '',
    abstract,
    authors: elements(entry, 'author').flatMap((author) => textAt(author, 'name') ?? []),
    categories: [...primary, ...elements(entry, 'category')].flatMap(
      (category) => attribute(category, 'term') ?? [],
    ),
    version: versionOf(id),
    withdrawn: isWithdrawn(comment, abstract) || undefined,
    publishedAt: published,
    listedOn: announcedOn(new Date(published)),
  });
  return 'why' in read ? read : { record: read.record, signal: NO_SIGNAL };
}
