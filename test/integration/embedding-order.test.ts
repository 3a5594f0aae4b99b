import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { explainEdition } from '../../src/explain.ts';
import { fitModel } from '../../src/fit.ts';
import { freezeEdition } from '../../src/freeze.ts';
import { wouldTake } from '../../src/preview.ts';
import { loadEdition } from '../../src/store/editions.ts';
import { embeddingModel, saveEmbeddings, weighEmbeddings } from '../../src/store/embeddings.ts';
import { giveFeedback } from '../../src/store/feedback.ts';
import { getSubscriber } from '../../src/store/subscribers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { DAY, deliveries, freshDigest, listPapers, tick } from '../support/morning.ts';

const ADA = 'ada@example.org';
const MODEL = 'small';
const LIKED = '2412.00001';
/** By its words it is little to Ada; by its vector it is the same as what she likes. */
const FAR_IN_WORDS = '2503.00003';
const listed = [
  ['Bridges of steel', 'Girders and cables carry traffic over rivers.'],
  ['Brewing tea', 'Notes on how a kettle and a teapot warm water.'],
  ['Camellia infusions', 'Girders aside, steeping leaves at low heat keeps catechins whole.'],
  ['Mosses of the north', 'Lichens and ferns on a boreal forest floor.'],
].map(([title = '', abstract = ''], at) => ({ arxivId: `2503.0000${at + 1}`, title, abstract }));

let t: TestApp;
let digest: string;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.empty();
  digest = await freshDigest(t);
  t.setClock('2025-03-13T20:00:00Z');
  const tea = 'A kettle, a teapot, and how oolong leaves brew.';
  await listPapers(t, [{ arxivId: LIKED, title: 'On tea', abstract: tea }], { date: '2025-02-01' });
  await listPapers(t, listed);
  t.setClock(`${DAY}T05:00:00Z`);
  await t.subscribe(ADA, { digests: [digest], dial: 100, papersMax: 4 });
  const { id } = await getSubscriber(t.app.db, ADA);
  await giveFeedback(t.app.db, id, LIKED, 'like', t.app.now());
  await fitModel(t.app);
  await embeddingModel(t.app.db, MODEL, t.app.now());
});

const configured = () => ({
  ...t.app,
  config: {
    ...t.config,
    embeddings: { url: 'http://127.0.0.1:9/v1', model: MODEL, apiKey: undefined, perDay: 9 },
  },
});
const has = (vectors: Record<string, readonly number[]>) =>
  saveEmbeddings(
    t.app.db,
    MODEL,
    new Map(Object.entries(vectors).map(([id, numbers]) => [id, Float32Array.from(numbers)])),
    t.app.now(),
  );
const vectors = {
  [LIKED]: [1, 0],
  '2503.00001': [0, 1],
  '2503.00002': [0.28, 0.96],
  [FAR_IN_WORDS]: [1, 0],
};
const helps = { tasks: 40, without: 0.3, with: 0.34, gain: 0.04, error: 0.01, improves: true };
type Freezing = Parameters<typeof freezeEdition>[0];
const freeze = async (app: Freezing = configured()) =>
  (await freezeEdition(app, digest, DAY)).edition.id;
const first = async (edition: string) =>
  (await wouldTake(t.app, edition, await getSubscriber(t.app.db, ADA))).composition[0];

test('a weighed model orders the next edition, says why in the email, and its shares add up', async () => {
  await has(vectors);
  await weighEmbeddings(t.app.db, MODEL, 5, helps);
  const edition = await freeze();
  expect((await loadEdition(t.app.db, edition)).embedding).toEqual({ model: MODEL, weight: 5 });
  expect(await first(edition)).toMatchObject({
    paperId: FAR_IN_WORDS,
    reason: { kind: 'close', title: 'On tea' },
  });

  const { papers } = await explainEdition(t.app, edition, ADA);
  for (const { score, shares } of papers) {
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(score, 6);
  }
  const shareOf = (id: string) =>
    papers
      .find(({ paperId }) => paperId === id)
      ?.shares.find((share) => share.kind === 'embedding');
  expect(shareOf(FAR_IN_WORDS)).toMatchObject({ likedId: LIKED });
  expect(shareOf(FAR_IN_WORDS)?.share).toBeGreaterThan(0);
  expect(shareOf('2503.00001')?.share).toBeLessThan(0);
  expect(shareOf('2503.00004')).toBeUndefined();

  t.setClock(`${DAY}T07:00:00Z`);
  await tick(t, digest);
  const [delivery] = await deliveries(t, edition);
  expect(delivery?.composition?.[0]).toMatchObject({ paperId: FAR_IN_WORDS });
});

test.each<[string, { weighed: boolean; app(): Freezing; late: boolean }]>([
  ['without a weight', { weighed: false, app: configured, late: false }],
  ['without the setting', { weighed: true, app: () => t.app, late: false }],
  ['with vectors that came too late', { weighed: true, app: configured, late: true }],
])('%s nothing changes', async (_, { weighed, app, late }) => {
  if (!late) await has(vectors);
  if (weighed) await weighEmbeddings(t.app.db, MODEL, 5, helps);
  const edition = await freeze(app());
  t.setClock(`${DAY}T05:30:00Z`);
  if (late) await has(vectors);
  const pinned = late ? { model: MODEL, weight: 5 } : undefined;
  expect((await loadEdition(t.app.db, edition)).embedding).toEqual(pinned);
  expect(await first(edition)).toMatchObject({ paperId: '2503.00002' });
});

test('a weight that changes later moves no edition that pinned another', async () => {
  await has(vectors);
  await weighEmbeddings(t.app.db, MODEL, 5, helps);
  const edition = await freeze();
  await weighEmbeddings(t.app.db, MODEL, 5, { ...helps, improves: false });
  expect(await first(edition)).toMatchObject({ paperId: FAR_IN_WORDS });
});
