import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Preferences } from '../../src/domain/preferences.ts';
import { emptyModel, packModel } from '../../src/domain/rank/model.ts';
import { fitModel } from '../../src/fit.ts';
import { freezeEdition } from '../../src/freeze.ts';
import { openModels } from '../../src/models.ts';
import { wouldTake } from '../../src/preview.ts';
import { loadEdition } from '../../src/store/editions.ts';
import { giveFeedback, takeBack } from '../../src/store/feedback.ts';
import { forgetModels, newestModel, saveModel } from '../../src/store/rank-models.ts';
import { changePreferences, getSubscriber } from '../../src/store/subscribers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { everyRow } from '../support/browser.ts';
import {
  DAY,
  deliveries,
  freezeMorning,
  freshDigest,
  listPapers,
  tick,
} from '../support/morning.ts';

const ADA = 'ada@example.org';
/** Two subjects that share few words, and papers of a day about each, the popular ones first. */
const SUBJECTS = {
  tea: ['kettle', 'oolong', 'teapot', 'jasmine', 'brewing', 'leaves'],
  bridge: ['girder', 'steel', 'cable', 'suspension', 'river', 'traffic'],
};
const about = (subject: keyof typeof SUBJECTS, number: number, year = '2503') => {
  const words = SUBJECTS[subject];
  const turned = words.map((_, at) => words[(at * (number + 1) + number) % words.length]);
  return {
    arxivId: `${year}.${subject === 'tea' ? 1 : 2}${String(number).padStart(4, '0')}`,
    title: `On ${words[number % words.length]} ${subject} number ${number}`,
    abstract: `Of ${turned.join(' and ')} we tell. Item w${number}${subject} is one of ${subject}.`,
  };
};
const papers = [
  ...Array.from({ length: 15 }, (_, at) => about('bridge', at)),
  ...Array.from({ length: 15 }, (_, at) => about('tea', at)),
];
const TEA = /^2503\.1/;

let t: TestApp;
let digest: string;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  digest = await freshDigest(t);
  t.setClock('2025-03-13T20:00:00Z');
  await listPapers(t, [about('tea', 1, '2412'), about('bridge', 1, '2412')], {
    date: '2025-02-01',
  });
  await listPapers(t, papers);
  t.setClock(`${DAY}T05:00:00Z`);
});

const join = async (email: string, preferences: Partial<Preferences> = {}) => {
  await t.subscribe(email, { digests: [digest], ...preferences });
  return getSubscriber(t.app.db, email);
};
const like = (id: number, paper: string, kind: 'like' | 'save' | 'dislike' = 'like') =>
  giveFeedback(t.app.db, id, paper, kind, t.app.now());
const profiles = () =>
  t.app.db.selectFrom('profiles').selectAll().orderBy('subscriber_id').execute();

describe('the nightly fit', () => {
  test('stores a version, which the next edition pins; the same again changes nothing', async () => {
    expect(await fitModel(t.app)).toMatchObject({ kind: 'fitted', papers: 32, readers: 0 });
    const fitted = await newestModel(t.app.db);
    const rows = await everyRow(t.app);
    expect(await fitModel(t.app)).toEqual({ kind: 'unchanged', version: fitted?.version });
    expect(await everyRow(t.app)).toBe(rows);
    const { edition } = await freezeEdition(t.app, digest, DAY);
    expect((await loadEdition(t.app.db, edition.id)).modelVersion).toBe(fitted?.version);
  });

  test('reads the likes of those who agreed to it, and of nobody else', async () => {
    for (const [name, community] of [
      ['ada', true],
      ['bea', true],
      ['cem', false],
    ] as const) {
      const { id } = await join(`${name}@example.org`, { community });
      await like(id, '2503.10001');
      await like(id, '2503.10002', 'save');
      await like(id, '2503.10003', 'dislike');
    }
    expect(await fitModel(t.app)).toMatchObject({ kind: 'fitted', readers: 2 });
    const { id, preferences } = await getSubscriber(t.app.db, ADA);
    await changePreferences(t.app.db, id, () => ({ ...preferences, community: false }));
    expect(await fitModel(t.app)).toMatchObject({ kind: 'fitted', readers: 1 });
  });

  test('keeps the newest versions and those that editions may still be taken by', async () => {
    const packed = packModel(emptyModel);
    const stored = () =>
      saveModel(
        t.app.db,
        { fittedAt: t.app.now(), print: t.app.randomId(), papers: 1, readers: 0 },
        packed,
      );
    const kept = async () =>
      (await t.app.db.selectFrom('rank_models').select('version').orderBy('version').execute()).map(
        ({ version }) => Number(version),
      );
    const first = await stored();
    await freezeEdition(t.app, digest, DAY);
    const versions = [await stored(), await stored(), await stored(), await stored()];
    await forgetModels(t.app.db, 3, new Date('2025-03-10T00:00:00Z'));
    expect(await kept()).toEqual([first, ...versions.slice(-3)]);
    await forgetModels(t.app.db, 3, new Date('2025-03-20T00:00:00Z'));
    expect(await kept()).toEqual(versions.slice(-3));
    // What the edition pinned is gone: it is ranked as if nothing had been fitted.
    expect((await openModels(t.app.db, () => {})(first)).version).toBe(0);
  });

  test('a model of another release cannot be read, and is told of and fitted again', async () => {
    await fitModel(t.app);
    const version = (await newestModel(t.app.db))?.version ?? 0;
    await t.app.db
      .updateTable('rank_model_parts')
      .set({ bytes: Buffer.from('PBM0') })
      .execute();
    await t.app.db.updateTable('rank_models').set({ bytes: 4 }).execute();
    const other = await t.second();
    expect(await fitModel(other.app)).toMatchObject({ kind: 'fitted', version: version + 1 });
    expect(other.told.join(' ')).toContain(`model ${version} cannot be read`);
  });

  test('leaves the event loop to the others', async () => {
    const texts = Array.from({ length: 1_000 }, (_, at) => ({
      arxivId: `2401.${String(at).padStart(5, '0')}`,
      title: `Long ${at}`,
      abstract: Array.from({ length: 150 }, (_, n) => `word${(at * 31 + n * n) % 9_000}`).join(' '),
    }));
    await listPapers(t, texts, { date: '2024-01-01' });
    let turns = 0;
    const everyMs = 20;
    const counting = setInterval(() => {
      turns += 1;
    }, everyMs);
    const startedAt = performance.now();
    const fitted = await fitModel(t.app);
    clearInterval(counting);
    expect(fitted).toMatchObject({ kind: 'fitted', papers: 1_032 });
    // On the worker's own loop the arithmetic, most of the time, would have let nobody have a turn.
    expect(turns).toBeGreaterThan((performance.now() - startedAt) / everyMs / 4);
  });
});

