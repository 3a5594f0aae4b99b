import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NoticeKind } from '../../src/domain/notice.ts';
import { signToken } from '../../src/domain/token.ts';
import { sendNotice } from '../../src/notify.ts';
import { forget } from '../../src/retention.ts';
import { leave, ONE_CLICK } from '../../src/store/leaving.ts';
import { addAlert, addNotice } from '../../src/store/notices.ts';
import { getSubscriber, liftSuppression } from '../../src/store/subscribers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { type Answer, browserOf, everyRow, formsIn } from '../support/browser.ts';
import { lettersOf } from '../support/letters.ts';

const EVE = 'eve@example.org';
const ADA = 'ada@example.org';
const URLENCODED = { 'content-type': 'application/x-www-form-urlencoded' };
const CLICK = { method: 'POST', body: 'List-Unsubscribe=One-Click', headers: URLENCODED };

let t: TestApp;
let browser: ReturnType<typeof browserOf>;
let week = 0;
beforeAll(async () => {
  t = await openTestApp({ PAPERBOY_RETENTION_DAYS: '7' });
  browser = browserOf(t.app);
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.drain();
  await t.empty();
  week += 1; // a folder of the outbox of one's own
  wait(0);
});

/** So many days after the test began, and its hour. */
const moment = (days: number) => new Date(Date.UTC(2025, 0, 1 + 7 * week, 5) + days * 86_400_000);
const wait = (days: number) => t.setClock(moment(days));
const letters = (days = 0) => lettersOf(t, moment(days).toISOString().slice(0, 10));
const pathOf = (noticeId: number) => `/opt-out/${signToken(t.app.keys, 'k1', 'opt-out', noticeId)}`;
/** Somebody types in Eve's address. @returns the opt-out link of the notice that she gets. */
async function typedIn(email = EVE): Promise<string> {
  await browser.submit('/subscribe', { email });
  const { id } = await t.app.db
    .selectFrom('notices')
    .select('id')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  await t.drain();
  return pathOf(Number(id));
}
const suppressions = () =>
  t.app.db.selectFrom('suppressions').select(['email_key', 'reason', 'detail']).execute();
const count = async (table: 'signups' | 'notices') =>
  (await t.app.db.selectFrom(table).select('id').execute()).length;

