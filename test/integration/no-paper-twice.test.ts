import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import { dispatchDigest } from '../../src/dispatch.ts';
import type { Preferences } from '../../src/domain/preferences.ts';
import { freezeEdition } from '../../src/freeze.ts';
import { ingest } from '../../src/ingest.ts';
import { candidatesFor } from '../../src/store/candidates.ts';
import { getDigest, saveDigest } from '../../src/store/digests.ts';
import { getSubscriber } from '../../src/store/subscribers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import {
  balanceOf,
  freezeMorning,
  freshDigest,
  listPapers,
  outboxOf,
  states,
  tick,
  titlesIn,
} from '../support/morning.ts';
import { record, signal } from '../support/papers.ts';

const [FRIDAY, SATURDAY, SUNDAY, MONDAY] = ['2025-03-14', '2025-03-15', '2025-03-16', '2025-03-17'];
const TITLES = ['Kettles', 'Robots in Rome', 'Diffusion of Tea', 'Slow Proofs'];
const [KETTLES = '', ROBOTS = '', TEA = '', PROOFS = ''] = TITLES;
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
  await join(ADA);
});

const join = (email: string, preferences: Partial<Preferences> = {}) =>
  t.subscribe(email, { digests: [digest], ...preferences });

/** The whole morning of a day, and the titles that reached Ada. */
async function morning(date: string, name = digest): Promise<string[]> {
  t.setClock(`${date}T05:00:00Z`);
  await freezeMorning(t, name, date);
  t.setClock(`${date}T07:00:00Z`);
  await tick(t, name);
  return received(date, name);
}

async function received(date: string, name = digest): Promise<string[]> {
  await balanceOf(t, `${name}/${date}`);
  return titlesIn((await outboxOf(t, `${name}/${date}`)).get(ADA)?.text, TITLES);
}

/** Sources list papers at four in the morning of the day. */
const listed: typeof listPapers = (_, papers, options = {}) => {
  t.setClock(`${options.date ?? FRIDAY}T04:00:00Z`);
  return listPapers(t, papers, options);
};

async function change(preferences: Partial<Preferences>): Promise<void> {
  const ada = await getSubscriber(t.app.db, ADA);
  await t.app.db
    .updateTable('subscribers')
    .set({ preferences: JSON.stringify({ ...ada.preferences, ...preferences }) })
    .where('id', '=', String(ada.id))
    .execute();
}

describe('over two days', () => {
  test('a paper that is listed on both comes on the first only', async () => {
    await listed(t, [{ title: KETTLES, arxivId: '2503.00001' }, ROBOTS]);
    expect(await morning(FRIDAY)).toEqual([KETTLES, ROBOTS]);
    await listed(t, [{ title: KETTLES, arxivId: '2503.00001' }, TEA], { date: SATURDAY });
    expect(await morning(SATURDAY)).toEqual([TEA]);
  });

  test.each([
    ['a page without ids, then the API', 'page', {}, 'hf-daily', { arxivId: '2503.00001' }],
    ['the API, then a page without ids', 'hf-daily', { arxivId: '2503.00001' }, 'page', {}],
    ['a file with its DOI, then a page', 'jsonl', { doi: '10.1234/kettle' }, 'page', {}],
  ])('also when two sources name it: %s', async (_, source, first, other, second) => {
    await listed(t, [{ title: KETTLES, ...first }], { source });
    expect(await morning(FRIDAY)).toEqual([KETTLES]);
    const again = { title: `${KETTLES.toUpperCase()}.`, ...second };
    await listed(t, [again, TEA], { source: other, date: SATURDAY });
    expect(await morning(SATURDAY)).toEqual([TEA]);
    expect(await t.app.db.selectFrom('papers').select('id').execute()).toHaveLength(2);
  });

  test('also when the reader changes from daily to weekly and looks back over the week', async () => {
    await listed(t, [KETTLES]);
    expect(await morning(FRIDAY)).toEqual([KETTLES]);
    await change({ cadence: 'weekly', weekday: 1 });
    await listed(t, [TEA], { date: SATURDAY });
    await listed(t, [PROOFS], { date: MONDAY });
    expect(await morning(MONDAY)).toEqual([PROOFS, TEA]);
  });

  test('also when the day is sent to them again by another digest', async () => {
    await saveDigest(t.app.db, { ...(await getDigest(t.app.db, digest)), name: `${digest}-b` });
    await change({ digests: [digest, `${digest}-b`], papersMax: 1 });
    await listed(t, [KETTLES, ROBOTS]);
    expect(await morning(FRIDAY)).toEqual([KETTLES]);
    expect(await morning(FRIDAY, `${digest}-b`)).toEqual([ROBOTS]);
  });
});

