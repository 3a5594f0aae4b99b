import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getSubscriber, suppress } from '../../src/store/subscribers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { browserOf, everyRow } from '../support/browser.ts';
import { type Letter, lettersOf } from '../support/letters.ts';

const ADA = 'ada@example.org';
const FORM = { email: ADA, topics: 'tea, kettles', cadence: 'weekdays', timeZone: 'Europe/London' };

let t: TestApp;
let browser: ReturnType<typeof browserOf>;
let seen = 0;
let day = 0;
beforeAll(async () => {
  t = await openTestApp({ PAPERBOY_TRUSTED_PROXIES: '1', PAPERBOY_SIGNUPS_PER_HOUR: '100000' });
  browser = browserOf(t.app);
});
afterAll(() => t.close());
beforeEach(async () => {
  await letters(); // what the test before did not read is not ours
  await t.empty();
  day += 1;
  t.setClock(`2025-06-${String(day).padStart(2, '0')}T08:00:00Z`);
});

let networks = 0;
/** From a network that nobody asked from before. */
const elsewhere = () => {
  networks += 1;
  return { 'x-forwarded-for': `10.${networks >> 8}.${networks & 255}.7` };
};
const ask = (form: Record<string, string> = FORM, headers = elsewhere()) =>
  browser.submit('/subscribe', form, headers);
/** What was mailed since the last look. */
async function letters(): Promise<Letter[]> {
  await t.drain();
  const all: Letter[] = [];
  for (let n = 1; n <= day + 4; n += 1) {
    all.push(...(await lettersOf(t, `2025-06-${String(n).padStart(2, '0')}`)));
  }
  const fresh = all.slice(seen);
  seen = all.length;
  return fresh;
}

describe('a sign-up', () => {
  test('makes nobody a subscriber before the button behind the link was pressed', async () => {
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain(ADA);
    const [letter, ...more] = await letters();
    expect(more).toEqual([]);
    expect(letter).toMatchObject({ to: ADA, path: expect.stringMatching(/^\/confirm\/k1\.1\./) });
    const path = letter?.path ?? '';

    const before = await everyRow(t.app);
    for (let n = 0; n < 10; n += 1) {
      expect((await browser.get(path)).text).toContain('a•••@e•••.org');
      await browser.head(path);
    }
    expect(await everyRow(t.app)).toBe(before);
    await expect(getSubscriber(t.app.db, ADA)).rejects.toThrow('no subscriber');

    const done = await browser.submit(path, {}, elsewhere());
    expect(done.status).toBe(200);
    expect(await getSubscriber(t.app.db, ADA)).toMatchObject({
      state: 'active',
      preferences: { topics: ['tea', 'kettles'], cadence: 'weekdays', timeZone: 'Europe/London' },
    });
    const consents = await t.app.db.selectFrom('consents').selectAll().orderBy('id').execute();
    expect(consents.map(({ what, page }) => [what, page])).toEqual([
      ['asked', 'subscribe'],
      ['confirmed', 'confirm'],
    ]);
    expect(consents[0]).toMatchObject({
      network: expect.stringMatching(/^10\.\d+\.\d+\.0\/24$/),
      words: expect.stringContaining('By subscribing'),
    });
  });

  test('is confirmed once: an old link does not bring back who left', async () => {
    await ask();
    const [letter] = await letters();
    await browser.submit(letter?.path ?? '');
    await t.app.db.updateTable('subscribers').set({ state: 'unsubscribed' }).execute();
    expect((await browser.submit(letter?.path ?? '')).status).toBe(404);
    expect((await browser.get(letter?.path ?? '')).status).toBe(404);
    expect((await getSubscriber(t.app.db, ADA)).state).toBe('unsubscribed');
  });

  test('brings back who had left, with what they ask for now', async () => {
    await t.subscribe(ADA, { topics: ['old'] });
    await t.app.db.updateTable('subscribers').set({ state: 'unsubscribed' }).execute();
    await ask();
    const [letter] = await letters();
    await browser.submit(letter?.path ?? '');
    expect(await getSubscriber(t.app.db, ADA)).toMatchObject({
      state: 'active',
      preferences: { topics: ['tea', 'kettles'] },
    });
  });

  test('answers the same to every address: new, known, left, suppressed, blocked in vain', async () => {
    const at = t.app.now();
    await t.subscribe('known@example.org');
    await t.subscribe('left@example.org');
    await t.app.db
      .updateTable('subscribers')
      .set({ state: 'unsubscribed' })
      .where('email', '=', 'left@example.org')
      .execute();
    await suppress(t.app.db, 'bounced@example.org', 'bounced', null, at);
    const names = ['new', 'known', 'left', 'bounced'];
    const answers = [];
    for (const name of names) {
      const { status, text, headers } = await ask({ ...FORM, email: `${name}@example.org` });
      answers.push(`${status} ${text} ${JSON.stringify([...headers])}`);
    }
    expect(new Set(answers).size).toBe(1);
    expect((await letters()).map(({ to, path }) => [to, path.split('/')[1]])).toEqual([
      ['new@example.org', 'confirm'],
      ['known@example.org', 'preferences'],
      ['left@example.org', 'confirm'],
    ]);
  });

  test('keeps what a known subscriber has', async () => {
    await t.subscribe(ADA, { topics: ['old'] });
    await ask();
    expect((await getSubscriber(t.app.db, ADA)).preferences.topics).toEqual(['old']);
  });

  test.each([
    ['no address', { ...FORM, email: '' }, 'one address'],
    ['two addresses', { ...FORM, email: 'a@b.org, c@d.org' }, 'one address'],
    ['a header', { ...FORM, email: 'a@b.org\r\nBcc: c@d.org' }, 'one address'],
    ['an unknown zone', { ...FORM, timeZone: 'Mars/Olympus' }, 'time zone'],
    ['another cadence', { ...FORM, cadence: 'hourly' }, 'one of the list'],
    [
      'too many topics',
      {
        ...FORM,
        topics: Array(51)
          .fill('abc')
          .map((a, n) => a + n)
          .join(),
      },
      '50',
    ],
  ])('with %s is told so beside the field, and keeps the rest', async (_, form, words) => {
    const answer = await ask(form);
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(new RegExp(`class="fault"[^>]*>[^<]*${words}`));
    expect(answer.text).toContain('aria-invalid="true"');
    expect(await letters()).toEqual([]);
  });

  test('of a robot that fills in every field is answered and forgotten', async () => {
    expect((await ask({ ...FORM, website: 'https://spam.example' })).status).toBe(200);
    expect(await letters()).toEqual([]);
  });

  test('of another site is refused', async () => {
    const foreign = { origin: 'https://evil.example', ...elsewhere() };
    expect((await ask(FORM, foreign)).status).toBe(403);
    expect(await letters()).toEqual([]);
  });
});

