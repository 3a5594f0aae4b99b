import { describe, expect, test } from 'vitest';
import { parseArxivAtom } from '../../src/sources/arxiv-atom.ts';
import { parseArxivFeed } from '../../src/sources/arxiv-feed.ts';
import { oaiSet, parseArxivOai } from '../../src/sources/arxiv-oai.ts';
import { isWithdrawn, splitAuthors, versionOf } from '../../src/sources/arxiv-words.ts';
import { SourceError } from '../../src/sources/source.ts';

const atom = (entries: string, total = 1) => `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">ArXiv Query</title>
<opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">${total}</opensearch:totalResults>
${entries}</feed>`;

const entry = (changes = '') => `<entry><id>http://arxiv.org/abs/2503.00001v3</id>
<updated>2025-03-20T10:00:00Z</updated><published>2025-03-13T17:59:59Z</published>
<title>Slow Kettles:
  A $k$-fold Survey</title><summary>  Whether 1 &lt; 2.
</summary><author><name>Ada Kettle</name><arxiv:affiliation>Lab</arxiv:affiliation></author>
<author><name>Bo Lin</name></author><arxiv:doi>10.1000/xyz</arxiv:doi>
<arxiv:primary_category term="cs.CL"/><category term="cs.AI"/><category term="cs.CL"/>
<category term="I.2.7"/><category term="68T05, 68T07"/><category term="machine learning"/>${changes}</entry>`;

describe('the search API', () => {
  test('gives versions, authors and categories, the primary one first and nothing else among them', () => {
    const { listings, rejections, total, entries } = parseArxivAtom(atom(entry(), 5_619));
    expect([rejections, total, entries]).toEqual([[], 5_619, 1]);
    expect(listings[0]?.record).toEqual({
      arxivId: '2503.00001',
      title: 'Slow Kettles: A k-fold Survey',
      abstract: 'Whether 1 < 2.',
      authors: ['Ada Kettle', 'Bo Lin'],
      topics: [],
      categories: ['cs.CL', 'cs.AI'],
      version: 3,
      publishedAt: '2025-03-13T17:59:59.000Z',
      listedOn: '2025-03-14', // a second before Thursday's cut-off, 14:00 in New York
    });
  });

  test('tells what was withdrawn by its comment', () => {
    const comment = '<arxiv:comment>This paper has been withdrawn by the authors</arxiv:comment>';
    const { listings } = parseArxivAtom(atom(entry(comment)));
    expect(listings[0]?.record.withdrawn).toBe(true);
  });

  test('sends an error as an entry', () => {
    const error = `<entry><id>http://arxiv.org/api/errors#start_must_be_non-negative</id><title>Error</title>
      <summary>start must be non-negative</summary></entry>`;
    expect(() => parseArxivAtom(atom(error))).toThrow(SourceError);
    expect(() => parseArxivAtom(atom(error))).toThrow(/refuses the query: start must be/);
  });

  test('loses one entry that is none, and keeps its number', () => {
    const { listings, rejections } = parseArxivAtom(
      atom(`${entry()}<entry><id>x</id></entry><entry><id>http://arxiv.org/abs/x</id>
        <published>2025-03-13T10:00:00Z</published></entry>`),
      { from: 200 },
    );
    expect(listings).toHaveLength(1);
    expect(rejections).toEqual([
      { at: 202, why: 'published: is no instant' },
      { at: 203, why: expect.stringContaining('is neither an arXiv id') },
    ]);
  });
});

const announced = (id: string, type: string) => `<item><title>Kettle ${id}</title>
<link>https://arxiv.org/abs/${id}</link><guid isPermaLink="false">oai:arXiv.org:${id}</guid>
<description>arXiv:${id} Announce Type: ${type}&#13;
Abstract: We boil $x &lt; y$.</description><category>cs.CL</category><category>cs.AI</category>
<pubDate>Fri, 14 Mar 2025 00:00:00 -0400</pubDate><arxiv:announce_type>${type}</arxiv:announce_type>
<dc:creator>Paulo Andr\\'e Kettle, Na\\"{\\i}ma {Lin}, Jr.</dc:creator></item>`;

