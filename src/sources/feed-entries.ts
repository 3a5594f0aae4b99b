import { parseFeed } from 'feedsmith';

/** An entry of a feed of any format, in one shape and as it came. */
export interface FeedEntry {
  readonly title: string;
  readonly abstract: string;
  readonly authors: readonly string[];
  readonly topics: readonly string[];
  readonly link: string | undefined;
  /** Everything that may name the paper, strongest first. */
  readonly names: readonly string[];
  readonly date: string | undefined;
}

/**
 * The entries of a feed in one shape. A summary is taken for the abstract before the whole content.
 * @throws Error when the text is no feed of any format.
 */
export function entriesOf(text: string): FeedEntry[] {
  const read = parseFeed(text);
  switch (read.format) {
    case 'rss':
      return (read.feed.items ?? []).map((item) =>
        entry({
          title: item.title,
          abstract: [item.description, item.content?.encoded],
          authors: item.dc?.creators ?? item.authors?.map(({ name, email }) => name ?? email),
          topics: item.categories?.map(({ name }) => name),
          link: item.link,
          names: [...(item.dc?.identifiers ?? []), item.prism?.doi, item.guid?.value, item.link],
          dates: [item.pubDate, ...(item.dc?.dates ?? [])],
        }),
      );
    case 'rdf':
      return (read.feed.items ?? []).map((item) =>
        entry({
          title: item.title,
          abstract: [item.description, item.content?.encoded],
          authors: item.dc?.creators,
          topics: item.dc?.subjects,
          link: item.link,
          names: [...(item.dc?.identifiers ?? []), item.rdf?.about, item.link],
          dates: item.dc?.dates ?? [],
        }),
      );
    case 'atom':
      return (read.feed.entries ?? []).map((item) => {
        const page = item.links?.find(({ rel = 'alternate' }) => rel === 'alternate');
        return entry({
          title: item.title?.value,
          abstract: [item.summary?.value, item.content?.value],
          authors: item.authors?.map(({ name }) => name) ?? item.dc?.creators,
          topics: item.categories?.map(({ label, term }) => label ?? term),
          link: page?.href,
          names: [...(item.dc?.identifiers ?? []), item.id, page?.href],
          dates: [item.published, item.updated],
        });
      });
    case 'json':
      return (read.feed.items ?? []).map((item) =>
        entry({
          title: item.title,
          abstract: [item.summary, item.content_text, item.content_html],
          authors: item.authors?.map(({ name }) => name),
          topics: item.tags,
          link: item.url ?? item.external_url,
          names: [item.id, item.url, item.external_url],
          dates: [item.date_published, item.date_modified],
        }),
      );
  }
}

type Words = readonly (string | undefined)[];

function entry(read: {
  readonly title: string | undefined;
  readonly abstract: Words;
  readonly authors: Words | undefined;
  readonly topics: Words | undefined;
  readonly link: string | undefined;
  readonly names: Words;
  readonly dates: Words;
}): FeedEntry {
  const said = (words: Words) =>
    words.flatMap((word) => (word === undefined || word.trim() === '' ? [] : [word]));
  return {
    title: read.title ?? '',
    abstract: said(read.abstract)[0] ?? '',
    authors: said(read.authors ?? []),
    topics: said(read.topics ?? []),
    link: read.link,
    names: said(read.names),
    date: said(read.dates)[0],
  };
}
