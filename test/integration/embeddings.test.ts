import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { embedPapers } from '../../src/embed.ts';
import { embed } from '../../src/sources/embeddings.ts';
import { EmbeddingError } from '../../src/sources/vectors.ts';
import { embeddingModel, embeddingsOf, weighEmbeddings } from '../../src/store/embeddings.ts';
import { giveFeedback } from '../../src/store/feedback.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { type EmbeddingTrick, fakeEmbeddings, vectorOf } from '../support/fake-embeddings.ts';
import { listPapers } from '../support/morning.ts';

const DAY = '2025-03-14';
let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.empty();
  t.setClock(`${DAY}T05:00:00Z`);
});

const list = (count: number, date = DAY) =>
  listPapers(
    t,
    Array.from({ length: count }, (_, n) => ({
      title: `Paper ${n} of ${date}`,
      arxivId: `25${date.slice(5, 7)}.${date.slice(8)}${String(n).padStart(3, '0')}`,
    })),
    { date },
  );
const appWith = (url: string, perDay = 2_000) => ({
  ...t.app,
  config: { ...t.config, embeddings: { url, model: 'small', apiKey: 'sk-test', perDay } },
});
const state = () => embeddingModel(t.app.db, 'small', t.app.now());
const unit = (vector: readonly number[]) => {
  const length = Math.hypot(...vector);
  return vector.map((x) => Math.fround(x / length));
};

test('papers of the last days get their vector once, in requests of 64, with the key', async () => {
  const fake = await fakeEmbeddings();
  await list(70);
  expect(await embedPapers(appWith(fake.url))).toEqual({ papers: 70 });
  expect(fake.asked.map(({ model, input, key }) => [model, input.length, key])).toEqual([
    ['small', 64, 'sk-test'],
    ['small', 6, 'sk-test'],
  ]);
  const vectors = await embeddingsOf(
    t.app.db,
    'small',
    ['2503.14000', '2503.14069', 'none'],
    t.app.now(),
  );
  expect([...vectors.keys()].sort()).toEqual(['2503.14000', '2503.14069']);
  const text =
    fake.asked.flatMap(({ input }) => input).find((one) => one.startsWith('Paper 0 of')) ?? '';
  expect([...(vectors.get('2503.14000') ?? [])]).toEqual(unit(vectorOf(text)));
  expect(await embedPapers(appWith(fake.url))).toEqual({ papers: 0 });
  expect(fake.asked).toHaveLength(2);
  expect(await state()).toMatchObject({
    papers: 70,
    dimensions: 8,
    sentToday: 70,
    weight: 0,
    failures: 0,
  });
});

test('an old paper gets one when somebody likes it', async () => {
  const fake = await fakeEmbeddings();
  await list(2, '2025-01-10');
  expect(await embedPapers(appWith(fake.url))).toEqual({ papers: 0 });
  await t.subscribe('ada@example.org');
  await giveFeedback(t.app.db, 1, '2501.10001', 'like', t.app.now());
  expect(await embedPapers(appWith(fake.url))).toEqual({ papers: 1 });
});

test('the budget of a day ends a round, and the next day goes on', async () => {
  const fake = await fakeEmbeddings();
  await list(9);
  expect(await embedPapers(appWith(fake.url, 5))).toMatchObject({
    papers: 5,
    why: expect.stringContaining('PER_DAY'),
  });
  expect(await embedPapers(appWith(fake.url, 5))).toMatchObject({ papers: 0 });
  t.setClock('2025-03-15T00:01:00Z');
  expect(await embedPapers(appWith(fake.url, 5))).toEqual({ papers: 4 });
});

