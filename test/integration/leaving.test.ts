import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deliveryLinks } from '../../src/domain/links.ts';
import { getSubscriber } from '../../src/store/subscribers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { browserOf, everyRow, formsIn } from '../support/browser.ts';

const ADA = 'ada@example.org';
const ONE_CLICK = 'List-Unsubscribe=One-Click';
const URLENCODED = { 'content-type': 'application/x-www-form-urlencoded' };

let t: TestApp;
let browser: ReturnType<typeof browserOf>;
let path: string;
beforeAll(async () => {
  t = await openTestApp();
  browser = browserOf(t.app);
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.empty();
  await t.subscribe(ADA, { topics: ['tea'] });
  const { id } = await ada();
  path = new URL(linksOf(id).unsubscribe).pathname;
});

const ada = () => getSubscriber(t.app.db, ADA);
const linksOf = (id: number) =>
  deliveryLinks(t.app.keys, { baseUrl: t.config.baseUrl, keyId: 'k1' }, id, 'daily/2025-03-14');
const consents = async () =>
  (await t.app.db.selectFrom('consents').select(['what', 'page', 'words']).execute()).map(
    ({ what, page, words }) => [what, page, words],
  );

describe('one click of a mail program', () => {
  test('ends the subscription: no cookie, no origin, no redirect, 200 also twice', async () => {
    for (const _ of [1, 2]) {
      const answer = await browser.ask(path, {
        method: 'POST',
        body: ONE_CLICK,
        headers: URLENCODED,
      });
      expect([answer.status, answer.text]).toEqual([200, '']);
      expect([answer.headers.get('location'), answer.headers.get('set-cookie')]).toEqual([
        null,
        null,
      ]);
    }
    expect((await ada()).state).toBe('unsubscribed');
    expect(await consents()).toEqual([['left', 'one-click', '']]);
  });

  test('may come as multipart, from another origin, and with a body that says nothing', async () => {
    const multipart = new FormData();
    multipart.set('List-Unsubscribe', 'One-Click');
    const ways: RequestInit[] = [
      { body: multipart },
      { body: ONE_CLICK, headers: { ...URLENCODED, origin: 'https://mail.example.com' } },
      { headers: { 'sec-fetch-site': 'cross-site', ...URLENCODED }, body: ONE_CLICK },
      {},
      { body: '{}', headers: { 'content-type': 'application/json' } },
    ];
    for (const way of ways) {
      await t.empty();
      await t.subscribe(ADA);
      const answer = await browser.ask(path, { ...way, method: 'POST' });
      expect([answer.status, (await ada()).state]).toEqual([200, 'unsubscribed']);
    }
  });

  test('works ten years later', async () => {
    t.setClock('2035-03-14T05:00:00Z');
    expect((await browser.ask(path, { method: 'POST' })).status).toBe(200);
    expect((await ada()).state).toBe('unsubscribed');
    t.setClock('2025-03-14T05:00:00Z');
  });
});

describe('the page', () => {
  test('shows whose subscription it is, without the address, and changes nothing', async () => {
    const before = await everyRow(t.app);
    const page = await browser.get(path);
    expect(page.status).toBe(200);
    expect(page.text).toContain('a•••@e•••.org');
    expect(page.text).not.toContain(ADA);
    for (let n = 0; n < 10; n += 1) {
      await browser.get(path);
      await browser.head(path);
    }
    expect(await everyRow(t.app)).toBe(before);
  });

  test('leaves by its button, keeps the reason as text, and takes it back within the hour', async () => {
    const left = await browser.submit(path, { page: '1' });
    expect([left.status, (await ada()).state]).toEqual([200, 'unsubscribed']);
    expect(formsIn(left.text)).toEqual([`${path}/undo`, `${path}/reason`]);
    const hostile = '<script>alert(1)</script>\r\nBcc: x@y.org';
    await browser.submit(`${path}/reason`, { reason: 'Too many emails', other: hostile });
    const { left_why } = await t.app.db
      .selectFrom('subscribers')
      .select('left_why')
      .executeTakeFirstOrThrow();
    expect(left_why).toBe('Too many emails: <script>alert(1)</script> Bcc: x@y.org');
    const back = await browser.submit(`${path}/undo`);
    expect([back.status, (await ada()).state]).toEqual([200, 'active']);
    expect((await ada()).preferences.topics).toEqual(['tea']);
    expect((await consents()).map(([what]) => what)).toEqual(['left', 'came back']);
  });

  test('does not take a leaving back later: an old email may be in other hands', async () => {
    await browser.submit(path, { page: '1' });
    t.setClock('2025-03-14T06:30:00Z');
    const page = await browser.get(path);
    expect(formsIn(page.text)).toEqual([`${path}/reason`]);
    await browser.submit(`${path}/undo`);
    expect((await ada()).state).toBe('unsubscribed');
    t.setClock('2025-03-14T05:00:00Z');
  });

  test('offers fewer instead: weekly, or a pause', async () => {
    await browser.submit(`${path}/fewer`, { choice: 'weekly' });
    await browser.submit(`${path}/fewer`, { choice: '4' });
    await browser.submit(`${path}/fewer`, { choice: '400' });
    const { state, preferences } = await ada();
    expect([state, preferences.cadence, preferences.pausedUntil]).toEqual([
      'active',
      'weekly',
      '2025-04-11',
    ]);
  });

  test('is posted to by its own forms only', async () => {
    for (const step of ['fewer', 'reason', 'undo']) {
      const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
      const answer = await browser.submit(`${path}/${step}`, { choice: 'weekly' }, foreign);
      expect(answer.status).toBe(403);
    }
    expect((await ada()).preferences.cadence).toBe('daily');
  });

  test('speaks to no cache, no search engine and no other site', async () => {
    const { headers } = await browser.get(path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-robots-tag': 'noindex',
      'strict-transport-security': expect.stringContaining('max-age='),
      'content-security-policy': expect.stringMatching(/^default-src 'none'; style-src 'sha256-/),
    });
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
  });

  test('is the same for every link that does not work', async () => {
    const wrong = [
      `${path}x`,
      path.replace(/\.1\./, '.2.'),
      '/unsubscribe/k1.9.x',
      '/unsubscribe/0',
    ];
    const answers = await Promise.all(wrong.map((one) => browser.get(one)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
    for (const one of wrong) {
      expect((await browser.ask(one, { method: 'POST', body: ONE_CLICK })).status).toBe(404);
    }
    expect((await ada()).state).toBe('active');
  });
});
