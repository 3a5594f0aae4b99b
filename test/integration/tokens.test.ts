import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PURPOSES, type Purpose, signToken } from '../../src/domain/token.ts';
import { getSubscriber } from '../../src/store/subscribers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { browserOf, everyRow } from '../support/browser.ts';
import { DAY, freezeMorning, listPapers, tick } from '../support/morning.ts';

const EDITION = `daily/${DAY}`;
/** Every page that a token opens, and the purpose that opens it. */
const ROUTES: readonly (readonly [string, Purpose])[] = [
  ['/unsubscribe/TOKEN', 'unsubscribe'],
  ['/preferences/TOKEN', 'preferences'],
  ['/preferences/TOKEN/library', 'preferences'],
  ['/preferences/TOKEN/data', 'preferences'],
  ['/preferences/TOKEN/data.json', 'preferences'],
  [`/view/TOKEN/${EDITION}`, 'view'],
  ['/confirm/TOKEN', 'confirm'],
  ['/address/TOKEN', 'address'],
  ['/feedback/TOKEN/save/2503.00001', 'feedback'],
  ['/saved/TOKEN', 'feedback'],
  ['/saved/TOKEN/papers.bib', 'feedback'],
  ['/opt-out/TOKEN', 'opt-out'],
];
const POSTS: readonly (readonly [string, Purpose])[] = [
  ['/unsubscribe/TOKEN', 'unsubscribe'],
  ['/unsubscribe/TOKEN/fewer', 'unsubscribe'],
  ['/unsubscribe/TOKEN/reason', 'unsubscribe'],
  ['/unsubscribe/TOKEN/undo', 'unsubscribe'],
  ['/preferences/TOKEN', 'preferences'],
  ['/preferences/TOKEN/address', 'preferences'],
  ['/preferences/TOKEN/library/clear', 'preferences'],
  ['/preferences/TOKEN/erase', 'preferences'],
  ['/confirm/TOKEN', 'confirm'],
  ['/address/TOKEN', 'address'],
  ['/feedback/TOKEN/save/2503.00001', 'feedback'],
  ['/opt-out/TOKEN', 'opt-out'],
];

let t: TestApp;
let browser: ReturnType<typeof browserOf>;
beforeAll(async () => {
  t = await openTestApp();
  browser = browserOf(t.app);
  await t.subscribe('ada@example.org');
  await listPapers(t, [{ title: 'Kettles', arxivId: '2503.00001' }]);
  await freezeMorning(t, 'daily');
  t.setClock(`${DAY}T07:00:00Z`);
  await tick(t, 'daily');
  // The same number everywhere, so that only the purpose tells the tokens apart.
  expect((await getSubscriber(t.app.db, 'ada@example.org')).id).toBe(1);
  await browser.submit('/subscribe', { email: 'new@example.org', topics: '' });
  await browser.submit(`/preferences/${tokenOf('preferences')}/address`, {
    newAddress: 'other@example.org',
  });
  await t.drain();
});
afterAll(() => t.close());

const tokenOf = (purpose: Purpose, keys = t.app.keys) =>
  signToken(keys, 'k1', purpose, 1, purpose === 'view' ? EDITION : '');
const at = (route: string, token: string) => route.replace('TOKEN', token);

test.each(ROUTES)(
  '%s opens by a token for %s and by no other, and all say the same',
  async (route, purpose) => {
    const before = await everyRow(t.app);
    const own = await browser.get(at(route, tokenOf(purpose)));
    expect(own.status).toBe(200);
    const refused = new Set<string>();
    for (const other of PURPOSES.filter((one) => one !== purpose)) {
      const { status, text } = await browser.get(at(route, tokenOf(other)));
      refused.add(`${status} ${text}`);
    }
    const unscoped = await browser.get(at(route, signToken(t.app.keys, 'k1', 'view', 1)));
    refused.add(`${unscoped.status} ${unscoped.text}`);
    expect(refused.size).toBe(1);
    expect([...refused][0]).toMatch(/^404 .*This link does not work/s);
    expect(await everyRow(t.app)).toBe(before);
  },
);

test.each(POSTS)(
  'a POST to %s with a token that is not for %s changes nothing',
  async (route, purpose) => {
    const before = await everyRow(t.app);
    for (const other of PURPOSES.filter((one) => one !== purpose)) {
      const answer = await browser.submit(at(route, tokenOf(other)), {
        choice: 'weekly',
        page: '1',
      });
      expect([other, answer.status]).toEqual([other, 404]);
    }
    expect(await everyRow(t.app)).toBe(before);
  },
);

test.each(ROUTES)(
  '%s refuses its token with any byte flipped, always with the same page',
  async (route, purpose) => {
    const token = tokenOf(purpose);
    const bad = await browser.get(at(route, 'k1.1.AAAAAAAAAAAAAAAAAAAAAA'));
    for (let byte = 0; byte < token.length; byte += 1) {
      for (const bit of [1, 2, 4, 16, 32]) {
        const flipped = String.fromCharCode(token.charCodeAt(byte) ^ bit);
        const wrong = encodeURIComponent(token.slice(0, byte) + flipped + token.slice(byte + 1));
        const answer = await browser.get(at(route, wrong));
        // A slash, a dot or a question mark makes another path of it, which is not found either.
        expect([wrong, answer.status]).toEqual([wrong, 404]);
        if (/^[\w.-]+$/.test(wrong)) expect(answer.text).toBe(bad.text);
      }
    }
  },
);

describe('keys', () => {
  test('of an earlier rotation still open, removed ones do not', async () => {
    const old = t.app.keys.get('k1') ?? '';
    const rotated = new Map([
      ['k2', 'another key of the tests, long enough for it'],
      ['k1', old],
    ]);
    const removed = new Map([['k2', rotated.get('k2') ?? '']]);
    const path = at('/preferences/TOKEN', tokenOf('preferences'));
    expect((await browserOf({ ...t.app, keys: rotated }).get(path)).status).toBe(200);
    expect((await browserOf({ ...t.app, keys: removed }).get(path)).status).toBe(404);
  });
});

test('a wrong token takes as long whichever part of it is wrong', async () => {
  const token = tokenOf('preferences');
  const wrongAt = (byte: number) =>
    `${token.slice(0, byte)}${token[byte] === 'A' ? 'B' : 'A'}${token.slice(byte + 1)}`;
  const kinds = [wrongAt(5), wrongAt(token.length - 1), tokenOf('unsubscribe')];
  const times: number[][] = kinds.map(() => []);
  for (let round = 0; round < 120; round += 1) {
    for (const [kind, one] of kinds.entries()) {
      const start = performance.now();
      await browser.get(`/preferences/${one}`);
      times[kind]?.push(performance.now() - start);
    }
  }
  // The fastest of many says what the work costs; the others say how busy the machine was.
  const fastest = times.map((all) => Math.min(...all));
  expect(Math.max(...fastest) / Math.min(...fastest)).toBeLessThan(2);
});
