import { splitAuthors, versionOf, withoutHead } from './arxiv-words.ts';
import { excerpt } from './explain.ts';
import { normalise } from './record.ts';
import { type Listing, type Pulled, type Rejection, SourceError } from './source.ts';
import { attribute, type Element, elements, parseXml, textAt } from './xml.ts';

/** How arXiv announces a paper in a category: for the first time, or again in another version. */
const ANNOUNCEMENTS = ['new', 'cross', 'replace', 'replace-cross'] as const;
export type Announcement = (typeof ANNOUNCEMENTS)[number];

const NO_SIGNAL = { upvotes: 0, comments: 0, stars: 0, position: 0 };
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** What one of arXiv's feeds announces. */
export interface Announced extends Pulled {
  /** The day of the feed itself. */
  readonly day: string;
  readonly counts: Readonly<Record<Announcement, number>>;
}

/**
 * One of arXiv's feeds of the newest announcement, RSS 2.0 or Atom. A paper that comes as a
 * replacement is told again; it is no news.
 * @param options.crossLists whether papers count that are cross-listed to the category.
 * @throws SourceError when the feed is none, or tells of a category that there is not.
 * @see https://info.arxiv.org/help/rss.html
 */
export function parseArxivFeed(text: string, options: { readonly crossLists: boolean }): Announced {
  const document = parseXml(text);
  const [head] = [...elements(document, 'feed'), ...elements(document, 'rss', 'channel')];
  if (head === undefined) throw new SourceError(`expected a feed, got ${excerpt(text)}`);
  const title = textAt(head, 'title') ?? '';
  if (/feed error/i.test(title)) {
    throw new SourceError(`arXiv refuses the feed: ${excerpt(title)}`);
  }
  const day = dayOf(textAt(head, 'pubDate') ?? textAt(head, 'updated'));
  if (day === undefined) throw new SourceError('the feed tells no day');
  const counts = { new: 0, cross: 0, replace: 0, 'replace-cross': 0 };
  const listings: Listing[] = [];
  const rejections: Rejection[] = [];
  const entries = [...elements(head, 'entry'), ...elements(head, 'item')];
  for (const [index, entry] of entries.entries()) {
    const announcement = announcementOf(entry);
    if (announcement !== undefined) counts[announcement]++;
    if (!options.crossLists && announcement?.endsWith('cross') === true) continue;
    const read = listing(entry, announcement, day);
    if ('why' in read) rejections.push({ at: index + 1, why: read.why });
    else listings.push(read);
  }
  return { listings, rejections, day, counts, note: noteOf(counts, entries.length, day, options) };
}

function listing(
  entry: Element,
  announcement: Announcement | undefined,
  feedDay: string,
): Listing | { readonly why: string } {
  if (announcement === undefined) return { why: 'announce_type: is missing or unknown' };
  const id = textAt(entry, 'guid') ?? textAt(entry, 'id') ?? '';
  const words = textAt(entry, 'description') ?? textAt(entry, 'summary') ?? '';
  const categories = elements(entry, 'category');
  const read = normalise({
    id,
    title: textAt(entry, 'title') ?? '',
    abstract: withoutHead(words).abstract,
    authors: elements(entry, 'creator').flatMap((one) => splitAuthors(String(one['#text'] ?? ''))),
    categories: categories.flatMap((one) => attribute(one, 'term') ?? textAt(one) ?? []),
    version: versionOf(id),
    listedOn: dayOf(textAt(entry, 'pubDate') ?? textAt(entry, 'published')) ?? feedDay,
  });
  if ('why' in read) return read;
  const again = announcement.startsWith('replace');
  return { record: read.record, signal: NO_SIGNAL, ...(again ? { again } : {}) };
}

function announcementOf(entry: Element): Announcement | undefined {
  const words = textAt(entry, 'description') ?? textAt(entry, 'summary') ?? '';
  const told = textAt(entry, 'announce_type') ?? withoutHead(words).type;
  return ANNOUNCEMENTS.find((known) => known === told?.toLowerCase());
}

/** The calendar day as arXiv writes it: its midnight is in New York, and so is the day meant. */
function dayOf(text: string | undefined): string | undefined {
  const [, iso] = /^(\d{4}-\d\d-\d\d)/.exec(text ?? '') ?? [];
  if (iso !== undefined) return iso;
  const [, day, month = '', year] = /^\w{3}, (\d{1,2}) (\w{3}) (\d{4})/.exec(text ?? '') ?? [];
  const at = MONTHS.indexOf(month);
  if (day === undefined || at < 0) return undefined;
  return `${year}-${String(at + 1).padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function noteOf(
  counts: Announced['counts'],
  entries: number,
  day: string,
  { crossLists }: { readonly crossLists: boolean },
): string {
  if (entries === 0) return `${weekday(day)}, ${day}: arXiv announces nothing`;
  const told = ANNOUNCEMENTS.filter((one) => counts[one] > 0).map((one) => `${counts[one]} ${one}`);
  const left = crossLists ? '' : ', cross-lists left out';
  return `arXiv announced on ${day}: ${told.join(', ')}${left}`;
}

function weekday(day: string): string {
  return new Date(day).toLocaleDateString('en-GB', { weekday: 'long', timeZone: 'UTC' });
}
