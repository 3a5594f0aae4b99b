import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Email } from '../../src/domain/email.ts';
import { outbox } from '../../src/providers/outbox.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { emailOf, emailsOf, textOnlyOf } from '../support/emails.ts';

const EDITION = 'daily/2025-03-14';

let dir: string;
let provider: Provider;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'paperboy-outbox-'));
  provider = outbox({ dir });
});
afterEach(async () => {
  await provider.close();
  await rm(dir, { recursive: true, force: true });
});

const filesIn = async (folder: string, end = '') =>
  (await readdir(folder)).filter((name) => name.endsWith(end)).sort();
const page = (path: string) => readFile(join(dir, path), 'utf8');

/** Every file with its content, hidden ones included, but not the pages. */
async function contents(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(folder, { recursive: true })).sort())
    if (!/index[^/]*\.html$|summary\.json$/.test(name) && (await stat(join(folder, name))).isFile())
      found[name] = await readFile(join(folder, name), 'latin1');
  return found;
}

describe('files', () => {
  test('are one .eml for each delivery, named by its number', async () => {
    await provider.submit([emailOf(17), textOnlyOf(1_234_567)], 'k');
    expect(await filesIn(join(dir, EDITION), '.eml')).toEqual(['000017.eml', '1234567.eml']);
    expect(await filesIn(join(dir, EDITION, 'view'))).toEqual([
      '000017.html',
      '000017.txt',
      '1234567.txt',
    ]);
  });

  test('are the same whichever process writes them', async () => {
    const other = await mkdtemp(join(tmpdir(), 'paperboy-outbox-'));
    await provider.submit(emailsOf(5), 'k');
    await outbox({ dir: other }).submit(emailsOf(5), 'k');
    expect(await contents(other)).toEqual(await contents(dir));
    await rm(other, { recursive: true });
  });

  test('a killed slice is completed by the next attempt', async () => {
    const whole = await mkdtemp(join(tmpdir(), 'paperboy-outbox-'));
    await outbox({ dir: whole }).submit(emailsOf(10), 'k');
    for (const number of [1, 2, 3]) {
      const file = join(EDITION, `00000${number}.eml`);
      await cp(join(whole, file), join(dir, file));
    }
    const leftover = join(dir, EDITION, '.000004.eml.99-abc.tmp');
    await writeFile(leftover, 'half');
    await utimes(leftover, 0, 0);
    expect(await provider.submit(emailsOf(10), 'k')).toHaveProperty('kind', 'submitted');
    expect(await contents(dir)).toEqual(await contents(whole));
    await rm(whole, { recursive: true });
  });

  test('a file with other bytes stops the whole slice and stays as it is', async () => {
    await mkdir(join(dir, EDITION), { recursive: true });
    await writeFile(join(dir, EDITION, '000002.eml'), 'mine');
    const outcome = await provider.submit(emailsOf(3), 'k');
    expect(outcome).toMatchObject({ kind: 'conflict', why: 'same key, other bytes' });
    expect(await filesIn(join(dir, EDITION), '.eml')).toEqual(['000002.eml']);
    expect(await page(`${EDITION}/000002.eml`)).toBe('mine');
    await rm(join(dir, EDITION, '000002.eml'));
    expect(await provider.submit(emailsOf(3), 'k')).toHaveProperty('kind', 'submitted');
  });

  test.each([
    '../2025-03-14/1',
    'daily/../1',
    'daily/2025-03-14/../1',
    '/etc/passwd/1',
    'daily/2025-03-14/1.eml',
    'daily/2025-03-14/01',
    'daily/2025-03-14/-1',
    'daily/.hidden/1',
    'daily\\2025-03-14\\1',
    'daily/2025-03-14/1\0',
    'daily/1',
    '',
  ])('never go where the delivery id %j points', async (deliveryId) => {
    const outcome = await provider.submit([emailOf(1), emailOf(2, { deliveryId })], 'k');
    expect(outcome).toMatchObject({ kind: 'refused', culprits: [1] });
    expect(await readdir(dir)).toEqual([]);
  });

  test('a delivery cannot be in a slice twice', async () => {
    const outcome = await provider.submit([emailOf(1), emailOf(2), emailOf(1)], 'k');
    expect(outcome).toMatchObject({ kind: 'refused', culprits: [2] });
  });

  test('a folder that cannot be written to halts with the remedy, until it can', async () => {
    const blocked = join(dir, 'file');
    await writeFile(blocked, '');
    const inFile = outbox({ dir: blocked });
    const outcome = await inFile.submit([emailOf(1)], 'k');
    expect(outcome).toMatchObject({ kind: 'halted', retryAfterMs: 60_000 });
    expect(outcome).toHaveProperty('why', expect.stringContaining('choose another folder'));
    await rm(blocked);
    expect(await inFile.submit([emailOf(1)], 'k')).toHaveProperty('kind', 'submitted');
    await inFile.close();
  });

  test('two writers at once end with every email and every row', async () => {
    const second = outbox({ dir });
    const slices = Array.from({ length: 20 }, (_, at) => [emailOf(2 * at), emailOf(2 * at + 1)]);
    await Promise.all(
      slices.map((slice, at) => (at % 2 === 0 ? provider : second).submit(slice, `slice ${at}`)),
    );
    await Promise.all([provider.close(), second.close()]);
    expect(await filesIn(join(dir, EDITION), '.eml')).toHaveLength(40);
    expect((await page(`${EDITION}/index.html`)).match(/<li>/g)).toHaveLength(40);
    expect(await page('index.html')).toContain('40 emails');
  });
});

