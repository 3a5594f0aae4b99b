import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getSubscriber } from '../../src/store/subscribers.ts';
import { listen, type WebServer } from '../../src/web/server.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { everyRow } from '../support/browser.ts';
import {
  type Browser,
  overflows,
  type Page,
  picture,
  startChromium,
  violationsOf,
} from '../support/chromium.ts';
import { lettersOf } from '../support/letters.ts';
import { freezeMorning, listPapers, tick } from '../support/morning.ts';
import { freePort } from '../support/services.ts';

const SHOTS = process.env.SHOTS ?? 'test-results/pages';
const KILOBYTES_MAX = 30;

let t: TestApp;
let server: WebServer;
let chromium: Browser;
beforeAll(async () => {
  const port = await freePort();
  t = await openTestApp({
    PAPERBOY_PORT: String(port),
    PAPERBOY_BASE_URL: `http://127.0.0.1:${port}`,
  });
  server = await listen(t.app);
  chromium = await startChromium();
});
afterAll(async () => {
  await chromium?.close();
  await server?.close();
  await t?.close();
});

const ABSTRACT =
  'Agents that use tools forget what they did an hour ago. We keep a small diary beside the model, written by the model itself and read before every step. On four benchmarks the diary closes half of the gap to a model ten times as large, at a twentieth of its price. ';
/** Twelve papers that look like real ones, each with what pages show. */
function papersOf(day: string) {
  return Array.from({ length: 12 }, (_, n) => ({
    title: `${['A Diary for Agents', 'Kettles That Learn', 'Small Models, Long Memories', 'Reading Charts without Eyes'][n % 4]}: Part ${n + 1} of ${day}`,
    abstract: ABSTRACT.repeat(3),
    authors: ['Ada Okafor', 'Bruno Silva', 'Chiara Conti'],
    topics: ['agents', 'memory', 'efficient inference', 'charts'].slice(0, 2 + (n % 3)),
    categories: ['cs.CL', 'cs.AI'],
    arxivId: `25${day.slice(5, 7)}.${day.slice(8)}${String(n).padStart(3, '0')}`,
    submittedBy: 'AK',
  }));
}

/** The newest digest of an address: its HTML, and every link of it. */
async function digestOf(edition: string, address: string) {
  const dir = join(t.app.outboxDir ?? '', edition);
  for (const name of (await readdir(dir)).filter((one) => one.endsWith('.eml'))) {
    const mail = await simpleParser(await readFile(join(dir, name)));
    if ([mail.to ?? []].flat()[0]?.text !== address) continue;
    const html = String(mail.html);
    const links = [...html.matchAll(/href="(http:\/\/127[^"]*)"/g)].map(([, href = '']) => href);
    return { html, links: [...new Set(links)] };
  }
  throw new Error(`${edition} has nothing for ${address}`);
}