describe('the link', () => {
  const STOPS: readonly NoticeKind[] = ['confirm', 'address', 'moved', 'goodbye', 'alert'];
  const LEAVES: readonly NoticeKind[] = ['known', 'welcome', 'link'];
  /** One notice of every kind, and where it may lead: every URL of its headers, HTML and text. */
  async function everyNotice() {
    await t.subscribe(ADA);
    await t.subscribe('gone@example.org');
    const [ada, gone] = [1, 2];
    await leave(t.app.db, gone, ONE_CLICK, t.app.now());
    const change = { newAddress: 'new@example.org' };
    await browser.submit(
      `/preferences/${signToken(t.app.keys, 'k1', 'preferences', ada)}/address`,
      change,
    );
    await browser.submit('/subscribe', { email: EVE });
    for (const kind of ['known', 'welcome', 'link', 'moved', 'goodbye'] as const) {
      const aboutId = kind === 'goodbye' ? gone : ada;
      const email = `${kind}@example.org`;
      const id = await addNotice(t.app.db, { kind, email, aboutId, language: 'en' }, t.app.now());
      await sendNotice(t.app, id);
    }
    const told = { heading: 'Look', lines: ['At this.'] };
    const alert = { email: 'alert@example.org', cause: 'a test', told };
    await sendNotice(t.app, (await addAlert(t.app.db, alert, t.app.now())) ?? 0);
    await t.drain();
    const sent = await t.app.db.selectFrom('notices').select(['id', 'kind', 'state']).execute();
    expect(sent.every(({ state }) => state === 'submitted')).toBe(true);
    const dir = join(t.app.outboxDir ?? '', 'notices', moment(0).toISOString().slice(0, 10));
    const files = (await readdir(dir)).filter((name) => name.endsWith('.eml'));
    const letters = await Promise.all(
      files.map(async (name) => simpleParser(await readFile(join(dir, name)))),
    );
    return sent.map(({ id, kind }) => {
      const mail = letters.find(({ messageId }) => messageId === `<notice.${id}@paperboy.test>`);
      const list = Object(mail?.headers.get('list'));
      const [html, text] = [String(mail?.html), mail?.text ?? ''];
      const urls = `${list.unsubscribe?.url} ${html} ${text}`.match(/https:[^\s"<>]+/g) ?? [];
      return { kind, id: Number(id), list, html, text, urls: new Set(urls) };
    });
  }

  test('stands in header, HTML and text of whatever goes to who has no subscription', async () => {
    const notices = await everyNotice();
    expect(new Set(notices.map(({ kind }) => kind))).toEqual(new Set([...STOPS, ...LEAVES]));
    for (const { kind, id, list, html, text } of notices) {
      const [url, words] = STOPS.includes(kind)
        ? [`https://paperboy.test${pathOf(id)}`, 'Never write to this address again']
        : [expect.stringContaining('https://paperboy.test/unsubscribe/k1.1.'), 'Unsubscribe'];
      expect([kind, list.unsubscribe.url]).toEqual([kind, url]);
      expect([kind, list['unsubscribe-post'].name]).toEqual([kind, 'List-Unsubscribe=One-Click']);
      expect(html).toContain(`<a href="${list.unsubscribe.url}"`);
      expect(html).toContain(`>${words}</a>`);
      expect(text.replace(/\s+/g, ' ')).toContain(`${words}: ${list.unsubscribe.url}`);
      expect(list.unsubscribe.url).not.toContain('example.org');
    }
  });

  test('changes no row, like every URL of every notice, when a scanner opens it', async () => {
    const notices = await everyNotice();
    const before = await everyRow(t.app);
    for (const url of new Set(notices.flatMap(({ urls }) => [...urls]))) {
      for (let n = 0; n < 5; n += 1) {
        expect([url, (await browser.get(url)).status]).toEqual([url, 200]);
        await browser.head(url);
      }
    }
    expect(await everyRow(t.app)).toBe(before);
  });
});

describe('"send me my link", typed in by anybody', () => {
  const ask = () => browser.submit('/link', { email: ADA });
  const sent = async () => {
    await t.drain();
    const dir = join(t.app.outboxDir ?? '', 'notices', moment(0).toISOString().slice(0, 10));
    const files = (await readdir(dir)).filter((name) => name.endsWith('.eml'));
    return Promise.all(files.map(async (name) => simpleParser(await readFile(join(dir, name)))));
  };

  test('has the link of who reads no more stop everything, in header, HTML and text', async () => {
    await t.subscribe(ADA);
    await leave(t.app.db, 1, ONE_CLICK, t.app.now());
    await ask();
    const [mail] = await sent();
    const path = pathOf(1);
    const { unsubscribe } = Object(mail?.headers.get('list'));
    expect(unsubscribe.url).toBe(`https://paperboy.test${path}`);
    expect(mail?.html).toContain(`<a href="https://paperboy.test${path}"`);
    for (const part of [String(mail?.html), mail?.text ?? ''])
      expect(part.replace(/\s+/g, ' ')).toContain('Never write to this address again');
    await browser.ask(path, CLICK);
    expect(await suppressions()).toMatchObject([{ email_key: ADA }]);
    wait(2);
    await ask();
    expect(await count('notices')).toBe(1);
  });

  test('brings who reads no more one a day, and who reads five', async () => {
    await t.subscribe(ADA);
    const asks = async (from: number) => {
      for (let n = 0; n < 8; n += 1) {
        wait(from + n * 0.1);
        await ask();
      }
    };
    await asks(0);
    expect(await count('notices')).toBe(5);
    await leave(t.app.db, 1, ONE_CLICK, t.app.now());
    await asks(2);
    expect(await count('notices')).toBe(6);
  });
});

describe('one click of a mail program', () => {
  test('stops everything to the address: no cookie, no origin, no redirect, 200 also twice', async () => {
    const path = await typedIn();
    for (const _ of [1, 2]) {
      const { status, text, headers } = await browser.ask(path, CLICK);
      expect([status, text, headers.get('location'), headers.get('set-cookie')]).toEqual([
        200,
        '',
        null,
        null,
      ]);
    }
    expect(await suppressions()).toEqual([
      {
        email_key: EVE,
        reason: 'unsubscribed',
        detail: 'opted out by the link of notice 1, confirm',
      },
    ]);
  });

  test('may come as multipart, from another origin, and with a body that says nothing', async () => {
    const multipart = new FormData();
    multipart.set('List-Unsubscribe', 'One-Click');
    const ways: RequestInit[] = [
      { body: multipart },
      { ...CLICK, headers: { ...URLENCODED, origin: 'https://mail.example.com' } },
      { ...CLICK, headers: { ...URLENCODED, 'sec-fetch-site': 'cross-site' } },
      {},
    ];
    for (const way of ways) {
      await t.empty();
      const path = await typedIn();
      expect((await browser.ask(path, { ...way, method: 'POST' })).status).toBe(200);
      expect(await suppressions()).toHaveLength(1);
    }
  });
});

describe('the page', () => {
  test('shows whose address it is, masked, with one button, and says when it is done', async () => {
    const path = await typedIn();
    const asked = await browser.get(path);
    expect([asked.status, asked.text.match(/<button/g)?.length]).toEqual([200, 1]);
    expect(asked.text).toContain('e•••@e•••.org');
    expect(asked.text).not.toContain(EVE);
    const done = await browser.submit(path, { page: '1' });
    expect([done.status, formsIn(done.text)]).toEqual([200, []]);
    expect(done.text).toContain('<h1>No more mail from us</h1>');
    expect(await browser.get(path)).toMatchObject({ status: 200, text: done.text });
    expect(await suppressions()).toHaveLength(1);
  });

  test('speaks the language of its notice', async () => {
    await browser.submit('/subscribe?lang=de', { email: EVE });
    const { language } = await t.app.db
      .selectFrom('notices')
      .select('language')
      .executeTakeFirstOrThrow();
    expect(language).toBe('de');
    expect((await browser.get(pathOf(1))).text).toContain('Nie wieder an diese Adresse schreiben');
  });

  test('is the one for links that do not work when the notice is gone', async () => {
    const path = await typedIn();
    const wrong = await browser.get('/opt-out/k1.1.AAAAAAAAAAAAAAAAAAAAAA');
    wait(59.9); // the retention is one of 7
    await forget(t.app);
    expect((await browser.get(path)).status).toBe(200);
    wait(60.1);
    await forget(t.app);
    expect(await browser.get(path)).toMatchObject({ status: 404, text: wrong.text });
    expect((await browser.ask(path, CLICK)).status).toBe(404);
    expect(await suppressions()).toEqual([]);
  });
});

describe('afterwards', () => {
  test('what waits for the address is cancelled, and a new sign-up looks the same and sends nothing', async () => {
    await t.subscribe(ADA);
    const preferences = `/preferences/${signToken(t.app.keys, 'k1', 'preferences', 1)}`;
    const path = await typedIn();
    await browser.submit(`${preferences}/address`, { newAddress: EVE.toUpperCase() });
    await t.drain();
    const [confirm, move] = await letters();
    const doors = [confirm?.path ?? '', move?.path ?? ''];
    for (const door of doors) expect((await browser.get(door)).status).toBe(200);
    const before = await count('notices');

    await browser.ask(path, CLICK);
    for (const door of doors) {
      expect((await browser.get(door)).status).toBe(404);
      expect((await browser.submit(door)).status).toBe(404);
    }
    expect((await getSubscriber(t.app.db, ADA)).state).toBe('active');
    wait(2);
    const answers: Answer[] = [];
    for (const email of [EVE, 'fay@example.org'])
      answers.push(await browser.submit('/subscribe', { email }));
    expect(answers[0]?.text).toBe(answers[1]?.text);
    await browser.submit(`${preferences}/address`, { newAddress: EVE });
    expect(await count('notices')).toBe(before + 1); // Fay's
  });

  test('a change of address that was cancelled counts for how many somebody may ask for', async () => {
    await t.subscribe(ADA);
    const preferences = `/preferences/${signToken(t.app.keys, 'k1', 'preferences', 1)}`;
    for (const name of ['a', 'b', 'c', 'd']) {
      await browser.submit(`${preferences}/address`, { newAddress: `${name}@example.net` });
      if (name !== 'd') await browser.ask(pathOf(await count('notices')), CLICK);
    }
    expect([await count('notices'), (await suppressions()).length]).toEqual([3, 3]);
  });

  test('a subscription of the address has ended, and its own link does not bring it back', async () => {
    const path = await typedIn();
    const [confirm] = await letters();
    await browser.submit(confirm?.path ?? '');
    expect((await getSubscriber(t.app.db, EVE)).state).toBe('active');
    await browser.submit(path, { page: '1' });
    expect((await getSubscriber(t.app.db, EVE)).state).toBe('unsubscribed');
    const consents = await t.app.db.selectFrom('consents').select(['what', 'page']).execute();
    expect(consents.at(-1)).toEqual({ what: 'left', page: 'opt-out' });
    const own = `/unsubscribe/${signToken(t.app.keys, 'k1', 'unsubscribe', 1)}`;
    expect(formsIn((await browser.get(own)).text)).toEqual([`${own}/reason`]);
    await browser.submit(`${own}/undo`);
    expect((await getSubscriber(t.app.db, EVE)).state).toBe('unsubscribed');
  });

  test('a subscription that moved away from the address goes on', async () => {
    await t.subscribe('new@example.org');
    const moved = { kind: 'moved', email: EVE, aboutId: 1, language: 'en' } as const;
    await browser.ask(pathOf(await addNotice(t.app.db, moved, t.app.now())), CLICK);
    expect((await getSubscriber(t.app.db, 'new@example.org')).state).toBe('active');
    expect(await suppressions()).toMatchObject([{ email_key: EVE }]);
  });

  test('an operator lifts it, and the owner may sign up again', async () => {
    await browser.ask(await typedIn(), CLICK);
    expect(await liftSuppression(t.app.db, 'EVE@example.org')).toMatchObject({
      reason: 'unsubscribed',
    });
    expect(await liftSuppression(t.app.db, EVE)).toBeUndefined();
    wait(2);
    await typedIn();
    expect((await letters(2)).map(({ to }) => to)).toEqual([EVE]);
  });

  test('an alert to the address is left out, and the log says so', async () => {
    const alert = (cause: string) => ({ email: EVE, cause, told: { heading: 'Look', lines: [] } });
    const first = (await addAlert(t.app.db, alert('one'), t.app.now())) ?? 0;
    expect((await browser.get(pathOf(first))).text).toContain('the address for alerts');
    await browser.ask(pathOf(first), CLICK);
    await sendNotice(t.app, (await addAlert(t.app.db, alert('two'), t.app.now())) ?? 0);
    expect(t.told.join()).toContain('PAPERBOY_ALERT_TO is suppressed');
  });
});
