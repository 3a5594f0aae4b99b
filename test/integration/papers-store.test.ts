import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defaultDigest } from '../../src/domain/digest.ts';
import { arxivId, type PaperRecord, type Signal } from '../../src/domain/paper.ts';
import { parseHfDaily } from '../../src/sources/hf-daily.ts';
import { parsePage } from '../../src/sources/page.ts';
import { candidatesFor } from '../../src/store/candidates.ts';
import { saveEdition } from '../../src/store/editions.ts';
import { savePapers } from '../../src/store/papers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { edition, record, signal } from '../support/papers.ts';

const AT = new Date('2025-03-14T04:00:00Z');
const NOW = new Date('2025-03-31T00:00:00Z');
const LATER = new Date('2025-03-14T06:00:00Z');

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(() => t.empty());

const listing = (over: Partial<PaperRecord> = {}, votes: Partial<Signal> = {}) => ({
  record: record({ authors: [], ...over }),
  signal: signal(votes),
});
const save = (listings: ReturnType<typeof listing>[], source = 'hf-daily', at = AT) =>
  savePapers(t.app.db, source, listings, at);
const papers = async () =>
  (await t.app.db.selectFrom('papers').select(['id', 'record']).orderBy('id').execute()).map(
    ({ id, record: { title, arxivId: arxiv, doi } }) => ({ id, title, arxiv, doi }),
  );
const signals = () =>
  t.app.db.selectFrom('signals').select(['paper_id', 'source', 'upvotes']).orderBy('at').execute();
const none = { new: 0, updated: 0, unchanged: 0, merged: 0, joined: [] };