describe('limits', () => {
  test('1,000 forms for one address from 1,000 networks are one mail', async () => {
    const forms = Array.from({ length: 1_000 }, (_, n) => ({
      ...FORM,
      email: ['ada.l@gmail.com', 'A.D.A.L@gmail.com', `adal+${n}@gmail.com`][n % 3] ?? '',
    }));
    for (let from = 0; from < forms.length; from += 50) {
      await Promise.all(forms.slice(from, from + 50).map((form) => ask(form)));
    }
    expect(await letters()).toHaveLength(1);
  });

  test('the same address gets another mail after a day, and three in all', async () => {
    const mails: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      t.setClock(new Date(Date.UTC(2025, 5, day, 8) + n * 24.2 * 3_600_000));
      await ask();
      mails.push((await letters()).length);
    }
    expect(mails).toEqual([1, 1, 1, 0, 0]);
    day += 5;
  });

  test('1,000 addresses from one network are few mails, and the network is told to wait', async () => {
    const from = elsewhere();
    const statuses: number[] = [];
    for (let n = 0; n < 1_000; n += 50) {
      const some = Array.from({ length: 50 }, (_, at) =>
        ask({ ...FORM, email: `reader${n + at}@example.org` }, from),
      );
      for (const { status } of await Promise.all(some)) statuses.push(status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(980);
    expect(await letters()).toHaveLength(20);
    expect((await ask(FORM)).status).toBe(200);
  });

  test('a visitor cannot invent a network behind the trusted proxy', async () => {
    const real = `198.51.${networks % 250}.1`;
    const statuses: number[] = [];
    for (let n = 0; n < 25; n += 1) {
      const headers = { 'x-forwarded-for': `203.0.113.${n}, ${real}` };
      statuses.push((await ask({ ...FORM, email: `r${n}@example.org` }, headers)).status);
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    await letters();
  });

  test('all together are limited, too', async () => {
    const closed = { ...t.config, signups: { ...t.config.signups, perHour: 0 } };
    const shut = browserOf({ ...t.app, config: closed });
    expect((await shut.submit('/subscribe', FORM, elsewhere())).status).toBe(429);
    expect(await letters()).toEqual([]);
  });

  test('a domain of the block list is refused, an address of it gets nothing', async () => {
    const blocked = (email: string) =>
      email.endsWith('@trash.example') ? 'domain' : email === ADA ? 'address' : undefined;
    const strict = browserOf({ ...t.app, blocked });
    const form = { ...FORM, email: 'x@trash.example' };
    expect((await strict.submit('/subscribe', form, elsewhere())).status).toBe(422);
    expect((await strict.submit('/subscribe', FORM, elsewhere())).status).toBe(200);
    expect(await letters()).toEqual([]);
  });
});

describe('send me my link', () => {
  const link = (email: string) => browser.submit('/link', { email }, elsewhere());

  test('goes to who reads Paperboy, and answers everybody the same', async () => {
    await t.subscribe(ADA);
    const known = await link('ADA@example.org');
    const unknown = await link('nobody@example.org');
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
    const [letter, ...more] = await letters();
    expect([letter?.to, more]).toEqual([ADA, []]);
    expect((await browser.get(letter?.path ?? '')).status).toBe(200);
    await link(ADA);
    expect(await letters()).toEqual([]); // once an hour
  });

  test('does not go to an address that must get nothing', async () => {
    await t.subscribe(ADA);
    await suppress(t.app.db, ADA, 'complained', null, t.app.now());
    await link(ADA);
    expect(await letters()).toEqual([]);
  });
});