/** What every page has to be: without a fault that axe knows, no wider than a phone, and small. */
async function look(page: Page, name: string): Promise<void> {
  const body = await (await fetch(page.url())).arrayBuffer();
  expect([name, body.byteLength < KILOBYTES_MAX * 1_000]).toEqual([name, true]);
  await picture(page, SHOTS, name);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 375, height: 900 });
    expect([name, colorScheme, await violationsOf(page)]).toEqual([name, colorScheme, []]);
    expect([name, await overflows(page)]).toEqual([name, false]);
  }
}

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('a reader %s', (_, javaScriptEnabled) => {
  test('subscribes, chooses, reads, saves, pauses, leaves, comes back and is forgotten', async () => {
    await t.empty();
    const email = javaScriptEnabled ? 'ada@example.org' : 'ben@example.org';
    const months = javaScriptEnabled ? '03' : '05';
    const day = `2025-${months}-13`;
    const seen = async (page: Page, name: string) => {
      if (javaScriptEnabled) await look(page, name);
    };
    t.setClock(`${day}T05:00:00Z`);
    await listPapers(t, papersOf(day), { date: day });
    await freezeMorning(t, 'daily', day);
    const context = await chromium.newContext({
      javaScriptEnabled,
      locale: 'en-GB',
      timezoneId: 'Asia/Tokyo',
      baseURL: server.url,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) complaints.push(request.url());
    });

    // Subscribe: the time zone is the browser's where it can say so, else a guess.
    await page.goto('/');
    await expect(page.title()).resolves.toContain('trending papers');
    const zone = javaScriptEnabled ? 'Asia/Tokyo' : 'Europe/London';
    await expect.poll(() => page.locator('#timeZone').inputValue()).toBe(zone);
    await seen(page, 'home');
    await page.fill('#email', email);
    await page.fill('#topics', 'diary');
    await page.getByLabel('memory', { exact: true }).check();
    await page.getByRole('button', { name: 'Subscribe' }).click();
    await expect.poll(() => page.locator('h1').textContent()).toBe('Look into your inbox');
    await seen(page, 'asked');

    // Confirm.
    await t.drain();
    const letter = (await lettersOf(t, day)).find(({ to }) => to === email);
    await page.goto(letter?.path ?? '');
    await seen(page, 'confirm');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await expect.poll(() => page.locator('h1').textContent()).toBe('You are subscribed');
    await seen(page, 'confirmed');
    const { id, preferences: begun } = await getSubscriber(t.app.db, email);
    expect([begun.topics, begun.timeZone]).toEqual([['diary', 'memory'], zone]);

    // Change every preference, and see what it does.
    await page.getByRole('link', { name: 'Choose' }).click();
    await seen(page, 'preferences');
    const preferencesUrl = page.url();
    await page.fill('#topics', 'kettles');
    await page.fill('#exclude', 'charts');
    await page.fill('#categories', 'cs.CL, no category');
    await page.fill('#authors', 'Ada Okafor');
    await page.fill('#organisations', 'Example Lab');
    await page.locator('#dial').focus();
    await page.keyboard.press('End');
    await page.getByLabel('Once a week').check();
    await page.selectOption('#weekday', '5');
    await page.selectOption('#hour', '8');
    await page.selectOption('#timeZone', 'Europe/Berlin');
    await page.fill('#pausedUntil', day);
    await page.getByLabel('Write to me even when').check();
    await page.getByLabel('Text only').check();
    await page.fill('#papersMax', '3');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => page.locator('#categories-fault').textContent()).toContain('cs.CL');
    await expect(page.locator('#topics').inputValue()).resolves.toBe('kettles');
    await seen(page, 'preferences-faulty');
    await page.fill('#categories', 'cs.CL');
    await page.getByLabel('Full').check();
    await page.getByLabel('Every day').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => page.locator('.said').textContent()).toBe('Saved.');
    await seen(page, 'preferences-saved');
    const preview = page.locator('section[aria-labelledby="preview"]');
    await expect(preview.locator('h2').nth(1).textContent()).resolves.toContain('Kettles');
    expect((await getSubscriber(t.app.db, email)).preferences).toEqual({
      ...begun,
      topics: ['kettles'],
      exclude: ['charts'],
      categories: ['cs.CL'],
      authors: ['Ada Okafor'],
      organisations: ['Example Lab'],
      dial: 100,
      cadence: 'daily',
      weekday: 5,
      hour: 8,
      timeZone: 'Europe/Berlin',
      pausedUntil: day,
      sendEmpty: true,
      layout: 'full',
      papersMax: 3,
      language: 'en',
    });

    // Bring a library along.
    const library = '@misc{a, title={Cups}}\n@misc{b, title={Open\n@misc{c, year=2020}';
    await page.setInputFiles('#file', {
      name: 'library.bib',
      mimeType: 'text/plain',
      buffer: Buffer.from(library),
    });
    await page.getByRole('button', { name: 'Bring it along' }).click();
    await expect.poll(() => page.locator('h1').textContent()).toBe('What became of your file');
    await seen(page, 'library');

    // Receive.
    const next = `2025-${months}-14`;
    t.setClock(`${next}T05:00:00Z`);
    await listPapers(t, papersOf(next), { date: next });
    const edition = await freezeMorning(t, 'daily', next);
    t.setClock(`${next}T07:00:00Z`);
    await tick(t, 'daily');
    const digest = await digestOf(edition, email);
    const link = (kind: string) => digest.links.find((one) => one.includes(`/${kind}/`)) ?? '';

    // A scanner opens every link ten times: nothing changes.
    const before = await everyRow(t.app);
    for (const url of digest.links) {
      for (let n = 0; n < 10; n += 1) {
        expect([url, (await fetch(url)).status]).toEqual([url, 200]);
        await fetch(url, { method: 'HEAD' });
      }
    }
    expect(await everyRow(t.app)).toBe(before);

    // View in browser, save a paper, look at the saved ones.
    await page.goto(link('view'));
    await expect(page.locator('h1').textContent()).resolves.toContain('3 papers for you');
    await seen(page, 'view');
    await page.goto(link('save'));
    await seen(page, 'save');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(() => page.locator('.said').textContent()).toBe('Saved.');
    await page.getByRole('button', { name: 'More like this' }).click();
    await expect.poll(() => page.locator('.said').textContent()).toContain('more like this');
    await page.getByRole('link', { name: 'Your saved papers' }).click();
    await expect(page.locator('.papers li').count()).resolves.toBe(1);
    await seen(page, 'saved');
    const bib = await (await fetch(`${page.url()}/papers.bib`)).text();
    expect(bib).toMatch(/^@misc\{okafor2025\w+,\n {2}title = \{\{Kettles That Learn/);

    // The public archive.
    if (javaScriptEnabled) {
      await page.goto('/archive');
      await seen(page, 'archive');
      await page.getByRole('link', { name: '14 March' }).click();
      await seen(page, 'edition');
      await page.locator('.papers h2 a').first().click();
      await seen(page, 'paper');
      await page.goto('/search?q=kettles');
      await seen(page, 'search');
      await page.goto('/topics/agents');
      await seen(page, 'topic');
      await page.goto('/link');
      await seen(page, 'link');
      await page.goto('/nothing');
      await seen(page, 'not-found');
      await page.goto('/preferences/k1.1.xxxxxxxxxxxxxxxxxxxxxx');
      await seen(page, 'bad-link');
      await page.goto('/?lang=de');
      await seen(page, 'home-de');
    }

    // Somebody whose address was typed in by somebody else stops all mail to it.
    if (javaScriptEnabled) {
      const headers = { origin: server.url };
      const body = new URLSearchParams({ email: 'eve@example.org' });
      await fetch(`${server.url}/subscribe`, { method: 'POST', headers, body });
      await t.drain();
      const typed = (await lettersOf(t, next)).find(({ to }) => to === 'eve@example.org');
      const [stop = ''] = typed?.text.match(/http:\S+\/opt-out\/\S+/) ?? [];
      await page.goto(stop);
      await seen(page, 'opt-out');
      await page.getByRole('button', { name: 'Never write to this address again' }).click();
      await expect.poll(() => page.locator('h1').textContent()).toBe('No more mail from us');
      await seen(page, 'opted-out');
    }

    // Pause, leave by one click, come back.
    await page.goto(link('unsubscribe'));
    await seen(page, 'unsubscribe');
    await page.getByRole('button', { name: 'Pause for 2 weeks' }).click();
    await expect.poll(() => page.locator('.said').textContent()).toContain(`2025-${months}-28`);
    const oneClick = { method: 'POST', body: new URLSearchParams('List-Unsubscribe=One-Click') };
    expect((await fetch(link('unsubscribe'), oneClick)).status).toBe(200);
    expect((await getSubscriber(t.app.db, email)).state).toBe('unsubscribed');
    await page.goto(link('unsubscribe'));
    await seen(page, 'left');
    await page.getByRole('button', { name: 'subscribe again' }).click();
    await expect.poll(() => page.locator('.said').textContent()).toContain('Welcome back');
    expect((await getSubscriber(t.app.db, email)).state).toBe('active');

    // Export, and erase.
    await page.goto(preferencesUrl);
    await page.getByRole('link', { name: 'See or erase' }).click();
    await seen(page, 'data');
    const exported = await (await fetch(page.url().replace(/data$/, 'data.json'))).json();
    expect(exported).toMatchObject({
      subscriber: { email, preferences: { topics: ['kettles'] } },
      feedback: [{ kind: 'save' }, { kind: 'like' }],
      consents: [{ what: 'asked' }, { what: 'confirmed' }, { what: 'left' }, { what: 'came back' }],
    });
    await page.getByRole('button', { name: 'Erase' }).click();
    await expect.poll(() => page.locator('h1').textContent()).toBe('Your data is erased');
    await page.goto(preferencesUrl);
    await expect(page.locator('h1').textContent()).resolves.toBe('This link does not work');
    expect(await everyRow(t.app)).not.toContain(email);
    expect(id).toBeGreaterThan(0);
    // A page that is not there is told to the console; nothing else is.
    expect(complaints.filter((one) => !one.includes('404') && !one.includes('422'))).toEqual([]);
    await context.close();
  });
});
