import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Purpose, signToken } from '../../src/domain/token.ts';
import { feedbackOf } from '../../src/store/feedback.ts';
import { getSubscriber, subscriberById, suppress } from '../../src/store/subscribers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { browserOf, everyRow } from '../support/browser.ts';
import { lettersOf } from '../support/letters.ts';
import { freezeMorning, listPapers } from '../support/morning.ts';

const ADA = 'ada@example.org';

let t: TestApp;
let browser: ReturnType<typeof browserOf>;
let day = '';
let days = 0;
beforeAll(async () => {
  t = await openTestApp({ PAPERBOY_TRUSTED_PROXIES: '1' });
  browser = browserOf(t.app);
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.empty();
  days += 1;
  day = `2025-07-${String(days).padStart(2, '0')}`;
  t.setClock(`${day}T08:00:00Z`);
  await t.subscribe(ADA, { topics: ['tea'] });
});

const token = (purpose: Purpose, id = 1) => signToken(t.app.keys, 'k1', purpose, id);
const page = () => `/preferences/${token('preferences')}`;
const elsewhere = () => ({ 'x-forwarded-for': `10.7.${days}.1` });
const move = (newAddress: string) =>
  browser.submit(`${page()}/address`, { newAddress }, elsewhere());
async function letters() {
  await t.drain();
  return lettersOf(t, day);
}

describe('what is changed on two pages at once', () => {
  const leavingPage = () => `/unsubscribe/${token('unsubscribe')}/fewer`;
  const asked = async () => (await subscriberById(t.app.db, 1))?.preferences;
  /** The fields as the page in front of the reader has them. */
  async function shown(): Promise<Record<string, string>> {
    const { text } = await browser.get(page());
    const inputs = text.matchAll(/<input type="(?:text|date|hidden)"[^>]*>/g);
    const attribute = (input: string, name: string) =>
      new RegExp(`\\b${name}="([^"]*)"`).exec(input)?.[1] ?? '';
    return Object.fromEntries(
      [...inputs].map(([input]) => [attribute(input, 'name'), attribute(input, 'value')]),
    );
  }

  test('a pause and a save at the same moment both count', async () => {
    for (const [at, topics] of ['kettles', 'pots', 'cups', 'spoons'].entries()) {
      const weeks = ['2', '4', '8'][at % 3] ?? '';
      await browser.submit(page(), { pausedUntil: '' });
      await Promise.all([
        browser.submit(page(), { topics }),
        browser.submit(leavingPage(), { choice: weeks }),
      ]);
      expect(await asked()).toMatchObject({ topics: [topics], pausedUntil: expect.any(String) });
    }
  });

  test('a save does not take back the pause that came after its page was opened', async () => {
    const fields = await shown();
    expect(fields).toMatchObject({ pausedUntil: '', topics: 'tea' });
    await browser.submit(leavingPage(), { choice: '4' });
    const pausedUntil = (await asked())?.pausedUntil;
    await browser.submit(leavingPage(), { choice: 'weekly' });
    await browser.submit(page(), { ...fields, cadence: 'daily', topics: 'tea, kettles' });
    expect(await asked()).toMatchObject({
      topics: ['tea', 'kettles'],
      cadence: 'weekly',
      pausedUntil,
    });
    expect(pausedUntil).toBeDefined();
    await browser.submit(page(), { ...(await shown()), pausedUntil: '' });
    expect((await asked())?.pausedUntil).toBeUndefined();
  });
});

describe('an address that must get nothing', () => {
  test.each([
    [
      'bounced',
      'mail to this address came back to us',
      'Mails an diese Adresse kamen zu uns zurück',
    ],
    ['complained', 'was reported as spam', 'wurde als Spam gemeldet'],
    ['operator', 'we are not to write to this address', 'sollen wir nicht schreiben'],
  ] as const)('%s: the page says that nothing comes, and what helps', async (reason, en, de) => {
    expect((await browser.get(page())).text).not.toContain('Nothing comes at present');
    await suppress(t.app.db, ADA, reason, null, t.app.now());
    const { text } = await browser.get(page());
    expect(text).toContain(en);
    expect(text).toContain('Name another address below');
    await browser.submit(page(), { language: 'de' });
    const german = (await browser.get(page())).text;
    expect(german).toContain(de);
    expect(german).toContain('Nenn unten eine andere Adresse');
    await move('ada@new.example');
    const [letter] = await letters();
    await browser.submit(letter?.path ?? '');
    expect((await browser.get(page())).text).not.toContain('Zurzeit kommt nichts');
  });
});

