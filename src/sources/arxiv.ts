import { submissionsOf } from '../domain/arxiv-calendar.ts';
import { parseArxivAtom } from './arxiv-atom.ts';
import { parseArxivFeed } from './arxiv-feed.ts';
import { oaiSet, parseArxivOai } from './arxiv-oai.ts';
import type { Client } from './http.ts';
import { requireDay } from './record.ts';
import { type Listing, type Pulled, type Rejection, SourceError } from './source.ts';
import { xmlFlaw } from './xml.ts';

const PAGE_ENTRIES = 200;
/** All of arXiv announces about 1,500 papers a day. */
const ENTRIES_MAX = 10_000;
/** A page of a harvest holds up to 2,500 records. */
const RECORDS_MAX = 100_000;
const HARVEST_BYTES_MAX = 50_000_000;
const HARVEST_TIMEOUT_MS = 60_000;

/** Of what and where arXiv is asked. */
export interface ArxivOptions {
  /** `https://export.arxiv.org`, `https://rss.arxiv.org` or `https://oaipmh.arxiv.org`. */
  readonly baseUrl: string;
  readonly categories: readonly string[];
  readonly crossLists: boolean;
  /** The day of the list, ISO. A harvest takes what changed on that day. */
  readonly date: string;
}

/**
 * The papers of a day's list in some categories, from the search API: those that were submitted
 * before that day's cut-off and after the one before. Weekends have no list, and are not asked for.
 */
export async function fetchArxivApi(client: Client, options: ArxivOptions): Promise<Pulled> {
  requireDay(options.date);
  const window = submissionsOf(options.date);
  if (window === undefined) return emptyDay(options.date);
  const lastMinute = new Date(window.before.getTime() - 60_000);
  const terms = options.categories.map((category) => `cat:${category}`).join('+OR+');
  const query = `%28${terms}%29+AND+submittedDate:[${minute(window.from)}+TO+${minute(lastMinute)}]`;
  const listings: Listing[] = [];
  const rejections: Rejection[] = [];
  for (let read = 0, total = 1; read < total; ) {
    const url = `${options.baseUrl}/api/query?search_query=${query}&start=${read}&max_results=${PAGE_ENTRIES}&sortBy=submittedDate&sortOrder=ascending`;
    const got = await client.get(url, {
      accept: 'application/atom+xml',
      flaw: (text) => atomFlaw(text, read),
    });
    if ('unchanged' in got) break;
    const page = parseArxivAtom(got.text, { from: read });
    listings.push(...page.listings);
    rejections.push(...page.rejections);
    read += page.entries;
    total = page.total;
    if (total > ENTRIES_MAX) {
      throw new SourceError(`${url} promises ${total} papers: name fewer categories`);
    }
  }
  const note = listings.length === 0 ? { note: `arXiv lists nothing for ${options.date}` } : {};
  return { listings: wanted(listings, options), rejections, ...note };
}

/** arXiv answers at times with no entries where it promises some; asked again, it sends them. */
function atomFlaw(text: string, read: number): string | undefined {
  const flaw = xmlFlaw(text, ['feed']);
  if (flaw !== undefined) return flaw;
  const { total, entries } = parseArxivAtom(text);
  return entries === 0 && total > read
    ? `with 0 entries where ${total - read} more were promised`
    : undefined;
}

/** The papers of the newest announcement in some categories, from arXiv's feed. */
export async function fetchArxivFeed(client: Client, options: ArxivOptions): Promise<Pulled> {
  requireDay(options.date);
  const url = `${options.baseUrl}/atom/${options.categories.join('+')}`;
  const got = await client.get(url, {
    accept: 'application/atom+xml',
    conditional: true,
    flaw: (text) => xmlFlaw(text, ['feed', 'rss']),
  });
  if ('unchanged' in got) return { listings: [], rejections: [], note: UNCHANGED };
  const { day, counts, ...pulled } = parseArxivFeed(got.text, options);
  if (day > options.date || pulled.listings.length > 0) return pulled;
  return submissionsOf(options.date) === undefined ? emptyDay(options.date) : pulled;
}

const UNCHANGED = 'the announcement is the same as when it was saved last (304): not read again';

/**
 * The records of some categories that changed on a day, by OAI-PMH, set after set and page after
 * page by its resumption tokens. That is how a past of many days is harvested.
 */
export async function fetchArxivOai(client: Client, options: ArxivOptions): Promise<Pulled> {
  requireDay(options.date);
  const listings: Listing[] = [];
  const rejections: Rejection[] = [];
  const withdrawn: string[] = [];
  for (const category of options.categories) {
    let words = `metadataPrefix=arXivRaw&set=${oaiSet(category)}&from=${options.date}&until=${options.date}`;
    for (let read = 0; words !== ''; ) {
      const got = await client.get(`${options.baseUrl}/oai?verb=ListRecords&${words}`, {
        accept: 'text/xml',
        timeoutMs: HARVEST_TIMEOUT_MS,
        bodyBytesMax: HARVEST_BYTES_MAX,
        flaw: (text) => xmlFlaw(text, ['OAI-PMH']),
      });
      if ('unchanged' in got) break;
      const page = parseArxivOai(got.text, { from: read });
      listings.push(...page.listings);
      rejections.push(...page.rejections);
      withdrawn.push(...page.withdrawn);
      const here = page.listings.length + page.rejections.length + page.withdrawn.length;
      read += here;
      words = page.token === undefined ? '' : `resumptionToken=${encodeURIComponent(page.token)}`;
      if (read > RECORDS_MAX || (here === 0 && words !== '')) {
        throw new SourceError(
          `the harvest of ${category} has no end after ${read} records: take fewer days`,
        );
      }
    }
  }
  return { listings: wanted(listings, options), rejections, withdrawn };
}

/** Without the papers that have their category only as a cross-list, when those are not wanted. */
function wanted(listings: readonly Listing[], options: ArxivOptions): readonly Listing[] {
  if (options.crossLists) return listings;
  return listings.filter(({ record }) => options.categories.includes(record.categories[0] ?? ''));
}

function emptyDay(date: string): Pulled {
  const weekday = new Date(date).toLocaleDateString('en-GB', { weekday: 'long', timeZone: 'UTC' });
  return { listings: [], rejections: [], note: `${weekday}: arXiv announces nothing` };
}

/** As the API writes a moment: to the minute, in UTC. */
function minute(at: Date): string {
  return at.toISOString().slice(0, 16).replace(/[-:T]/g, '');
}
