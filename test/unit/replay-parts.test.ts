import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import type { Email } from '../../src/domain/email.ts';
import { inventSubscribers } from '../../src/domain/invented.ts';
import { lackingSources } from '../../src/domain/lacking.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { papersIn, watchRepeats } from '../../src/repeats.ts';
import { recordedDays } from '../../src/sources/recorded.ts';

const dir = mkdtempSync(join(tmpdir(), 'paperboy-recorded-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function daysOf(path: string) {
  const days: string[] = [];
  for await (const { day, pulled } of recordedDays(path)) {
    days.push(`${day} ${pulled.listings.length}/${pulled.rejections.length}`);
  }
  return days;
}

test('every calendar day from the first paper to the last, over the ends of months', async () => {
  const line = (listedOn: string, title: string) =>
    JSON.stringify({ title, abstract: 'Words.', listedOn });
  const file = (name: string, ...lines: string[]) =>
    writeFileSync(join(dir, name), gzipSync(lines.join('\n')));
  file('2025-01.jsonl.gz', line('2025-01-30', 'a'), line('2025-01-30', 'b'), '{');
  file('2025-02.jsonl.gz', line('2025-02-02', 'c'));
  writeFileSync(join(dir, 'README.md'), 'not a month');
  expect(await daysOf(dir)).toEqual([
    '2025-01-30 2/1',
    '2025-01-31 0/0',
    '2025-02-01 0/0',
    '2025-02-02 1/0',
  ]);
});

test('a folder without months is refused with what is expected', async () => {
  await expect(daysOf(tmpdir())).rejects.toThrow('expected files named like 2025-03.jsonl.gz');
  await expect(daysOf(join(dir, 'nowhere'))).rejects.toThrow('ENOENT');
});

const email = (to: string, text: string) => ({ to, text }) as Email;
const digest = (...links: string[]) =>
  `Paperboy\n\nIntro 1. of none\n\n${links.map((link, n) => `${n + 1}. Title ${n}\ngoes on\n${link}\nwhy\n\nIn 2. words.\n3. not a paper`).join('\n\n')}\n\n---\n\nhttps://x.org/unsubscribe`;

test('papers are read out of an email by number and link, else by title', () => {
  expect(papersIn({ text: digest('https://arxiv.org/abs/1', 'https://arxiv.org/abs/2') })).toEqual([
    'https://arxiv.org/abs/1',
    'https://arxiv.org/abs/2',
  ]);
  expect(papersIn({ text: 'Hi\n\n1. Only a title\nwhy' })).toEqual(['Only a title']);
});

test('what an address got twice is counted, and only what the provider took', async () => {
  let kind: 'submitted' | 'busy' = 'submitted';
  const provider = {
    submit: async () =>
      kind === 'submitted'
        ? { kind, providerIds: [] }
        : { kind, retryAfterMs: 1, scope: 'provider', why: '' },
  } as unknown as Provider;
  const watched = watchRepeats(provider);
  await watched.submit(
    [email('a', digest('https://x.org/1')), email('b', digest('https://x.org/1'))],
    'k1',
  );
  expect(watched.repeats()).toBe(0);
  kind = 'busy';
  await watched.submit([email('a', digest('https://x.org/1'))], 'k2');
  expect([watched.taken(), watched.repeats()]).toEqual([2, 0]);
  kind = 'submitted';
  await watched.submit([email('a', digest('https://x.org/2', 'https://x.org/1'))], 'k2');
  expect([watched.taken(), watched.repeats()]).toEqual([3, 1]);
});

test('the same seed invents the same people, another one others, and they differ', () => {
  const people = inventSubscribers(200, 1);
  expect(inventSubscribers(200, 1)).toEqual(people);
  expect(inventSubscribers(200, 2)).not.toEqual(people);
  const kinds = (of: (one: (typeof people)[number]) => unknown) => new Set(people.map(of)).size;
  expect(kinds(({ email: address }) => address)).toBe(200);
  expect(kinds(({ preferences }) => preferences.cadence)).toBe(3);
  expect(kinds(({ preferences }) => preferences.layout)).toBe(3);
  expect(kinds(({ preferences }) => preferences.topics.join())).toBeGreaterThan(50);
});

test('an edition lacks the sources of its own whose newest look failed, but not for days long past', () => {
  const look = (source: string, input: string, failed: boolean) => ({
    source,
    input,
    failed,
    note: failed ? 'HTTP 503' : null,
  });
  const looks = [
    look('hf-daily', '2025-03-14', false),
    look('hf-daily', '2025-01-01', true),
    look('feed https://x.org/', '2025-03-14', true),
    look('other', '2025-03-14', true),
  ];
  expect(
    lackingSources(['hf-daily', 'feed https://x.org/', 'unused'], looks, '2025-03-07'),
  ).toEqual([{ source: 'feed https://x.org/', why: 'HTTP 503' }]);
});
