import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deliveryLinks } from '../../src/domain/links.ts';
import { visibleText } from '../../src/domain/text.ts';
import { getSubscriber } from '../../src/store/subscribers.ts';
import { moderately } from '../../src/web/asking.ts';
import { searching } from '../../src/web/search.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { browserOf } from '../support/browser.ts';
import { freezeMorning, listPapers, tick } from '../support/morning.ts';

const ADA = 'ada@example.org';
const DAYS = ['2025-03-12', '2025-03-13', '2025-03-14'];

let t: TestApp;
let browser: ReturnType<typeof browserOf>;
beforeAll(async () => {
  t = await openTestApp();
  browser = browserOf(t.app);
  await t.subscribe(ADA);
  for (const date of DAYS) {
    t.setClock(`${date}T05:00:00Z`);
    const papers = Array.from({ length: 12 }, (_, n) => ({
      title: `${n === 3 ? 'Robots & Kettles' : 'Paper'} ${n + 1} of ${date}`,
      abstract: 'A long study of how small models read. '.repeat(40),
      authors: ['Ada Okafor'],
      topics: ['small models', n % 2 === 0 ? 'reading' : 'C++ / Rust'],
      arxivId: `25${date.slice(5, 7)}.${date.slice(8)}0${String(n).padStart(2, '0')}`,
      submittedBy: 'AK',
    }));
    await listPapers(t, papers, { date });
    await freezeMorning(t, 'daily', date);
  }
  t.setClock('2025-03-14T07:00:00Z');
  await tick(t, 'daily');
});
afterAll(() => t.close());

const hrefs = (text: string, start: string) =>
  [...text.matchAll(/href="([^"]*)"/g)]
    .map(([, href = '']) => href)
    .filter((href) => href.startsWith(start));

describe('the archive', () => {
  test('lists every edition, newest first', async () => {
    const { text, headers } = await browser.get('/archive');
    expect(hrefs(text, '/archive/daily')).toEqual(
      DAYS.toReversed().map((day) => `/archive/daily/${day}`),
    );
    expect(headers.get('cache-control')).toBe('public, max-age=300');
    expect(headers.get('x-robots-tag')).toBeNull();
  });

  test('shows an edition in its order: title, abstract, date, who brought it, place', async () => {
    const { text } = await browser.get('/archive/daily/2025-03-13');
    expect(text).toContain('<span class="place">1.</span>');
    expect(text).toMatch(/Paper 1 of 2025-03-13<\/a>/);
    expect(text).toMatch(
      /13 Mar 2025 · <bdi>Ada Okafor<\/bdi> · <bdi>by AK<\/bdi> and the community/,
    );
    expect(text).toContain('A long study of how small models read.');
    expect(hrefs(text, '/archive/daily/2025-03-1')).toEqual(
      expect.arrayContaining(['/archive/daily/2025-03-12', '/archive/daily/2025-03-14']),
    );
    expect(Buffer.byteLength(text)).toBeLessThan(30_000);
    const second = await browser.get('/archive/daily/2025-03-13?page=2');
    expect(second.text).toContain('<span class="place">11.</span>');
  });

  test('has nothing where there is nothing', async () => {
    for (const path of [
      '/archive/daily/2025-03-15',
      '/archive/weekly/2025-03-14',
      '/archive/daily/2025-03-14?page=9',
      '/archive/daily/yesterday',
      '/papers/none',
      '/papers/%00',
      '/papers/%E0%A4%A',
      '/topics/%00',
      '/archive/..%2f/2025-03-14',
    ]) {
      expect([path, (await browser.get(path)).status]).toEqual([path, 404]);
    }
    expect(t.told).toEqual([]);
  });

  test('answers an unchanged page without its body', async () => {
    for (const path of [
      '/archive/daily/2025-03-14',
      '/papers/2503.14000',
      '/feed.atom',
      '/feed.json',
    ]) {
      const first = await browser.get(path);
      const etag = first.headers.get('etag') ?? '';
      expect([path, etag]).toEqual([path, expect.stringMatching(/^"\w+"$/)]);
      const again = await browser.get(path, { 'if-none-match': etag });
      expect([again.status, again.text]).toEqual([304, '']);
    }
  });

  test('is searched by words: all of them, in any form', async () => {
    const found = await browser.get('/search?q=robot+kettle');
    expect(hrefs(found.text, '/papers/')).toHaveLength(3);
    expect((await browser.get('/search?q=robot+submarine')).text).toContain('Nothing found for');
    for (const odd of [
      '',
      '%00',
      "'",
      '"',
      '((',
      '-',
      '%F0%9F%AB%96',
      'a%20%26%20!b',
      'x'.repeat(5_000),
    ]) {
      expect((await browser.get(`/search?q=${odd}`)).status).toBe(200);
    }
  });

  test('gives each paper a page, with the editions that hold it', async () => {
    const { text } = await browser.get('/papers/2503.12003');
    expect(text).toContain('<h1 dir="auto">Robots &amp; Kettles 4 of 2025-03-12</h1>');
    expect(hrefs(text, 'https://arxiv.org')).toEqual(['https://arxiv.org/abs/2503.12003']);
    expect(hrefs(text, '/archive/daily/')).toEqual(DAYS.map((day) => `/archive/daily/${day}`));
    expect(hrefs(text, '/topics/')).toContain('/topics/C%2B%2B%20%2F%20Rust');
    expect((await browser.get('/topics/C%2B%2B%20%2F%20Rust')).status).toBe(200);
  });
});