describe('at the taking', () => {
  const morning = async () => {
    const edition = await freezeMorning(t, digest);
    t.setClock(`${DAY}T07:00:00Z`);
    await tick(t, digest);
    return edition;
  };
  const composed = async (edition: string) =>
    new Map((await deliveries(t, edition)).map(({ email, composition }) => [email, composition]));

  test('who likes papers gets such papers, with the reason; who said nothing gets the trend', async () => {
    const { id } = await join(ADA, { dial: 100 });
    await join('bea@example.org');
    await like(id, '2412.10001');
    await fitModel(t.app);
    const all = await composed(await morning());
    const mine = all.get(ADA) ?? [];
    expect(mine.length).toBe(10);
    expect(mine.every(({ paperId }) => TEA.test(paperId))).toBe(true);
    expect(mine.every(({ section }) => section === 'yours')).toBe(true);
    expect(all.get('bea@example.org')?.every(({ reason }) => reason.kind === 'trending')).toBe(
      true,
    );
  });

  test('works before any model was fitted', async () => {
    const { id } = await join(ADA, { dial: 100 });
    await like(id, '2412.10001');
    const mine = (await composed(await morning())).get(ADA) ?? [];
    expect(mine.every(({ paperId }) => TEA.test(paperId))).toBe(true);
  });

  test('stores one profile of at most 1.5 KB for each reader, and uses it until it is stale', async () => {
    const { id, preferences } = await join(ADA, { topics: ['steel cables'] });
    await join('bea@example.org');
    for (let n = 1; n < 9; n += 1) await like(id, about('tea', n).arxivId);
    await fitModel(t.app);
    const edition = await morning();
    const [first, bea] = await profiles();
    expect(first?.packed.length).toBeLessThanOrEqual(1_536);
    expect(bea?.subscriber_id).toBe('2');

    const rebuilt = async (change: () => Promise<unknown>) => {
      const before = (await profiles())[0];
      await change();
      // A page shows what is known now, and writes nothing.
      const rows = await everyRow(t.app);
      await wouldTake(t.app, edition, await getSubscriber(t.app.db, ADA));
      expect(await everyRow(t.app)).toBe(rows);
      digest = await anotherDigest();
      await morning();
      return (await profiles())[0]?.print !== before?.print;
    };
    expect(await rebuilt(async () => {})).toBe(false);
    expect(await rebuilt(() => like(id, '2412.20001'))).toBe(true);
    expect(await rebuilt(() => takeBack(t.app.db, id, '2412.20001', 'like'))).toBe(true);
    const topics = ['teapots'];
    const asked = async () =>
      void (await changePreferences(t.app.db, id, (current) => ({ ...current, topics })));
    expect(await rebuilt(asked)).toBe(true);
    expect(preferences.topics).toEqual(['steel cables']);
    expect(
      await rebuilt(() => listPapers(t, [about('tea', 200)]).then(() => fitModel(t.app))),
    ).toBe(true);
  });
});

/** A digest of another name on the same day, which everybody reads as well. */
async function anotherDigest(): Promise<string> {
  const { saveDigest, getDigest } = await import('../../src/store/digests.ts');
  const before = await getDigest(t.app.db, digest);
  const name = `${digest}x`;
  await saveDigest(t.app.db, { ...before, name });
  t.setClock(`${DAY}T05:00:00Z`);
  for (const email of [ADA, 'bea@example.org']) {
    const { id, preferences } = await getSubscriber(t.app.db, email);
    await changePreferences(t.app.db, id, () => ({ ...preferences, digests: [name] }));
  }
  return name;
}