describe('saving papers', () => {
  test('counts what is new, changed, unchanged and named twice, and the counts add up', async () => {
    const kettle = listing({ title: 'Kettle', arxivId: '2503.00001' });
    const robot = listing({ title: 'Robot', arxivId: '2503.00002' });
    expect(await save([kettle, robot, kettle])).toEqual({ ...none, new: 2, merged: 1 });
    const better = listing({ title: 'Robot', arxivId: '2503.00002', codeUrl: 'https://x.org/r' });
    const boat = listing({ title: 'Boat' });
    expect(await save([kettle, better, boat], 'hf-daily', LATER)).toEqual({
      new: 1,
      updated: 1,
      unchanged: 1,
      merged: 0,
      joined: [],
    });
  });

  test('done again, everything is unchanged and no votes are written', async () => {
    const all = [listing({ title: 'Kettle' }, { upvotes: 3 }), listing({ title: 'Robot' })];
    await save(all);
    expect(await save(all, 'hf-daily', LATER)).toEqual({ ...none, unchanged: 2 });
    expect(await signals()).toHaveLength(2);
  });

  test('votes are kept with their moment when they changed, for each source', async () => {
    await save([listing({}, { upvotes: 3 })]);
    await save([listing({}, { upvotes: 8 })], 'hf-daily', LATER);
    await save([listing({}, { upvotes: 8 })], 'hf-daily', new Date(LATER.getTime() + 1));
    await save([listing({}, { upvotes: 3 })], 'page', LATER);
    const [first, ...more] = await signals();
    expect(first).toMatchObject({ source: 'hf-daily', upvotes: 3 });
    expect(more.map(({ source, upvotes }) => `${source} ${upvotes}`).sort()).toEqual([
      'hf-daily 8',
      'page 3',
    ]);
  });

  test('an arXiv id with and without its version is one paper', async () => {
    const ids = ['2503.00001v1', 'arXiv:2503.00001', 'https://arxiv.org/abs/2503.00001v3'];
    const named = ids.map((id, n) => listing({ arxivId: arxivId(id) ?? '', title: `Title ${n}` }));
    expect(await save(named)).toEqual({ ...none, new: 1, merged: 2 });
    expect(await papers()).toEqual([
      { id: '2503.00001', title: 'Title 2', arxiv: '2503.00001', doi: undefined },
    ]);
  });

  const title = 'Kettle: A Study';
  const byPage = () =>
    parsePage(`${title}\n\nWe boil water and count the bubbles.\n`, { date: '2025-03-14' })
      .listings;
  const byApi = () => {
    const paper = { id: '2503.00001', title: 'KETTLE: a  study', summary: 'We boil.', upvotes: 4 };
    return parseHfDaily([{ paper }], { date: '2025-03-14' }).listings;
  };

  test('the same paper from a page and from the API is one paper, in either order', async () => {
    await save([...byPage()], 'page');
    expect(await save([...byApi()], 'hf-daily', LATER)).toEqual({ ...none, updated: 1 });
    const [pageFirst] = await papers();
    expect(pageFirst).toMatchObject({ arxiv: '2503.00001', id: expect.stringMatching(/^title:/) });
    expect(await save([...byPage()], 'page', LATER)).toMatchObject({ new: 0 });

    await t.empty();
    await save([...byApi()]);
    expect(await save([...byPage()], 'page', LATER)).toEqual({ ...none, updated: 1 });
    expect(await papers()).toMatchObject([{ id: '2503.00001', arxiv: '2503.00001' }]);
    expect(await save([...byApi(), ...byPage()])).toMatchObject({ new: 0, merged: 1 });
  });

  test('a paper that a page named first keeps its id, and is found under every name', async () => {
    await save([listing({ title })], 'page');
    await save([listing({ title, arxivId: '2503.00001', doi: '10.1234/k' })]);
    await save([listing({ title: 'Renamed', doi: '10.1234/k' })], 'jsonl');
    await save([listing({ title: 'Renamed again', arxivId: '2503.00001' })]);
    expect(await papers()).toHaveLength(1);
  });

  test('two arXiv ids with one title are two papers', async () => {
    const twins = [
      listing({ title, arxivId: '2503.00001' }),
      listing({ title, arxivId: '2503.00002' }),
    ];
    expect(await save(twins)).toEqual({ ...none, new: 2 });
    expect(await save(twins)).toEqual({ ...none, unchanged: 2 });
  });

  test('two papers without ids that share a title but no author are two papers', async () => {
    const ada = listing({ title: 'Introduction', authors: ['Ada Okafor'], abstract: 'By Ada.' });
    const bob = listing({ title: 'Introduction', authors: ['Bob Berg'], abstract: 'By Bob.' });
    const cleo = listing({ title: 'Introduction', authors: ['Cleo Chu'], abstract: 'By Cleo.' });
    expect(await save([ada, bob])).toEqual({ ...none, new: 2 });
    expect(await save([cleo])).toEqual({ ...none, new: 1 });
    expect(await save([ada, bob, cleo])).toEqual({ ...none, unchanged: 3 });
    const records = await t.app.db.selectFrom('papers').select('record').execute();
    expect(records.map((row) => row.record.abstract).sort()).toEqual([
      'By Ada.',
      'By Bob.',
      'By Cleo.',
    ]);
  });

  test('a record that knows less takes nothing away', async () => {
    const full = {
      arxivId: '2503.00001',
      authors: ['Ada'],
      topics: ['tea'],
      codeUrl: 'https://x.org/',
    };
    await save([listing({ title, ...full })]);
    await save([listing({ title, listedOn: '2025-03-20' })], 'page', LATER);
    const row = await t.app.db.selectFrom('papers').selectAll().executeTakeFirstOrThrow();
    expect(row.record).toMatchObject({ ...full, listedOn: '2025-03-14' });
    expect(row).toMatchObject({ listed_on: '2025-03-14', first_seen_at: AT, updated_at: AT });
  });

  test('saved six times at once under two names, a new paper is one paper', async () => {
    const runs = Array.from({ length: 6 }, (_, n) =>
      n % 2 === 0
        ? save([listing({ title }), listing({ title: `Other ${n}` })], 'page')
        : save([listing({ title: `Other ${n - 1}` }), listing({ title, arxivId: '2503.00001' })]),
    );
    const saved = await Promise.all(runs);
    expect(saved.reduce((sum, one) => sum + one.new, 0)).toBe(4);
    expect(await papers()).toHaveLength(4);
  });

  test('a list of more than one chunk, with repetitions in it, is saved whole', async () => {
    const many = Array.from({ length: 1_201 }, (_, n) => listing({ title: `Paper ${n % 1_100}` }));
    expect(await save(many)).toEqual({ ...none, new: 1_100, merged: 101 });
    expect(await save(many)).toEqual({ ...none, unchanged: 1_100, merged: 101 });
  });

  test('whatever is listed, in whatever order: the counts add up, and saving again changes nothing', async () => {
    const one = fc.record({
      title: fc.constantFrom('Kettle', 'kettle!', 'Robot', 'Boat'),
      arxivId: fc.option(fc.constantFrom('2503.00001', '2503.00002'), { nil: undefined }),
      doi: fc.option(fc.constantFrom('10.1/a', '10.1/b'), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 8 }), async (lists) => {
        await t.empty();
        const all = lists.map(({ title: name, arxivId: arxiv, doi }) =>
          listing({ title: name, ...(arxiv && { arxivId: arxiv }), ...(doi && { doi }) }),
        );
        const saved = await save(all);
        expect(saved.new + saved.updated + saved.unchanged + saved.merged).toBe(all.length);
        expect(saved.new).toBe((await papers()).length);
        const before = await papers();
        expect((await save(all, 'hf-daily', LATER)).new).toBe(0);
        expect((await papers()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
      }),
      { numRuns: 15 },
    );
  });
});

describe('candidates', () => {
  const day = (n: number) => `2025-03-${n}`;
  const frozen = async (date: string, at: string) => {
    const template = { name: 'digest', version: 'v', sources: {} };
    const frame = { from: '', baseUrl: '', listId: '', postalAddress: '', keyId: 'k1' };
    const one = edition([], { id: `daily/${date}`, date, cutOffAt: `${date}T05:00:00Z` });
    await saveEdition(t.app.db, { edition: one, frame, template, modelVersion: 0 }, 6, {
      at: new Date(at),
      knownUntil: new Date(at),
    });
  };
  const newOn = async (date: string) =>
    (await candidatesFor(t.app.db, defaultDigest, date, NOW)).map((one) => one.newOn);

  test('a paper is news of its listing day, in every edition of the window', async () => {
    await save([listing({ listedOn: day(14) })]);
    expect(await newOn(day(13))).toEqual([]);
    expect(await newOn(day(14))).toEqual([day(14)]);
    expect(await newOn(day(20))).toEqual([day(14)]);
    expect(await newOn(day(21))).toEqual([]);
  });

  test('first seen after the day was frozen, it is news of the next day', async () => {
    await frozen(day(14), `${day(14)}T05:00:00Z`);
    await save([listing({ listedOn: day(14) })], 'hf-daily', LATER);
    expect(await newOn(day(15))).toEqual([day(15)]);
    await frozen(day(15), `${day(15)}T05:00:00Z`);
    expect(await newOn(day(16))).toEqual([day(15)]);
  });

  test('an edition of another digest does not make it late', async () => {
    await frozen(day(14), `${day(14)}T05:00:00Z`);
    await save([listing({ listedOn: day(14) })], 'hf-daily', LATER);
    const other = await candidatesFor(t.app.db, { ...defaultDigest, name: 'other' }, day(15), NOW);
    expect(other.map((one) => one.newOn)).toEqual([day(14)]);
  });

  test('the highest votes of any source and moment count, and the best place on a list', async () => {
    await save([listing({}, { upvotes: 9, position: 4 })]);
    await save([listing({}, { upvotes: 5, comments: 2, position: 0 })], 'jsonl', LATER);
    await save([listing({}, { position: 2 })], 'page', LATER);
    const [one] = await candidatesFor(t.app.db, defaultDigest, day(14), NOW);
    expect(one?.signal).toEqual({ upvotes: 9, comments: 2, stars: 0, position: 2 });
  });
});