const rss = (items: string, title = 'cs.CL updates on arXiv.org') => `<?xml version='1.0'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">
<channel><title>${title}</title><pubDate>Fri, 14 Mar 2025 00:00:00 -0400</pubDate>
<skipDays><day>Sunday</day><day>Saturday</day></skipDays>${items}</channel></rss>`;

describe('the feed of the newest announcement', () => {
  const all = [
    announced('2503.00001v1', 'new'),
    announced('2503.00002v1', 'cross'),
    announced('2501.00003v2', 'replace'),
    announced('2501.00004v5', 'replace-cross'),
  ].join('');

  test('tells new papers, cross-lists and replacements apart', () => {
    const { listings, counts, note } = parseArxivFeed(rss(all), { crossLists: true });
    expect(
      listings.map(({ record, again = false }) => [record.arxivId, record.version, again]),
    ).toEqual([
      ['2503.00001', 1, false],
      ['2503.00002', 1, false],
      ['2501.00003', 2, true],
      ['2501.00004', 5, true],
    ]);
    expect(counts).toEqual({ new: 1, cross: 1, replace: 1, 'replace-cross': 1 });
    expect(note).toBe('arXiv announced on 2025-03-14: 1 new, 1 cross, 1 replace, 1 replace-cross');
    expect(listings[0]?.record).toMatchObject({
      abstract: 'We boil x < y.',
      authors: ['Paulo André Kettle', 'Naïma Lin, Jr.'],
      categories: ['cs.CL', 'cs.AI'],
      listedOn: '2025-03-14',
    });
  });

  test('leaves cross-lists out when they are not wanted', () => {
    const { listings } = parseArxivFeed(rss(all), { crossLists: false });
    expect(listings.map(({ record }) => record.arxivId)).toEqual(['2503.00001', '2501.00003']);
  });

  test('says why it is empty', () => {
    const sunday = rss('').replaceAll('Fri, 14 Mar', 'Sun, 16 Mar');
    expect(parseArxivFeed(sunday, { crossLists: true })).toMatchObject({
      listings: [],
      note: 'Sunday, 2025-03-16: arXiv announces nothing',
    });
  });

  test('of a category that there is not is an error', () => {
    const wrong = rss('', 'Feed error for query "cs.ZZ"');
    expect(() => parseArxivFeed(wrong, { crossLists: true })).toThrow(/Feed error for query/);
  });
});

const oai = (inside: string) =>
  `<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2025-03-14T00:00:00Z</responseDate>${inside}</OAI-PMH>`;

