import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultDigest } from '../../src/domain/digest.ts';
import { replay } from '../../src/replay.ts';
import { openTestApp, type TestApp } from '../support/app.ts';

const dir = mkdtempSync(join(tmpdir(), 'paperboy-replay-'));
let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(async () => {
  await t.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Four papers a weekday; one of each day is listed on the next one again. */
function month(name: string, days: readonly string[]) {
  const lines = days.flatMap((listedOn, day) =>
    [0, 1, 2, 3, 4].map((n) => {
      const number = n === 4 ? day * 10 - 10 : day * 10 + n;
      return JSON.stringify({
        id: `2503.0${1_000 + Math.max(0, number)}`,
        title: `Paper ${number} of ${name}`,
        abstract: 'We look into language models and robotics.',
        listedOn,
        upvotes: n * 3,
      });
    }),
  );
  writeFileSync(join(dir, `${name}.jsonl.gz`), gzipSync(lines.join('\n')));
}

test('recorded days go through the whole pipeline: nobody gets a paper twice, and all adds up', async () => {
  month('2025-03', ['2025-03-27', '2025-03-28', '2025-03-31']);
  const counts = await replay(t.app, defaultDigest, {
    dir,
    subscribers: 12,
    seed: 7,
    setClock: (at) => t.setClock(at),
  });
  expect(counts).toMatchObject({
    days: 5,
    papers: 12,
    editions: 5,
    emptyRuns: 2,
    repeats: 0,
    unbalanced: 0,
  });
  expect(counts.deliveries).toBeGreaterThan(20);
  const found = await readdir(t.app.outboxDir ?? '', { recursive: true });
  expect(found.filter((name) => name.endsWith('.eml'))).toHaveLength(counts.deliveries);
  const notes = await t.app.db
    .selectFrom('ingest_runs')
    .select('note')
    .where('seen', '=', 0)
    .execute();
  expect(notes.map(({ note }) => note)).toEqual([
    'Saturday: Hugging Face lists nothing',
    'Sunday: Hugging Face lists nothing',
  ]);
});
