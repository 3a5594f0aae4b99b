import { describe, expect, test } from 'vitest';
import { fetchArxivApi, fetchArxivFeed, fetchArxivOai } from '../../src/sources/arxiv.ts';
import { testClient } from '../support/client.ts';
import { serve } from '../support/hostile-source.ts';

const FRIDAY = '2025-03-14';
const categories = ['cs.CL', 'cs.LG'];

const entry = (number: number, category = 'cs.CL') => `<entry>
  <id>http://arxiv.org/abs/2503.${String(number).padStart(5, '0')}v1</id>
  <published>2025-03-13T10:00:00Z</published><title>Kettle ${number}</title><summary>We boil.</summary>
  <category term="${category}"/></entry>`;
const page = (entries: string[], total: number) =>
  `<feed xmlns="http://www.w3.org/2005/Atom"><totalResults>${total}</totalResults>${entries.join('')}</feed>`;

/** A server that gives these answers in turn, and what it was asked. */
async function answering(...answers: string[]) {
  const asked: URL[] = [];
  const { url } = await serve((request, response) => {
    asked.push(new URL(request.url ?? '', 'http://x'));
    response.end(answers[asked.length - 1] ?? 'nothing more');
  });
  const client = testClient({ server: url });
  const options = { baseUrl: url, categories, crossLists: true, date: FRIDAY };
  return { client, asked, options };
}

describe('the search API', () => {
  test('is asked for what was submitted between two cut-offs, page after page', async () => {
    const first = page([entry(1), entry(2)], 3);
    const { client, asked, options } = await answering(first, page([entry(3)], 3));
    const { listings } = await fetchArxivApi(client, options);
    expect(listings.map(({ record }) => record.arxivId)).toEqual([
      '2503.00001',
      '2503.00002',
      '2503.00003',
    ]);
    expect(asked.map(({ pathname }) => pathname)).toEqual(['/api/query', '/api/query']);
    expect(asked.map(({ searchParams }) => searchParams.get('start'))).toEqual(['0', '2']);
    expect(asked[0]?.searchParams.get('search_query')).toBe(
      '(cat:cs.CL OR cat:cs.LG) AND submittedDate:[202503121800 TO 202503131759]',
    );
  });

  test('that sends no entries where it promises some is asked again', async () => {
    const answers = [page([entry(1)], 2), page([], 2), page([entry(2)], 2)];
    const { client, options } = await answering(...answers);
    expect((await fetchArxivApi(client, options)).listings).toHaveLength(2);
    expect(client.troubles).toEqual([
      expect.stringContaining('with 0 entries where 1 more were promised; asked again'),
    ]);
  });

  test('that goes on sending none has failed: nothing of the day is taken', async () => {
    const { client, options } = await answering(...Array(3).fill(page([], 7)));
    await expect(fetchArxivApi(client, options)).rejects.toThrow('0 entries where 7 more');
  });

  test('is not asked on a weekend', async () => {
    const { client, asked, options } = await answering();
    expect(await fetchArxivApi(client, { ...options, date: '2025-03-15' })).toEqual({
      listings: [],
      rejections: [],
      note: 'Saturday: arXiv announces nothing',
    });
    expect(asked).toEqual([]);
  });

  test('gives papers that have the category first, when cross-lists are not wanted', async () => {
    const { client, options } = await answering(page([entry(1), entry(2, 'math.ST')], 2));
    const { listings } = await fetchArxivApi(client, { ...options, crossLists: false });
    expect(listings.map(({ record }) => record.arxivId)).toEqual(['2503.00001']);
  });
});

describe('the harvest', () => {
  const records = (...numbers: number[]) =>
    numbers
      .map(
        (number) => `<record><header/><metadata><arXivRaw><id>2503.0000${number}</id><version>
          <date>Thu, 13 Mar 2025 10:00:00 GMT</date></version><title>K ${number}</title><authors>A</authors>
          <categories>cs.CL</categories><abstract>We boil.</abstract></arXivRaw></metadata></record>`,
      )
      .join('');
  const oai = (inside: string) => `<OAI-PMH>${inside}</OAI-PMH>`;
  const nothing = oai('<error code="noRecordsMatch"/>');

  test('follows the tokens of each set to their end', async () => {
    const { client, asked, options } = await answering(
      oai(
        `<ListRecords>${records(1, 2)}<resumptionToken>a|b&amp;c</resumptionToken></ListRecords>`,
      ),
      oai(`<ListRecords>${records(3)}<resumptionToken/></ListRecords>`),
      nothing,
    );
    const { listings } = await fetchArxivOai(client, options);
    expect(listings).toHaveLength(3);
    expect(asked.map(({ searchParams }) => Object.fromEntries(searchParams))).toEqual([
      {
        verb: 'ListRecords',
        metadataPrefix: 'arXivRaw',
        set: 'cs:cs:CL',
        from: FRIDAY,
        until: FRIDAY,
      },
      { verb: 'ListRecords', resumptionToken: 'a|b&c' },
      {
        verb: 'ListRecords',
        metadataPrefix: 'arXivRaw',
        set: 'cs:cs:LG',
        from: FRIDAY,
        until: FRIDAY,
      },
    ]);
  });

  test('does not follow tokens that bring nothing', async () => {
    const empty = oai('<ListRecords><resumptionToken>again</resumptionToken></ListRecords>');
    const { client, asked, options } = await answering(empty, empty);
    await expect(fetchArxivOai(client, options)).rejects.toThrow('has no end');
    expect(asked).toHaveLength(1);
  });
});

describe('the feed', () => {
  test('is asked for all categories at once, and tells a weekend', async () => {
    const empty = '<feed><title>updates</title><updated>2025-03-15T04:00:00+00:00</updated></feed>';
    const { client, asked, options } = await answering(empty);
    const pulled = await fetchArxivFeed(client, { ...options, date: '2025-03-15' });
    expect(pulled.note).toMatch(/^Saturday.*arXiv announces nothing$/);
    expect(asked[0]?.pathname).toBe('/atom/cs.CL+cs.LG');
  });
});
