import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/root.ts';
import { openWorkbench } from '../../src/web/templates-dev.ts';

const bundled = join(packageRoot(), 'templates');
let root: string;
let own: string;
let bench: Awaited<ReturnType<typeof openWorkbench>>;

/** A checker that has an opinion at once: it writes the report that the real one writes. */
const CHECKER = `
import fs from 'node:fs'; import path from 'node:path';
const out = process.argv[process.argv.indexOf('--out') + 1]; fs.mkdirSync(out, { recursive: true });
for (const file of process.argv.slice(2).filter((word) => word.endsWith('.eml'))) {
  const eml = fs.readFileSync(file, 'latin1');
  const errors = /^Subject: .*script/m.test(eml) ? [{ id: 'no-html-in-text', detail: 'script' }] : [];
  fs.writeFileSync(path.join(out, path.basename(file, '.eml') + '.json'),
    JSON.stringify({ score: 99.7, verdict: 'PASS', errors, warnings: [{ id: 'tap-targets', detail: '<b>' }] }));
}
process.exit(1);`;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'paperboy-bench-'));
  own = join(root, 'own');
  await cp(join(bundled, 'notice'), join(own, 'notice'), { recursive: true });
  await mkdir(join(root, 'checker'));
  await writeFile(join(root, 'checker', 'check-email.mjs'), CHECKER);
  bench = await openWorkbench({
    folders: [own, bundled],
    themePath: join(bundled, 'theme.json'),
    checker: join(root, 'checker'),
    port: 0,
  });
});
afterAll(async () => {
  await bench.close();
  await rm(root, { recursive: true, force: true });
});

const get = (path: string) => fetch(`${bench.url}${path}`);
const text = async (path: string) => (await get(path)).text();

test('lists every template with every sample and what the checks say', async () => {
  const index = await text('/');
  for (const kind of ['full', 'compact', 'text', 'weekly'])
    for (const name of ['ten', 'one', 'none', 'thirty', 'hostile', 'many-authors', 'german'])
      expect(index).toContain(`/show/digest/${kind}/${name}"`);
  expect(index).toContain('/show/notice/confirm/de"');
  expect(index).toContain('&lt;script&gt;alert(1)');
  expect(index).not.toContain('<script>alert');
});

test('shows an email: HTML in a sandbox, text, headers, size, checks', async () => {
  const page = await text('/show/digest/full/hostile');
  expect(page.match(/<iframe sandbox /g)).toHaveLength(4);
  expect(page).toContain('?scheme=dark');
  expect(page).toContain('List-Unsubscribe');
  expect(page).toMatch(/HTML [\d.]+ kB of 90 kB/);
  expect(page).not.toContain('<script>alert');
  const answer = await get('/html/digest/full/hostile?scheme=dark');
  expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
  const html = await answer.text();
  expect(html).not.toContain('prefers-color-scheme');
  expect(html).toMatch(/@media\s*all/);
  expect(await text('/text/digest/text/ten')).toContain('Kettles That Listen');
  for (const path of ['/show/digest/full/nothing', '/html/digest/text/ten', '/text/none/full/ten'])
    expect((await get(path)).status).toBe(404);
});

test('asks the external checker for its verdict', async () => {
  const verdict = await text('/verdict/digest/full/ten');
  expect(verdict).toContain('0 errors, 99.7 points of 100');
  expect(verdict).toContain('tap-targets: &lt;b&gt;');
  expect(await text('/verdict/digest/full/hostile')).toContain('1 findings left out');
});

test('answers on this machine under its own name alone', async () => {
  const { hostname, port } = new URL(bench.url);
  expect(hostname).toBe('127.0.0.1');
  const status = await new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path: '/', headers: { host: 'evil.example' } });
    asked.on('response', (response) => resolve(response.statusCode));
    asked.on('error', reject);
    asked.end();
  });
  expect(status).toBe(403);
});

test('tells of a change, and shows what it broke and where', async () => {
  const aborting = new AbortController();
  const { body } = await fetch(`${bench.url}/events`, { signal: aborting.signal });
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const until = async (event: string) => {
    for (let told = ''; !told.includes(`event: ${event}`); ) {
      const { value, done } = await reader.read();
      if (done) throw new Error('the events ended');
      told += Buffer.from(value).toString();
    }
  };
  await until('hello');
  const file = join(own, 'notice', 'subject.txt');
  const sound = await readFile(file, 'utf8');
  await writeFile(file, '{{subjekt}}\n');
  await until('change');
  const index = await text('/');
  expect(index).toContain(`${file}:1: no field is named subjekt; here there are`);
  expect(index).toContain('/show/digest/full/ten"');
  await writeFile(file, `Tea: ${sound}`);
  await until('change');
  expect(await text('/show/notice/confirm/en')).toContain('Tea: ');
  aborting.abort();
});