/** Outside of what XML 1.0 calls a character. @see https://www.w3.org/TR/xml/#charsets */
const NO_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

describe('feeds', () => {
  test('carry editions, newest first, under absolute links', async () => {
    const { text, headers } = await browser.get('/feed.atom');
    expect(headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
    expect([...text.matchAll(/<entry>\s*<id>([^<]*)/g)].map(([, id]) => id)).toEqual(
      DAYS.toReversed().map((day) => `https://paperboy.test/archive/daily/${day}`),
    );
    expect(text).toContain('4. Robots &amp; Kettles 4');
    const feed = JSON.parse((await browser.get('/feed.json')).text);
    expect(feed).toMatchObject({ version: 'https://jsonfeed.org/version/1.1' });
    expect(feed.items).toHaveLength(3);
  });

  test('are XML for every reader, also with a title that holds what XML may not', async () => {
    const name = 'Robots\ufffe and\uffff Noncharacters\u{1ffff}\ufdd0';
    await listPapers(t, [{ title: name, topics: ['nonsense'] }], { date: '2025-03-15' }); // as stored before texts were cleaned so
    const { text } = await browser.get('/topics/nonsense/feed.atom');
    expect(text).not.toMatch(NO_XML);
    expect(XMLValidator.validate(text)).toBe(true);
    const { feed } = new XMLParser().parse(text);
    expect(feed.entry.title).toBe('Robots and Noncharacters');
    expect(visibleText(name)).toBe('Robots and Noncharacters');
  });

  test('of a topic carry its papers', async () => {
    const feed = JSON.parse((await browser.get('/topics/C%2B%2B%20%2F%20Rust/feed.json')).text);
    expect(feed.items).toHaveLength(18);
    expect(feed.items[0].url).toMatch(/^https:\/\/paperboy\.test\/papers\/2503\.14/);
    expect((await browser.get('/topics/reading/feed.atom')).text).toContain('<entry>');
  });

  test('are told to robots, and personal pages are not', async () => {
    const robots = (await browser.get('/robots.txt')).text;
    expect(robots).toContain('Sitemap: https://paperboy.test/sitemap.xml');
    for (const personal of ['preferences', 'unsubscribe', 'opt-out', 'view'])
      expect(robots).toContain(`Disallow: /${personal}/\n`);
    const map = (await browser.get('/sitemap.xml')).text;
    expect([...map.matchAll(/<loc>/g)]).toHaveLength(5);
  });
});

test('view in browser shows the digest as it was mailed, to its reader alone', async () => {
  const { id } = await getSubscriber(t.app.db, ADA);
  const links = (edition: string) =>
    deliveryLinks(t.app.keys, { baseUrl: t.config.baseUrl, keyId: 'k1' }, id, edition);
  const view = await browser.get(new URL(links('daily/2025-03-14').view).pathname);
  expect(view.status).toBe(200);
  expect(view.text).toContain('10 papers for you');
  expect(view.headers.get('content-security-policy')).toMatch(/default-src 'none'.*unsafe-inline/);
  expect(view.headers.get('content-security-policy')).not.toContain('script-src');
  const unsent = await browser.get(new URL(links('daily/2025-03-12').view).pathname);
  expect(unsent.status).toBe(404);
});

test('a network that looks up too much is told so, and others are answered', async () => {
  const web = new Hono();
  const app = { ...t.app, config: { ...t.config, web: { ...t.config.web, trustedProxies: 1 } } };
  web.use('/search', moderately(app, 2));
  web.route('/', searching(app));
  const ask = async (from: string) => {
    const { status, headers } = await web.request('/search?q=', {
      headers: { 'x-forwarded-for': from },
    });
    return [status, headers.get('retry-after')];
  };
  const [one, other] = ['198.51.100.7', '203.0.113.7'];
  expect([await ask(one), await ask(one), await ask(one)]).toEqual([
    [200, null],
    [200, null],
    [429, '600'],
  ]);
  expect(await ask(other)).toEqual([200, null]);
});

test('lookups are limited where they are answered', async () => {
  const counted: string[] = [];
  const queue = {
    ...t.app.queue,
    hits: async (name: string) => {
      counted.push(name);
      return 601;
    },
  };
  const limited = browserOf({ ...t.app, queue });
  for (const path of ['/search?q=a', '/topics/reading', '/topics/reading/feed.atom']) {
    expect([path, (await limited.get(path)).status]).toEqual([path, 429]);
  }
  expect((await limited.get('/archive')).status).toBe(200);
  expect(new Set(counted)).toEqual(new Set(['lookups from unknown']));
});