describe('pages', () => {
  const hostile: Partial<Email> = {
    subject: '"><script>alert(1)</script>&amp;\'',
    to: '"<img src=x>" <reader1@example.org>',
  };

  test('escape what comes from strangers', async () => {
    await provider.submit([emailOf(1, hostile)], 'k');
    await provider.close();
    const edition = await page(`${EDITION}/index.html`);
    expect(edition).not.toMatch(/<script|<img/);
    expect(edition).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;');
  });

  test('link to what is there', async () => {
    await provider.submit([...emailsOf(3), textOnlyOf(4)], 'k');
    await provider.close();
    for (const path of ['index.html', `${EDITION}/index.html`]) {
      const links = [...(await page(path)).matchAll(/(?:href|src)="([^"]+)"/g)];
      expect(links.length).toBeGreaterThan(0);
      for (const [, link = ''] of links)
        expect((await stat(join(dir, dirname(path), link))).isFile()).toBe(true);
    }
  });

  test('show a copy that runs nothing and opens links outside of the frame', async () => {
    await provider.submit([emailOf(1), emailOf(2, { html: '<p>bare</p>' })], 'k');
    for (const number of [1, 2]) {
      const copy = await page(`${EDITION}/view/00000${number}.html`);
      expect(copy).toMatch(/^\uFEFF<!doctype html>/);
      expect(copy).toContain("script-src 'none'");
      expect(copy).toContain('<base target="_blank">');
    }
    expect(await page(`${EDITION}/view/000001.txt`)).toBe('\uFEFFPapers for 1\n');
  });

  test('list a delivery once, whatever is repeated', async () => {
    await provider.submit(emailsOf(2), 'k');
    await provider.submit(emailsOf(2), 'k');
    await provider.close();
    await provider.submit(emailsOf(3), 'another key');
    await provider.close();
    expect((await page(`${EDITION}/index.html`)).match(/<li>/g)).toHaveLength(3);
    expect(await page('index.html')).toContain('3 emails');
  });

  test('come by themselves while the provider is open', async () => {
    await provider.submit(emailsOf(1), 'k');
    await expect
      .poll(() => page('index.html').catch(() => ''), { timeout: 5_000 })
      .toContain('1 email');
  });

  test('keep every edition, newest first, across processes', async () => {
    for (const date of ['2025-03-13', '2025-03-15', '2025-03-14']) {
      const process = outbox({ dir });
      await process.submit([emailOf(1, { deliveryId: `daily/${date}/1` })], date);
      await process.close();
    }
    const dates = [...(await page('index.html')).matchAll(/href="daily\/([\d-]+)\//g)];
    expect(dates.map(([, date]) => date)).toEqual(['2025-03-15', '2025-03-14', '2025-03-13']);
  });

  test('split a long edition', async () => {
    for (let at = 0; at < 6; at++) {
      const slice = emailsOf(600).slice(at * 100, at * 100 + 100);
      await provider.submit(slice, `slice ${at}`);
    }
    await provider.close();
    const [first, second] = [
      await page(`${EDITION}/index.html`),
      await page(`${EDITION}/index-2.html`),
    ];
    expect([first.match(/<li>/g)?.length, second.match(/<li>/g)?.length]).toEqual([500, 100]);
    expect(first).toContain('href="index-2.html"');
    expect(second).toContain('href="index.html"');
  });
});
