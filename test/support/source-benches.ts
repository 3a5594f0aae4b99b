import type { Client } from '../../src/sources/http.ts';
import { type Look, type PulledSetting, pull } from '../../src/sources/index.ts';
import type { Pulled } from '../../src/sources/source.ts';

/** A Friday, and so a day on which every source lists something. */
export const DATE = '2025-03-14';

const ABSTRACT = 'We boil water and gain 7\\% of heat.';

/** How to ask a source, and what it answers when all is well: three papers and one that is none. */
export interface SourceBench {
  readonly setting: PulledSetting;
  readonly good: (url: string) => string;
}

const atomEntry = (id: string, title: string) => `<entry><id>http://arxiv.org/abs/${id}</id>
  <updated>2025-03-13T10:00:00Z</updated><published>2025-03-13T10:00:00Z</published><title>${title}</title>
  <summary>${ABSTRACT}</summary><author><name>Ada Kettle</name></author>
  <arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="cs.CL"/><category term="cs.CL"/></entry>`;

const feedEntry = (id: string, title: string, type: string) => `<entry><id>oai:arXiv.org:${id}</id>
  <title>${title}</title><link href="https://arxiv.org/abs/${id}" rel="alternate"/>
  <summary>arXiv:${id} Announce Type: ${type}\nAbstract: ${ABSTRACT}</summary><category term="cs.CL"/>
  <published>2025-03-14T00:00:00-04:00</published><arxiv:announce_type>${type}</arxiv:announce_type>
  <dc:creator>Ren\\'e Kettle, Ada Lin</dc:creator></entry>`;

const oaiRecord = (
  id: string,
  title: string,
) => `<record><header><identifier>oai:arXiv.org:${id}</identifier>
  <datestamp>2025-03-14</datestamp></header><metadata><arXivRaw><id>${id}</id>
  <version version="v1"><date>Thu, 13 Mar 2025 10:00:00 GMT</date></version><title>${title}</title>
  <authors>Ada Kettle (Lab), Bo Lin</authors><categories>cs.CL</categories><abstract>${ABSTRACT}</abstract>
  </arXivRaw></metadata></record>`;

const TITLES = ['Slow Kettles', 'Quick \\textit{Kettles}', 'Kettles &lt; Pots'];
const ids = ['2503.00001', '2503.00002', '2503.00003'];
const each = (one: (id: string, title: string) => string) =>
  [...ids.map((id, index) => one(id, TITLES[index] ?? '')), one('2503.00004', '')].join('\n');

const atom = `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">
  <opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">4</opensearch:totalResults>
  ${each((id, title) => atomEntry(`${id}v1`, title))}</feed>`;

const announced = `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"
  xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <title>cs.CL updates on arXiv.org</title><updated>2025-03-14T04:00:00+00:00</updated>
  ${each((id, title) => feedEntry(`${id}v1`, title, 'new'))}</feed>`;

const harvest = `<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>
  ${each(oaiRecord)}<resumptionToken/></ListRecords></OAI-PMH>`;

const rss = `<?xml version="1.0"?><rss version="2.0"><channel><title>Kettles</title>
  ${each(
    (
      id,
      title,
    ) => `<item><title>${title}</title><guid>10.1101/${id}</guid><link>https://k.example/${id}</link>
    <description><![CDATA[<p>${ABSTRACT}</p>]]></description><pubDate>2025-3-14</pubDate></item>`,
  )}</channel></rss>`;

const rows = JSON.stringify(
  [...ids, '2503.00004'].map((id, index) => ({
    title: TITLES[index] ?? '',
    numComments: 1,
    paper: { id, title: TITLES[index] ?? '', summary: ABSTRACT, upvotes: 5, authors: [] },
  })),
);

const arxiv = { source: 'arxiv' as const, categories: ['cs.CL'], crossLists: true };

/** Every source that asks over HTTP. */
export const sourceBenches: Readonly<Record<string, SourceBench>> = {
  'hf-daily': { setting: { source: 'hf-daily', list: 'day' }, good: () => rows },
  'hf-daily trending': { setting: { source: 'hf-daily', list: 'trending' }, good: () => rows },
  'arxiv by api': { setting: { ...arxiv, via: 'api' }, good: () => atom },
  'arxiv by feed': { setting: { ...arxiv, via: 'feed' }, good: () => announced },
  'arxiv by oai': { setting: { ...arxiv, via: 'oai' }, good: () => harvest },
  feed: { setting: { source: 'feed', url: 'http://replaced.example/' }, good: () => rss },
};

/** Pulls the source from a server. */
export function pullFrom(bench: SourceBench, url: string, client: Client): Promise<Pulled> {
  const places: Look['places'] = { hf: url, arxivApi: url, arxivFeed: url, arxivOai: url };
  const { setting } = bench;
  const there = setting.source === 'feed' ? { ...setting, url: `${url}/feed` } : setting;
  return pull(there, { date: DATE, dated: true, places }, client);
}