describe('another address', () => {
  test('counts once it is confirmed there, and the subscription stays the same', async () => {
    const asked = await move('ada@new.example');
    expect([asked.status, asked.headers.get('location')]).toEqual([303, `${page()}?done=asked`]);
    expect((await getSubscriber(t.app.db, ADA)).id).toBe(1);
    const [letter, ...more] = await letters();
    expect([letter?.to, more]).toEqual(['ada@new.example', []]);
    const before = await everyRow(t.app);
    expect((await browser.get(letter?.path ?? '')).text).toContain('a•••@n•••.example');
    expect(await everyRow(t.app)).toBe(before);

    expect((await browser.submit(letter?.path ?? '')).status).toBe(200);
    expect(await subscriberById(t.app.db, 1)).toMatchObject({
      email: 'ada@new.example',
      state: 'active',
      preferences: { topics: ['tea'] },
    });
    expect((await browser.submit(letter?.path ?? '')).status).toBe(404);
    expect((await browser.get(page())).status).toBe(200);
  });

  test('that is taken, suppressed or asked too often gets no mail, and the page does not say so', async () => {
    await t.subscribe('bea@example.org');
    await suppress(t.app.db, 'gone@example.org', 'complained', null, t.app.now());
    const answers = [];
    for (const email of [
      'free@example.org',
      'bea@example.org',
      'gone@example.org',
      'free2@example.org',
    ]) {
      const { status, text, headers } = await move(email);
      answers.push(`${status} ${text} ${headers.get('location')}`);
    }
    expect(new Set(answers).size).toBe(1);
    expect((await letters()).map(({ to }) => to)).toEqual(['free@example.org']);
  });

  test('that somebody else took meanwhile is told to its owner', async () => {
    await move('free@example.org');
    const [letter] = await letters();
    await t.subscribe('free@example.org');
    const late = await browser.submit(letter?.path ?? '');
    expect(late.text).toContain('has a subscription of its own already');
    expect((await getSubscriber(t.app.db, ADA)).id).toBe(1);
  });

  test('that is none is told beside the field', async () => {
    const wrong = await move('ada@');
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('id="newAddress-fault"');
  });
});

describe('preferences', () => {
  test('speak the language that was chosen, and so does the digest', async () => {
    await browser.submit(page(), { language: 'de' });
    const german = await browser.get(page());
    expect(german.text).toContain('<html lang="de">');
    expect(german.text).toContain('Deine Einstellungen');
    expect(german.text).not.toContain('Topics');
  });

  test('of who has left are kept for when they come back, and the page says so', async () => {
    await browser.submit(`/unsubscribe/${token('unsubscribe')}`, { page: '1' });
    await browser.submit(page(), { topics: 'kettles' });
    const { state, preferences } = await getSubscriber(t.app.db, ADA);
    expect([state, preferences.topics]).toEqual(['unsubscribed', ['kettles']]);
    expect((await browser.get(page())).text).toContain('You are unsubscribed');
  });

  test('old rows that lack newer fields still show and save', async () => {
    const old = { digests: ['daily'], cadence: 'daily', weekday: 1, hour: 7, timeZone: 'UTC' };
    const preferences = JSON.stringify({
      ...old,
      layout: 'full',
      topics: [],
      exclude: [],
      language: 'en',
    });
    await t.app.db.updateTable('subscribers').set({ preferences }).execute();
    expect((await browser.get(page())).status).toBe(200);
    await browser.submit(page(), { dial: '80' });
    expect((await getSubscriber(t.app.db, ADA)).preferences).toMatchObject({ dial: 80, hour: 7 });
  });
});

test('feedback keeps its moment, likes and dislikes exclude each other, and all can be taken back', async () => {
  await listPapers(t, [{ title: 'Kettles', arxivId: '2507.00001' }], { date: day });
  await freezeMorning(t, 'daily', day);
  const say = (kind: string, form = {}) =>
    browser.submit(`/feedback/${token('feedback')}/${kind}/2507.00001`, form);
  const kinds = async () => (await feedbackOf(t.app.db, 1)).map(({ kind }) => kind).sort();
  await say('like');
  await say('save');
  await say('save');
  const first = (await feedbackOf(t.app.db, 1)).find(({ kind }) => kind === 'save');
  expect(await kinds()).toEqual(['like', 'save']);
  t.setClock(`${day}T09:00:00Z`);
  await say('dislike');
  await say('save');
  expect(await kinds()).toEqual(['dislike', 'save']);
  expect((await feedbackOf(t.app.db, 1)).find(({ kind }) => kind === 'save')).toEqual(first);
  await say('dislike', { undo: '1' });
  expect(await kinds()).toEqual(['save']);
  expect((await say('love')).status).toBe(404);
});