test('two editions that are handed over at the same moment bring a reader different papers', async () => {
  const digests = [digest, `${digest}-b`];
  await saveDigest(t.app.db, { ...(await getDigest(t.app.db, digest)), name: `${digest}-b` });
  const readers = ['a', 'b', 'c', 'd'].map((name) => `${name}@example.org`);
  t.setClock('2025-03-01T00:00:00Z');
  for (const address of readers) await t.subscribe(address, { digests, papersMax: 1 });
  await listed(t, [KETTLES, ROBOTS]);
  t.setClock(`${FRIDAY}T05:00:00Z`);
  for (const name of digests) await freezeEdition(t.app, name, FRIDAY);
  t.setClock(`${FRIDAY}T07:00:00Z`);
  const slices = [];
  for (const name of digests) slices.push(...(await dispatchDigest(t.app, name)));
  const second = await t.second();
  const [ours = '', theirs = ''] = slices;
  await Promise.all([
    jobs.submit.run({ sliceId: ours }, t.app),
    jobs.submit.run({ sliceId: theirs }, second.app),
  ]);
  await second.close();
  const boxes = await Promise.all(digests.map((name) => outboxOf(t, `${name}/${FRIDAY}`)));
  for (const address of readers) {
    const got = boxes.flatMap((box) => titlesIn(box.get(address)?.text, TITLES));
    expect(got.sort()).toEqual([KETTLES, ROBOTS]);
  }
});

test('who joined today gets the news of today, not that of the week', async () => {
  await listed(t, [KETTLES, ROBOTS]);
  await morning(FRIDAY);
  t.setClock(`${FRIDAY}T20:00:00Z`);
  await join('new@example.org');
  await listed(t, [TEA], { date: SATURDAY });
  await morning(SATURDAY);
  const box = await outboxOf(t, `${digest}/${SATURDAY}`);
  expect(titlesIn(box.get('new@example.org')?.text, TITLES)).toEqual([TEA]);
});

describe('late papers', () => {
  test('a paper that is listed after its day was frozen is news of the next day', async () => {
    await listed(t, [KETTLES]);
    expect(await morning(FRIDAY)).toEqual([KETTLES]);
    t.setClock(`${FRIDAY}T12:00:00Z`);
    await listPapers(t, [ROBOTS], { date: FRIDAY });
    expect(await morning(SATURDAY)).toEqual([ROBOTS]);
  });

  test('after two frozen days it is news of the third, and of no later one', async () => {
    await listed(t, [KETTLES]);
    await morning(FRIDAY);
    await morning(SATURDAY);
    t.setClock(`${SATURDAY}T12:00:00Z`);
    await listPapers(t, [ROBOTS], { date: FRIDAY });
    const newsOn = async (date: string) =>
      (await candidatesFor(t.app.db, await getDigest(t.app.db, digest), date, t.app.now())).find(
        ({ paper }) => paper.title === ROBOTS,
      )?.newOn;
    expect(await newsOn(SUNDAY)).toBe(SUNDAY);
    expect(await morning(SUNDAY)).toEqual([ROBOTS]);
    expect(await newsOn(MONDAY)).toBe(SUNDAY);
  });

  test('a day that is frozen while its papers are still being pulled does not lose them', async () => {
    t.setClock(`${FRIDAY}T05:00:00Z`);
    await ingest(t.app, { source: 'hf-daily', input: FRIDAY }, async () => {
      await freezeEdition(t.app, digest, FRIDAY);
      const listing = { record: record({ title: KETTLES }), signal: signal({ upvotes: 1 }) };
      return { listings: [listing], rejections: [] };
    });
    const had = await morning(FRIDAY);
    expect([...had, ...(await morning(SATURDAY))]).toEqual([KETTLES]);
  });

  test('nor does a freeze that takes its time after it read the papers', async () => {
    t.setClock(`${FRIDAY}T05:00:00Z`);
    const template = async (name: string) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await listPapers(t, [KETTLES]);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return t.app.template(name);
    };
    await freezeEdition({ ...t.app, template }, digest, FRIDAY);
    const had = await morning(FRIDAY);
    expect([...had, ...(await morning(SATURDAY))]).toEqual([KETTLES]);
  });
});

describe('an empty day', () => {
  test('is skipped with the reason when nothing was listed at all', async () => {
    expect(await morning(SATURDAY)).toEqual([]);
    expect(await states(t, `${digest}/${SATURDAY}`)).toEqual({
      [ADA]: 'skipped: nothing new: no paper was listed',
    });
  });

  test('is skipped for a daily reader on a weekend after a busy Friday', async () => {
    await listed(t, [KETTLES, ROBOTS]);
    await join('new@example.org', { exclude: ['kettles', 'robots'] });
    await morning(FRIDAY);
    expect(await states(t, `${digest}/${FRIDAY}`)).toEqual({
      [ADA]: 'submitted',
      'new@example.org': 'skipped: nothing new today',
    });
    expect(await morning(SATURDAY)).toEqual([]);
    expect(await states(t, `${digest}/${SATURDAY}`)).toMatchObject({
      [ADA]: 'skipped: nothing new today: 2 papers were in earlier digests',
    });
    expect(await balanceOf(t, `${digest}/${SATURDAY}`)).toMatchObject({ skipped: 2, open: 0 });
  });

  test('does not take the weekend from a weekday reader: Monday brings it', async () => {
    await change({ cadence: 'weekdays' });
    await listed(t, [KETTLES], { date: SATURDAY });
    expect(await morning(SATURDAY)).toEqual([]);
    await morning(SUNDAY);
    await listed(t, [TEA], { date: MONDAY });
    expect(await morning(MONDAY)).toEqual([TEA, KETTLES]);
  });
});
