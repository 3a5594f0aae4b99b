import { z } from 'zod';
import { arxivId, doi } from '../domain/paper.ts';
import { splitAuthors, withoutHead } from './arxiv-words.ts';
import { excerpt } from './explain.ts';
import { entriesOf, type FeedEntry } from './feed-entries.ts';
import type { Client } from './http.ts';
import { instant, normalise, requireDay } from './record.ts';
import { type Listing, type Pulled, type Rejection, SourceError } from './source.ts';

const ENTRIES_MAX = 5_000;
const ACCEPT =
  'application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5';
/** A DOI inside a link, as preprint servers make them: `…/content/10.1101/2026.06.01.123456v1?rss=1`. */
const DOI_INSIDE =
  /\b(10\.\d{4,9}\/[^\s?#"<>]{1,200}?)(?:v\d{1,3})?(?:\.(?:full|abstract|short))?(?:[?#].*)?$/;

/**
 * The papers of any feed: RSS 0.9 to 2.0, RDF, Atom or JSON Feed. What a paper is called elsewhere is
 * looked for in its names and links: an arXiv id, else a DOI. An entry is listed on its own day, or
 * today when it tells none or one that is still to come.
 * @param options.date today, ISO.
 * @throws SourceError when the text is no feed.
 */
export function parseFeed(text: string, options: { readonly date: string }): Pulled {
  requireDay(options.date);
  const entries = read(text);
  if (entries.length > ENTRIES_MAX) {
    throw new SourceError(`the feed has ${entries.length} entries: is it a feed of new papers?`);
  }
  const listings: Listing[] = [];
  const rejections: Rejection[] = [];
  for (const [index, entry] of entries.entries()) {
    const found = listing(entry, options.date);
    if ('why' in found) rejections.push({ at: index + 1, why: found.why });
    else listings.push(found);
  }
  return { listings, rejections };
}

function read(text: string): FeedEntry[] {
  try {
    return entriesOf(text);
  } catch (cause) {
    throw new SourceError(`expected RSS, Atom or JSON Feed, got ${excerpt(text)}`, { cause });
  }
}

function listing(entry: FeedEntry, today: string): Listing | { readonly why: string } {
  const told = momentOf(entry.date);
  const day = told?.slice(0, 10);
  const read = normalise({
    ...namesIn(entry.names),
    title: entry.title,
    abstract: withoutHead(entry.abstract).abstract,
    authors: authorsIn(entry.authors),
    topics: entry.topics,
    categories: entry.topics,
    url: entry.link,
    publishedAt: told,
    listedOn: day !== undefined && day < today ? day : today,
  });
  if ('why' in read) return read;
  return { record: read.record, signal: { upvotes: 0, comments: 0, stars: 0, position: 0 } };
}

/** The strongest name that the entry's ids and links hold. */
function namesIn(names: readonly string[]): { id?: string; doi?: string } {
  const arxiv = names.map((name) => arxivId(name)).find((id) => id !== undefined);
  const dois = names.flatMap((name) => doi(name) ?? doi(DOI_INSIDE.exec(name)?.[1] ?? '') ?? []);
  return {
    ...(arxiv === undefined ? {} : { id: arxiv }),
    ...(dois[0] === undefined ? {} : { doi: dois[0] }),
  };
}

const INITIALS = /^(?:\p{Lu}\.[ -]?){1,4}$/u;

/** One field may hold all the names: `Ada Lin, Bo Moss`, or `Lin, A., Moss, B.` as preprint servers do. */
function authorsIn(authors: readonly string[]): readonly string[] {
  const [all] = authors;
  if (all === undefined || authors.length > 1) return authors;
  const parts = splitAuthors(all);
  if (parts.every((part) => part.includes(' '))) return parts;
  const initials = parts.filter((_, index) => index % 2 === 1);
  if (parts.length % 2 === 1 || !initials.every((part) => INITIALS.test(part))) return authors;
  return initials.map((initial, index) => `${initial} ${parts[index * 2]}`);
}

/** Feeds write `Tue, 30 Jun 2026 04:00:00 GMT`, `2026-06-30T04:00:00Z`, and also `2026-6-30`. */
function momentOf(text: string | undefined): string | undefined {
  const [, year, month, day] = /^\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})\s*$/.exec(text ?? '') ?? [];
  const padded =
    year === undefined ? text : `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`;
  const exact = instant(padded);
  if (exact !== undefined || padded === undefined) return exact;
  const ms = Date.parse(padded);
  const moment = Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
  return z.iso.datetime().safeParse(moment).success ? moment : undefined;
}

/** The papers that a feed holds now. */
export async function fetchFeed(
  client: Client,
  options: { readonly url: string; readonly date: string },
): Promise<Pulled> {
  const got = await client.get(options.url, { accept: ACCEPT, conditional: true, flaw });
  if ('unchanged' in got) {
    const note = 'the feed is the same as when it was saved last (304): not read again';
    return { listings: [], rejections: [], note };
  }
  return parseFeed(got.text, options);
}

function flaw(text: string): string | undefined {
  try {
    read(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
