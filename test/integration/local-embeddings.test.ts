import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { embedPapers } from '../../src/embed.ts';
import { openLocalModel } from '../../src/sources/local-embeddings.ts';
import { EmbeddingError } from '../../src/sources/vectors.ts';
import { embeddingModel } from '../../src/store/embeddings.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { GOOD, installFakeTransformers } from '../support/fake-transformers.ts';
import { listPapers } from '../support/morning.ts';

const DAY = '2025-03-14';
const MODEL = 'Xenova/all-MiniLM-L6-v2';
let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.empty();
  t.setClock(`${DAY}T05:00:00Z`);
});

/** A home of its own, with the package in it or without. */
function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'paperboy local-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}
const appIn = (home: string, local = MODEL, perDay = '2000') => ({
  ...t.app,
  config: readConfig({
    PAPERBOY_HOME: home,
    PAPERBOY_EMBEDDINGS_LOCAL: local,
    PAPERBOY_EMBEDDINGS_PER_DAY: perDay,
  }),
});
const list = (count: number) =>
  listPapers(
    t,
    Array.from({ length: count }, (_, n) => ({
      title: `Paper ${n}`,
      arxivId: `2503.14${String(n).padStart(3, '0')}`,
    })),
    { date: DAY },
  );
const state = (model = `local:${MODEL}`) => embeddingModel(t.app.db, model, t.app.now());
const linesOf = (home: string, name: string): unknown[] =>
  readFileSync(join(home, 'node_modules/@huggingface/transformers', name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('papers get vectors from a package in the home, eight texts at a time, under a name of its own', async () => {
  const home = newHome();
  installFakeTransformers(home);
  await list(35);
  expect(await embedPapers(appIn(home))).toEqual({ papers: 35 });
  expect(await embedPapers(appIn(home))).toEqual({ papers: 0 });
  const asked = linesOf(home, 'asked') as { texts: number; asked: unknown }[];
  expect(asked.map(({ texts }) => texts)).toEqual([8, 8, 8, 8, 3]);
  expect(asked[0]?.asked).toEqual({ pooling: 'mean', normalize: true });
  expect(linesOf(home, 'loaded')).toEqual([
    {
      task: 'feature-extraction',
      model: MODEL,
      options: { device: 'cpu', dtype: 'fp32' },
      env: {
        allowLocalModels: false,
        allowRemoteModels: true,
        cacheDir: join(home, 'models'),
        remoteHost: 'https://huggingface.co',
      },
    },
  ]);
  expect(await state()).toMatchObject({ papers: 35, dimensions: 4, sentToday: 35, weight: 0 });
});

test('the budget of a day holds for it', async () => {
  const home = newHome();
  installFakeTransformers(home);
  await list(5);
  const app = appIn(home, MODEL, '3');
  expect(await embedPapers(app)).toMatchObject({
    papers: 3,
    why: expect.stringContaining('PER_DAY'),
  });
});

test('a process that is about to end begins nothing more', async () => {
  const home = newHome();
  installFakeTransformers(home);
  await list(1);
  const queue = { ...t.app.queue, draining: () => true };
  expect(await embedPapers({ ...appIn(home), queue })).toEqual({
    papers: 0,
    why: 'this process is about to end',
  });
});

test('a folder is all there is: the hub is not asked', async () => {
  const home = newHome();
  installFakeTransformers(home);
  await list(1);
  expect(await embedPapers(appIn(home, '/srv/models/mine'))).toEqual({ papers: 1 });
  expect(linesOf(home, 'loaded')).toMatchObject([
    { model: '/srv/models/mine', env: { allowLocalModels: true, allowRemoteModels: false } },
  ]);
  expect((await state('local:/srv/models/mine')).papers).toBe(1);
});

test('without the package nothing is thrown, it is said what to run, and it is left alone for a while', async () => {
  const home = newHome();
  await list(1);
  const told = await embedPapers(appIn(home));
  expect(told).toEqual({
    papers: 0,
    why: `@huggingface/transformers is not installed: run npm install --ignore-scripts --prefix "${home}" @huggingface/transformers@4`,
  });
  expect(await embedPapers(appIn(home))).toMatchObject({
    why: expect.stringContaining('left alone until'),
  });
  installFakeTransformers(home);
  t.setClock(`${DAY}T05:02:00Z`);
  expect(await embedPapers(appIn(home))).toEqual({ papers: 1 });
});

const OPTIONS = { source: MODEL, isFolder: false, hubUrl: 'http://127.0.0.1:9' };

describe('a model that goes wrong', () => {
  const bad: readonly (readonly [string, string, RegExp])[] = [
    ['too few vectors', '(texts) => texts.slice(1).map(() => [1, 2])', /2 vectors for 3 texts/],
    ['NaN', '(texts) => texts.map(() => [1, NaN])', /without a direction/],
    ['infinity', '(texts) => texts.map(() => [1, Infinity])', /without a direction/],
    ['zeros', '(texts) => texts.map(() => [0, 0])', /without a direction/],
    ['no numbers', "(texts) => texts.map(() => ['1', '2'])", /no list of vectors/],
    ['no list', '() => 17', /no list of vectors/],
    [
      'several lengths',
      '(texts) => texts.map((_, n) => Array(n + 1).fill(1))',
      /2 numbers where 1/,
    ],
    ['an error', "() => { throw new Error('bad token'); }", /failed: bad token/],
    ['nothing thrown well', '() => { throw null; }', /failed: null/],
    [
      'its end',
      "() => { console.error('out of arena'); process.exit(7); }",
      /code 7: out of arena/,
    ],
  ];
  const hanging: typeof bad = [
    ['a hang that awaits', '() => new Promise(() => {})', /no answer within 300 ms/],
    ['a hang that computes', '() => { for (;;); }', /no answer within 300 ms/],
  ];
  const failing = async (code: string, timeoutMs?: number) => {
    const home = newHome();
    const fake = installFakeTransformers(home);
    fake.trick(`module.exports = ${code};`);
    const slow = timeoutMs === undefined ? {} : { timeoutMs };
    const model = openLocalModel({ ...OPTIONS, modelsDir: home, packageFolders: [home], ...slow });
    onTestFinished(() => model.close());
    return { fake, model, error: await model.embed(['a', 'b', 'c']).catch((error) => error) };
  };

  test.each(bad)('%s: nothing of it counts', async (_, code, why) => {
    const { error } = await failing(code);
    expect(error).toBeInstanceOf(EmbeddingError);
    expect(error.message).toMatch(why);
  });

  test.each(hanging)('%s is given up', async (_, code, why) => {
    const { error } = await failing(code, 300);
    expect(error).toBeInstanceOf(EmbeddingError);
    expect(error.message).toMatch(why);
  });

  test('after a crash the next question starts another process', async () => {
    const { error, fake, model } = await failing('() => process.abort()');
    expect(error.message).toMatch(/ended with SIGABRT/);
    fake.trick(GOOD);
    const lengths = (await model.embed(['a', 'bb', 'ccc'])).map((vector) => Math.hypot(...vector));
    expect(lengths.map((length) => length.toFixed(6))).toEqual(Array(3).fill('1.000000'));
  });

  test('of another dimension than before, nothing of it counts', async () => {
    const home = newHome();
    installFakeTransformers(home);
    const model = openLocalModel({ ...OPTIONS, modelsDir: home, packageFolders: [home] });
    onTestFinished(() => model.close());
    await expect(model.embed(['a'], 8)).rejects.toThrow(/4 numbers where 8/);
  });

  test('not to be found, it is told in one line, and no digest or job hears of it', async () => {
    const home = newHome();
    installFakeTransformers(home);
    await list(1);
    expect(await embedPapers(appIn(home, 'nobody/nothing'))).toEqual({
      papers: 0,
      why: 'nobody/nothing: Could not locate file: "https://hub/nobody/nothing"',
    });
    expect(await state('local:nobody/nothing')).toMatchObject({ failures: 1, papers: 0 });
  });

  test('a package that breaks while it is read is an error of the model', async () => {
    const home = newHome();
    const fake = installFakeTransformers(home);
    rmSync(join(home, 'node_modules/@huggingface/transformers/index.cjs'));
    fake.trick('');
    const model = openLocalModel({ ...OPTIONS, modelsDir: home, packageFolders: [home] });
    onTestFinished(() => model.close());
    await expect(model.embed(['a'])).rejects.toThrow(EmbeddingError);
  });
});
