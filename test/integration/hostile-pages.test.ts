import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Purpose, signToken } from '../../src/domain/token.ts';
import { getSubscriber } from '../../src/store/subscribers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { browserOf, everyRow } from '../support/browser.ts';
import { HOSTILE, HOSTILE_LINKS } from '../support/hostile.ts';
import { freezeMorning, listPapers } from '../support/morning.ts';

const ADA = 'ada@example.org';

let t: TestApp;
let browser: ReturnType<typeof browserOf>;
beforeAll(async () => {
  t = await openTestApp({ PAPERBOY_TRUSTED_PROXIES: '1' });
  browser = browserOf(t.app);
  await t.subscribe(ADA);
  const hostile = HOSTILE.map((text) => text.replaceAll('\u0000', ''));
  await listPapers(
    t,
    [...hostile, ...HOSTILE_LINKS.map(() => 'A link')].map((text, n) => ({
      title: `${n} ${text}`,
      abstract: `${text} and more`,
      authors: [text, 'Ada Okafor'],
      topics: [text.slice(0, 60), text.slice(0, 60)],
      categories: [text.slice(0, 20)],
      submittedBy: text,
      organisation: text,
      url: HOSTILE_LINKS[n % HOSTILE_LINKS.length] ?? '',
      codeUrl: HOSTILE_LINKS[n % HOSTILE_LINKS.length] ?? '',
      projectUrl: HOSTILE_LINKS[(n + 7) % HOSTILE_LINKS.length] ?? '',
    })),
  );
  await freezeMorning(t, 'daily');
});
afterAll(() => t.close());

const token = (purpose: Purpose) => signToken(t.app.keys, 'k1', purpose, 1);

/** The elements that only our own templates may make, by name, with what could run in them. */
function dangers(page: string): string[] {
  const tags = [...page.matchAll(/<(?:"[^"]*"|[^>"])*>/g)].map(([tag]) => tag);
  return tags.filter(
    (tag) =>
      /^<(?:img|svg|iframe|object|embed|mj-|base)/i.test(tag) ||
      (/^<script/i.test(tag) && tag !== '<script src="/enhance.js" defer>') ||
      /\son\w+\s*=/i.test(tag.replace(/"[^"]*"/g, '""')) ||
      /(?:href|src|action)="(?!https?:|\/(?!\/)|#)[^"]*"/i.test(tag) ||
      /(?:href|src|action)="[^"]*(?:javascript|user:password)/i.test(tag),
  );
}

describe('papers of strangers', () => {
  test('stay text on every public page and in every feed', async () => {
    const paths = ['/', '/archive', '/archive/daily/2025-03-14', '/feed.atom'];
    for (let page = 2; page <= 4; page += 1) paths.push(`/archive/daily/2025-03-14?page=${page}`);
    const papers = await t.app.db.selectFrom('papers').select('id').execute();
    for (const { id } of papers) {
      paths.push(`/papers/${encodeURIComponent(id)}`);
      paths.push(`/feedback/${token('feedback')}/save/${encodeURIComponent(id)}`);
    }
    for (const text of HOSTILE) {
      paths.push(`/search?q=${encodeURIComponent(text)}`, `/topics/${encodeURIComponent(text)}`);
      paths.push(`/topics/${encodeURIComponent(text)}/feed.atom`);
    }
    for (const path of paths) {
      const { status, text } = await browser.get(path);
      expect([path, [200, 404].includes(status), dangers(text)]).toEqual([path, true, []]);
      expect(text).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
      expect(text).not.toContain('\u0000');
    }
    expect(t.told).toEqual([]);
  });

  test('stay text in BibTeX', async () => {
    for (const { id } of await t.app.db.selectFrom('papers').select('id').execute()) {
      await browser.submit(`/feedback/${token('feedback')}/save/${encodeURIComponent(id)}`);
    }
    const { text } = await browser.get(`/saved/${token('feedback')}/papers.bib`);
    expect(text.match(/^@/gm)).toHaveLength(HOSTILE.length + HOSTILE_LINKS.length);
    expect(text).not.toMatch(/javascript:/i);
    const saved = await browser.get(`/saved/${token('feedback')}`);
    expect(dangers(saved.text)).toEqual([]);
  });
});

describe('forms of strangers', () => {
  const fields = [
    'topics',
    'exclude',
    'categories',
    'authors',
    'organisations',
    'timeZone',
  ] as const;
  const others = [
    'cadence',
    'hour',
    'weekday',
    'layout',
    'papersMax',
    'dial',
    'pausedUntil',
    'language',
  ];
  test.each([...fields, ...others])('%s is kept and shown as text, or refused', async (field) => {
    for (const text of HOSTILE) {
      const answer = await browser.submit(`/preferences/${token('preferences')}`, {
        [field]: text,
      });
      expect([text, [303, 422].includes(answer.status)]).toEqual([text, true]);
      const page =
        answer.status === 303 ? await browser.get(`/preferences/${token('preferences')}`) : answer;
      expect([text, dangers(page.text)]).toEqual([text, []]);
      const { preferences } = await getSubscriber(t.app.db, ADA);
      expect(JSON.stringify(preferences)).not.toMatch(/\u202E|\\u0000|\\r|\\n/);
    }
    expect(t.told).toEqual([]);
  });

  test('100 KB in a field is refused with a page, and changes nothing', async () => {
    const before = await everyRow(t.app);
    const huge = 'x'.repeat(100_000);
    for (const [path, field] of [
      [`/preferences/${token('preferences')}`, 'topics'],
      ['/subscribe', 'email'],
      ['/link', 'email'],
      [`/unsubscribe/${token('unsubscribe')}`, 'page'],
      [`/unsubscribe/${token('unsubscribe')}/reason`, 'other'],
    ] as const) {
      const answer = await browser.submit(path, { [field]: huge });
      expect([path, answer.status]).toEqual([path, 413]);
      expect(answer.text).toContain('too long');
    }
    expect(await everyRow(t.app)).toBe(before);
  });

  test('a sign-up with a hostile address or topic makes no header and no markup', async () => {
    for (const [n, text] of HOSTILE.entries()) {
      const headers = { 'x-forwarded-for': `10.9.${n}.1` };
      const wrong = await browser.submit('/subscribe', { email: text, topics: text }, headers);
      expect([wrong.status, dangers(wrong.text)]).toEqual([422, []]);
      const link = await browser.submit('/link', { email: `${text}@example.org` }, headers);
      expect(dangers(link.text)).toEqual([]);
    }
  });
});
