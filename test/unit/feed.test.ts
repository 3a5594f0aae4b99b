import { describe, expect, test } from 'vitest';
import { parseFeed } from '../../src/sources/feed.ts';
import { SourceError } from '../../src/sources/source.ts';

const TODAY = '2026-07-01';
const read = (text: string) => parseFeed(text, { date: TODAY });
const records = (text: string) => read(text).listings.map(({ record }) => record);

const expected = {
  title: 'Slow Kettles & Pots',
  abstract: 'We boil water.',
  authors: ['Ada Kettle', 'Bo Lin'],
  topics: ['heat'],
  categories: [],
  url: 'https://k.example/1',
  publishedAt: '2026-06-30T00:00:00.000Z',
  listedOn: '2026-06-30',
};

const rss2 = (item: string) =>
  `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>K</title>${item}</channel></rss>`;

const item = (inside: string) =>
  rss2(`<item><title>T</title><description>D</description>${inside}</item>`);

describe('any feed', () => {
  test.each([
    [
      'RSS 2.0',
      rss2(`<item><title>Slow Kettles &amp;amp; Pots</title><link>https://k.example/1</link>
        <description><![CDATA[<p>We <b>boil</b> water.</p>]]></description><category>heat</category>
        <dc:creator>Ada Kettle</dc:creator><dc:creator>Bo Lin</dc:creator>
        <pubDate>Tue, 30 Jun 2026 00:00:00 GMT</pubDate></item>`),
    ],
    [
      'RSS 1.0',
      `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="c"><title>K</title></channel>
        <item rdf:about="https://k.example/1"><title>Slow Kettles &amp; Pots</title><link>https://k.example/1</link>
        <description>We boil water.</description><dc:creator>Ada Kettle, Bo Lin</dc:creator>
        <dc:subject>heat</dc:subject><dc:date>2026-6-30</dc:date></item></rdf:RDF>`,
    ],
    [
      'Atom',
      `<feed xmlns="http://www.w3.org/2005/Atom"><title>K</title><id>k</id><entry><id>urn:1</id>
        <title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Slow <i>Kettles</i> &amp; Pots</div></title>
        <link rel="enclosure" href="https://k.example/1.pdf"/><link href="https://k.example/1"/>
        <summary type="html">&lt;p&gt;We boil water.&lt;/p&gt;</summary><category term="heat"/>
        <author><name>Ada Kettle</name></author><author><name>Bo Lin</name></author>
        <published>2026-06-30T00:00:00Z</published><updated>2026-07-01T00:00:00Z</updated></entry></feed>`,
    ],
    [
      'JSON Feed',
      JSON.stringify({
        version: 'https://jsonfeed.org/version/1.1',
        title: 'K',
        items: [
          {
            id: '1',
            url: 'https://k.example/1',
            title: 'Slow Kettles & Pots',
            content_html: '<p>We boil water.</p>',
            authors: [{ name: 'Ada Kettle' }, { name: 'Bo Lin' }],
            tags: ['heat'],
            date_published: '2026-06-30T00:00:00Z',
          },
        ],
      }),
    ],
  ])('%s gives the same paper', (_format, text) => {
    expect(read(text).rejections).toEqual([]);
    expect(records(text)).toEqual([expected]);
  });

  test.each([
    ['an arXiv link', '<link>https://arxiv.org/abs/2606.00001v2</link>', { arxivId: '2606.00001' }],
    [
      'a DOI as guid',
      '<guid>10.1101/2026.06.01.123456</guid>',
      { doi: '10.1101/2026.06.01.123456' },
    ],
    [
      'a DOI inside a link',
      '<link>https://www.biorxiv.org/content/10.1101/2026.06.01.123456v1?rss=1</link>',
      { doi: '10.1101/2026.06.01.123456' },
    ],
    [
      'a DOI as identifier',
      '<dc:identifier>doi:10.1101/X.1</dc:identifier>',
      { doi: '10.1101/x.1' },
    ],
  ])('a paper is known by %s', (_what, inside, names) => {
    expect(records(item(inside))[0]).toMatchObject(names);
  });

  test.each([
    ['2026-6-9', '2026-06-09'],
    ['2026/06/09', '2026-06-09'],
    ['Tue, 09 Jun 2026 23:30:00 -0400', '2026-06-10'],
    ['2026-06-09T10:00:00+02:00', '2026-06-09'],
    ['2031-01-01', TODAY],
    ['soon', TODAY],
    ['', TODAY],
  ])('an entry of “%s” is listed on %s', (date, day) => {
    expect(records(item(`<pubDate>${date}</pubDate>`))[0]?.listedOn).toBe(day);
  });

  test.each([
    ['Ada Kettle, Bo Lin', ['Ada Kettle', 'Bo Lin']],
    ['Kettle, A., Lin, B. C.', ['A. Kettle', 'B. C. Lin']],
    ['Kettle Group', ['Kettle Group']],
    ['Kettle, Ada', ['Kettle, Ada']],
  ])('one field “%s” names %j', (field, authors) => {
    expect(records(item(`<dc:creator>${field}</dc:creator>`))[0]?.authors).toEqual(authors);
  });

  test('an entry that is no paper is told with its place', () => {
    const { listings, rejections } = read(
      rss2(
        '<item><title>Only a title</title></item><item><title>T</title><description>D</description></item>',
      ),
    );
    expect(listings).toHaveLength(1);
    expect(rejections).toEqual([{ at: 1, why: 'abstract: is empty' }]);
  });

  test.each(['', '{}', '[]', '<html><body>Log in</body></html>', '<rss><channel><item><title>cu'])(
    'no feed at all: %j',
    (text) => {
      expect(() => read(text)).toThrow(SourceError);
    },
  );

  test('entities that grow without end stay what they are', () => {
    const names = 'abcdefghi';
    const entities = [...names.slice(1)]
      .map((name, index) => `<!ENTITY ${name} "${`&${names[index]};`.repeat(20)}">`)
      .join('');
    const bomb = `<!DOCTYPE k [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">${entities}]>${item('').replace('T', '&i;')}`;
    expect(JSON.stringify(read(bomb)).length).toBeLessThan(2_000);
  });
});