describe('a harvest', () => {
  const raw = `<record><header><identifier>oai:arXiv.org:cs/0112017</identifier></header><metadata><arXivRaw>
    <id>cs/0112017</id><version version="v1"><date>Fri, 7 Mar 2025 19:30:00 GMT</date></version>
    <version version="v2"><date>Thu, 13 Mar 2025 12:00:00 GMT</date></version><title>Kettles</title>
    <authors>A. Kettle (Lab, (old) Town), B. Lin and C. Moss ((1) X, (2) Y)</authors>
    <categories>cs.AI I.2.7 cs.LG</categories><comments>10 pages</comments><abstract> We boil. </abstract>
    </arXivRaw></metadata></record>`;
  const plain = `<record><header><identifier>oai:arXiv.org:2503.00002</identifier></header><metadata><arXiv>
    <id>2503.00002</id><created>2025-03-13</created><updated>2025-03-14</updated><authors><author>
    <keyname>Kettle</keyname><forenames>Ada</forenames><suffix>Jr</suffix></author></authors>
    <title>Pots</title><categories>quant-ph</categories><abstract>We cook.</abstract></arXiv></metadata></record>`;
  const deleted =
    '<record><header status="deleted"><identifier>oai:arXiv.org:2503.00003</identifier></header></record>';

  test('reads both formats, and what arXiv has no more', () => {
    const page = parseArxivOai(
      oai(
        `<ListRecords>${raw}${plain}${deleted}<resumptionToken cursor="0">t|1</resumptionToken></ListRecords>`,
      ),
    );
    expect(page).toMatchObject({ rejections: [], withdrawn: ['2503.00003'], token: 't|1' });
    expect(page.listings.map(({ record }) => record)).toEqual([
      {
        arxivId: 'cs/0112017',
        title: 'Kettles',
        abstract: 'We boil.',
        authors: ['A. Kettle', 'B. Lin', 'C. Moss'],
        topics: [],
        categories: ['cs.AI', 'cs.LG'],
        version: 2,
        publishedAt: '2025-03-07T19:30:00.000Z',
        listedOn: '2025-03-11', // Friday after the cut-off is announced on Monday evening
      },
      {
        arxivId: '2503.00002',
        title: 'Pots',
        abstract: 'We cook.',
        authors: ['Ada Kettle Jr'],
        topics: [],
        categories: ['quant-ph'],
        publishedAt: '2025-03-13T00:00:00.000Z',
        listedOn: '2025-03-14',
      },
    ]);
  });

  test('that finds nothing is an empty day, and any other error is one', () => {
    const error = (code: string) => oai(`<error code="${code}">words</error>`);
    expect(parseArxivOai(error('noRecordsMatch'))).toMatchObject({
      listings: [],
      token: undefined,
    });
    expect(() => parseArxivOai(error('badResumptionToken'))).toThrow(/badResumptionToken, words/);
  });

  test('ends with an empty token', () => {
    expect(parseArxivOai(oai(`<ListRecords>${raw}<resumptionToken/></ListRecords>`)).token).toBe(
      undefined,
    );
  });

  test.each([
    ['cs.CL', 'cs:cs:CL'],
    ['quant-ph', 'physics:quant-ph'],
    ['astro-ph.CO', 'physics:astro-ph:CO'],
    ['physics.flu-dyn', 'physics:physics:flu-dyn'],
    ['math.AG', 'math:math:AG'],
  ])('of %s is of the set %s', (category, set) => {
    expect(oaiSet(category)).toBe(set);
  });
});

test.each([
  ['2510.14968v2', 2],
  ['http://arxiv.org/abs/cs/0112017v12', 12],
  ['oai:arXiv.org:2510.14968', undefined],
  ['2510.14968v0', undefined],
])('the version in %s is %s', (id, version) => {
  expect(versionOf(id)).toBe(version);
});

test.each([
  ['This paper has been withdrawn by the author due to an error in Lemma 3', true],
  ['Withdrawn', true],
  ['This submission is withdrawn', true],
  ['paper withdrawn', false],
  ['10 pages; the earlier version was withdrawn', false],
  ['We study withdrawn papers', false],
])('“%s” says that a paper is withdrawn: %s', (comment, withdrawn) => {
  expect(isWithdrawn(undefined, comment)).toBe(withdrawn);
});

test.each([
  ['Ada Kettle', ['Ada Kettle']],
  ['Ada Kettle, Bo Lin, and Cy Moss', ['Ada Kettle', 'Bo Lin', 'Cy Moss']],
  ['A. Kettle (Lab), B. Lin', ['A. Kettle', 'B. Lin']],
  ['Ada Kettle, Jr., Bo Lin III', ['Ada Kettle, Jr.', 'Bo Lin III']],
  ['Alexander Anderson', ['Alexander Anderson']],
  ['A (unclosed, B', ['A']],
  ['', []],
])('the names in “%s”', (text, names) => {
  expect(splitAuthors(text)).toEqual(names);
});