describe('an endpoint that fails', () => {
  const tricks: readonly (readonly [EmbeddingTrick, RegExp])[] = [
    [{ status: 500 }, /answered 500/],
    [{ status: 401 }, /answered 401/],
    ['cut body', /could not be read/],
    ['no JSON', /no JSON/],
    ['NaN', /no JSON/],
    ['too few', /2 embeddings for 3 texts|named embedding/],
    ['an index twice', /named embedding 0/],
    ['zeros', /without a direction/],
    ['endless', /more than 20000000 bytes/],
    ['redirect', /answered 307/],
  ];
  test.each(tricks)('%j keeps nothing, throws nothing, and is left alone', async (trick, why) => {
    const fake = await fakeEmbeddings();
    await list(3);
    fake.trick = trick;
    const app = appWith(fake.url);
    const told = await embedPapers(app);
    expect(told).toMatchObject({ papers: 0, why: expect.stringMatching(why) });
    expect(told.why).not.toContain('sk-test'); // an error may quote the key
    expect(await state()).toMatchObject({ papers: 0, failures: 1, sentToday: 0 });
    expect(await embedPapers(app)).toMatchObject({
      why: expect.stringContaining('left alone until'),
    });
    expect(fake.asked).toHaveLength(1);
    fake.trick = undefined;
    t.setClock(`${DAY}T05:02:00Z`);
    expect(await embedPapers(app)).toMatchObject({ papers: 3 });
    expect(await state()).toMatchObject({ failures: 0, closedUntil: null, why: null });
  });

  test('hanging, it is given up', async () => {
    const fake = await fakeEmbeddings();
    fake.trick = 'hang';
    const endpoint = { url: fake.url, model: 'small', apiKey: undefined, timeoutMs: 100 };
    await expect(embed(endpoint, ['a'], t.app.now())).rejects.toThrow(
      /no complete answer within 100 ms/,
    );
    expect(fake.asked[0]?.key).toBeUndefined();
  });

  test('away, it is told', async () => {
    const endpoint = { url: 'http://127.0.0.1:9/v1', model: 'small', apiKey: undefined };
    await expect(embed(endpoint, ['a'], t.app.now())).rejects.toThrow(EmbeddingError);
  });

  test('with a delay of its own, it is left alone for as long; with every failure for longer', async () => {
    const fake = await fakeEmbeddings();
    await list(3);
    fake.trick = { status: 429, retryAfter: '3600' };
    await embedPapers(appWith(fake.url));
    const closedMs = async () =>
      ((await state()).closedUntil?.getTime() ?? 0) - t.app.now().getTime();
    expect(await closedMs()).toBeGreaterThan(3_500_000);
    fake.trick = { status: 503 };
    const waits = [];
    for (let hour = 7; hour < 10; hour++) {
      t.setClock(`${DAY}T${String(hour).padStart(2, '0')}:00:00Z`);
      await embedPapers(appWith(fake.url));
      waits.push(Math.round((await closedMs()) / 60_000));
    }
    expect(waits).toEqual([2, 4, 8]);
  });

  test('with another dimension than before, nothing of it is kept', async () => {
    const fake = await fakeEmbeddings();
    await list(1, '2025-03-13');
    await embedPapers(appWith(fake.url));
    await list(3);
    fake.trick = 'another dimension';
    expect(await embedPapers(appWith(fake.url))).toMatchObject({
      papers: 0,
      why: expect.stringContaining('2 numbers where 8'),
    });
    expect((await state()).papers).toBe(1);
  });

  test('one paper that it cannot take does not keep the others from it', async () => {
    const fake = await fakeEmbeddings();
    await list(5);
    await listPapers(t, [{ title: 'Kettles', arxivId: '2503.00001' }], { date: DAY });
    fake.trick = 'refuses kettles';
    for (let hour = 6; hour < 20; hour++) {
      t.setClock(`${DAY}T${String(hour).padStart(2, '0')}:00:00Z`);
      await embedPapers(appWith(fake.url));
    }
    expect((await state()).papers).toBe(5);
  });
});

test('a weight is kept only when a measurement says that it helps', async () => {
  await state();
  const told = { tasks: 40, without: 0.3, with: 0.34, gain: 0.04, error: 0.01, improves: true };
  expect(await weighEmbeddings(t.app.db, 'small', 0.3, told)).toBe(0.3);
  expect(await state()).toMatchObject({ weight: 0.3, measured: { gain: 0.04 } });
  expect(await weighEmbeddings(t.app.db, 'small', 0.3, { ...told, improves: false })).toBe(0);
  expect((await state()).weight).toBe(0);
});

test('a look at a source asks for vectors, and neither job dies of what the endpoint does', async () => {
  const fake = await fakeEmbeddings();
  fake.trick = { status: 500 };
  const settings = { PAPERBOY_EMBEDDINGS_URL: fake.url, PAPERBOY_EMBEDDINGS_MODEL: 'small' };
  const other = await t.second(settings, `${DAY}T05:00:00Z`);
  const sample = { source: 'jsonl', file: 'sample/papers.jsonl' } as const;
  await other.app.queue.enqueue('ingest', { source: sample });
  await other.drain();
  expect(fake.asked.map(({ input }) => input.length)).toEqual([64]);
  expect(await t.app.db.selectFrom('dead_letters').selectAll().execute()).toEqual([]);
  await other.app.queue.close();
});
