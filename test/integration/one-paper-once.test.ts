import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PaperRecord } from '../../src/domain/paper.ts';
import { getPaper } from '../../src/store/curations.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import {
  balanceOf,
  freezeMorning,
  freshDigest,
  listPapers,
  outboxOf,
  tick,
  titlesIn,
} from '../support/morning.ts';

const THURSDAY = '2025-03-13';
const [FRIDAY, SATURDAY, SUNDAY] = ['2025-03-14', '2025-03-15', '2025-03-16'];
const TITLES = ['Kettles', 'Tea Again', 'Robots in Rome'];
const ADA = 'ada@example.org';

let t: TestApp;
let digest: string;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  digest = await freshDigest(t);
  t.setClock('2025-03-01T00:00:00Z');
  await t.subscribe(ADA, { digests: [digest], cadence: 'daily' });
});

type Listed = Partial<PaperRecord> & { title: string };
const list = (date: string, ...papers: Listed[]) => {
  t.setClock(`${date}T04:00:00Z`);
  return listPapers(t, papers, { date });
};

async function freeze(date: string) {
  t.setClock(`${date}T05:00:00Z`);
  await freezeMorning(t, digest, date);
}

async function received(date: string) {
  t.setClock(`${date}T07:00:00Z`);
  await tick(t, digest);
  await balanceOf(t, `${digest}/${date}`);
  return titlesIn((await outboxOf(t, `${digest}/${date}`)).get(ADA)?.text, TITLES);
}

async function morning(date: string) {
  await freeze(date);
  return received(date);
}

const papers = async () =>
  (await t.app.db.selectFrom('papers').select(['id', 'joined_into']).orderBy('id').execute()).map(
    ({ id, joined_into: into }) => (into === null ? id : `${id} is ${into}`),
  );

const PREPRINT = { title: 'Kettles', arxivId: '2503.00001' };
const PUBLISHED = { title: 'Tea Again', doi: '10.1234/k' };
const BOTH = { title: 'Tea Again', arxivId: '2503.00001', doi: '10.1234/k' };

describe('two papers that a later record proves to be one', () => {
  test('become the one that was seen first, and who had either gets neither again', async () => {
    await list(FRIDAY, PREPRINT);
    expect(await morning(FRIDAY)).toEqual(['Kettles']);
    await list(SATURDAY, PUBLISHED);
    expect(await list(SATURDAY, BOTH)).toMatchObject({
      new: 0,
      updated: 1,
      joined: [{ from: '10.1234/k', into: '2503.00001' }],
    });
    expect(await papers()).toEqual(['10.1234/k is 2503.00001', '2503.00001']);
    expect(await morning(SATURDAY)).toEqual([]);
    expect(await list(SATURDAY, PUBLISHED)).toMatchObject({ new: 0 });
    expect((await getPaper(t.app.db, '10.1234/k')).paper.id).toBe('2503.00001');
    expect((await getPaper(t.app.db, 'https://arxiv.org/abs/2503.00001v4')).paper.id).toBe(
      '2503.00001',
    );
  });

  test('after both were frozen into one edition: it brings one of them', async () => {
    await list(FRIDAY, PREPRINT, PUBLISHED, { title: 'Robots in Rome', arxivId: '2503.00009' });
    await freeze(FRIDAY);
    await list(FRIDAY, BOTH);
    const got = await received(FRIDAY);
    expect(got).toHaveLength(2);
    expect(got).toContain('Robots in Rome');
    expect(await morning(SATURDAY)).toEqual([]);
  });

  test('after the second was frozen: who had the first does not get it', async () => {
    await list(FRIDAY, PREPRINT);
    await morning(FRIDAY);
    await list(SATURDAY, PUBLISHED);
    await freeze(SATURDAY);
    t.setClock(`${SATURDAY}T06:00:00Z`);
    await listPapers(t, [BOTH], { date: SATURDAY });
    expect(await received(SATURDAY)).toEqual([]);
  });

  test('of three names, all lead to the first', async () => {
    await list(THURSDAY, { title: 'Robots in Rome' });
    await list(FRIDAY, PREPRINT);
    await list(FRIDAY, PUBLISHED);
    await list(FRIDAY, BOTH);
    expect(await papers()).toHaveLength(3);
    await list(FRIDAY, { ...BOTH, title: 'Robots in Rome' });
    const [first] = await t.app.db
      .selectFrom('papers')
      .where('joined_into', 'is', null)
      .select('id')
      .execute();
    expect(first?.id).toMatch(/^title:/);
    const keys = await t.app.db.selectFrom('paper_keys').select('paper_id').distinct().execute();
    expect(keys).toEqual([{ paper_id: first?.id }]);
  });

  test('stay two when their ids contradict each other', async () => {
    await list(FRIDAY, PREPRINT, { ...PUBLISHED, arxivId: '2503.00002' });
    expect(await list(FRIDAY, BOTH)).toMatchObject({ joined: [] });
    expect(await papers()).toEqual(['2503.00001', '2503.00002']);
  });
});

describe('a new version', () => {
  test('updates the record and is not announced again; an older one changes no word', async () => {
    await list(FRIDAY, { ...PREPRINT, version: 1 });
    expect(await morning(FRIDAY)).toEqual(['Kettles']);
    const revised = { ...PREPRINT, title: 'Tea Again', version: 2 };
    expect(await list(SATURDAY, revised)).toMatchObject({ new: 0, updated: 1 });
    expect(await morning(SATURDAY)).toEqual([]);
    expect(await list(SUNDAY, { ...PREPRINT, version: 1 })).toMatchObject({ unchanged: 1 });
    expect((await getPaper(t.app.db, '2503.00001')).paper.title).toBe('Tea Again');
  });
});

describe('a withdrawn paper', () => {
  test('leaves the next edition, and comes back only as an update', async () => {
    await list(FRIDAY, { ...PREPRINT, version: 1 });
    await list(FRIDAY, { ...PREPRINT, version: 2, withdrawn: true });
    expect(await morning(FRIDAY)).toEqual([]);
    // A source that knows nothing of versions does not take the withdrawal back.
    await list(SATURDAY, PREPRINT);
    expect((await getPaper(t.app.db, '2503.00001')).paper.withdrawn).toBe(true);
    expect(await list(SATURDAY, { ...PREPRINT, version: 3 })).toMatchObject({ new: 0, updated: 1 });
    expect((await getPaper(t.app.db, '2503.00001')).paper.withdrawn).toBeUndefined();
    expect(await morning(SATURDAY)).toEqual([]);
  });
});
