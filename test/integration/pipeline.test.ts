import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dispatchDigest } from '../../src/dispatch.ts';
import { Preferences } from '../../src/domain/preferences.ts';
import { askSend } from '../../src/store/dispatch.ts';
import { leave, ONE_CLICK } from '../../src/store/leaving.ts';
import { addSubscribers, getSubscriber, suppress } from '../../src/store/subscribers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import {
  balanceOf,
  DAY,
  deliveries,
  freezeMorning,
  freshDigest,
  listPapers,
  outboxOf,
  states,
  tick,
  titlesIn,
} from '../support/morning.ts';
import { handOver, readersOf } from '../support/readers.ts';

const TITLES = ['Kettles', 'Robots in Rome', 'Diffusion of Tea', 'Slow Proofs', 'Small Boats'];
const BEFORE = '2025-03-01T00:00:00Z';
const CUT_OFF = '2025-03-14T05:00:00Z';
const MORNING = '2025-03-14T07:00:00Z';

let t: TestApp;
let digest: string;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  digest = await freshDigest(t);
  t.setClock(BEFORE);
});

const join = (name: string, preferences: Partial<Preferences> = {}) =>
  t.subscribe(`${name}@example.org`, { digests: [digest], ...preferences });

/** Freezes the day with the usual papers, and plans who is due at seven without handing over. */
async function planned(): Promise<string[]> {
  t.setClock(CUT_OFF);
  await listPapers(t, TITLES);
  await freezeMorning(t, digest);
  t.setClock(MORNING);
  return dispatchDigest(t.app, digest);
}

describe('a morning', () => {
  test('brings each reader what they asked for, best first, and nobody anything before the hour', async () => {
    await join('plain');
    await join('topics', { topics: ['boats', 'proofs'] });
    await join('without', { exclude: ['robots'] });
    await join('two', { papersMax: 2 });
    await join('compact', { layout: 'compact' });
    await join('text', { layout: 'text' });
    await join('later', { hour: 8 });
    await join('tokyo', { timeZone: 'Asia/Tokyo', hour: 16 });
    await join('weekly', { cadence: 'weekly', weekday: 1 });
    t.setClock(CUT_OFF);
    const [first = '', ...others] = TITLES;
    await listPapers(t, [{ title: first, abstract: 'We put kettles on boats.' }, ...others]);
    const edition = await freezeMorning(t, digest);
    expect(await deliveries(t, edition)).toEqual([]);

    t.setClock(MORNING);
    await tick(t, digest);

    const found = await outboxOf(t, edition);
    const read = [...found].map(([address, { text }]) => [address, titlesIn(text, TITLES)]);
    const [kettles, robots, tea, proofs, boats] = TITLES;
    expect(Object.fromEntries(read)).toEqual({
      'plain@example.org': TITLES,
      'topics@example.org': [proofs, boats, kettles, robots, tea],
      'without@example.org': [kettles, tea, proofs, boats],
      'two@example.org': [kettles, robots],
      'compact@example.org': TITLES,
      'text@example.org': TITLES,
      'tokyo@example.org': TITLES,
    });
    expect(await balanceOf(t, edition)).toMatchObject({ planned: 7, submitted: 7, open: 0 });

    t.setClock('2025-03-14T08:00:00Z');
    await tick(t, digest);
    expect([...(await outboxOf(t, edition)).keys()]).toContain('later@example.org');
    expect(await balanceOf(t, edition)).toMatchObject({ planned: 8, submitted: 8 });
  });

  test('comes once: a second dispatch plans nothing and sends nothing', async () => {
    await join('ada');
    await handOver(t, await planned());
    expect(await dispatchDigest(t.app, digest)).toEqual([]);
    await tick(t, digest);
    expect(await balanceOf(t, `${digest}/${DAY}`)).toMatchObject({ planned: 1, submitted: 1 });
    expect((await outboxOf(t, `${digest}/${DAY}`)).size).toBe(1);
  });

  test('a newcomer does not change a planned slice but goes to a new one, when an operator sends', async () => {
    await join('ada');
    const first = await planned();
    await join('grace');
    expect(await dispatchDigest(t.app, digest)).toEqual([]); // joined after the hour
    const editionId = `${digest}/${DAY}`;
    const send = { editionId, at: t.app.now(), onlyEmails: null };
    await t.app.queue.enqueue('dispatch', { sendId: await askSend(t.app.db, send, t.app.now()) });
    await t.drain();
    expect(await states(t, editionId)).toEqual({
      'ada@example.org': 'open',
      'grace@example.org': 'submitted',
    });

    await handOver(t, first);

    expect(await balanceOf(t, editionId)).toMatchObject({ planned: 2, submitted: 2 });
    expect((await outboxOf(t, editionId)).size).toBe(2);
  });

  test('more readers than a slice holds are all reached, each once', async () => {
    const size = t.app.provider.sliceMax;
    const preferences = Preferences.parse({ digests: [digest] });
    const readers = readersOf(size + 1).map((email) => ({ email, preferences }));
    await addSubscribers(t.app.db, readers, t.app.now());
    const slices = await planned();
    expect(slices).toHaveLength(2);
    await handOver(t, slices);
    const editionId = `${digest}/${DAY}`;
    expect((await outboxOf(t, editionId)).size).toBe(size + 1);
    expect(await balanceOf(t, editionId)).toMatchObject({ submitted: size + 1, open: 0 });
  });
});

describe('between planning and taking', () => {
  test('who paused, left or is suppressed gets nothing, and the ledger says why', async () => {
    for (const name of ['ada', 'paused', 'gone', 'bounced']) await join(name);
    const slices = await planned();
    const { db } = t.app;
    const paused = await getSubscriber(db, 'paused@example.org');
    await db
      .updateTable('subscribers')
      .set({
        preferences: JSON.stringify({ ...paused.preferences, pausedUntil: '2025-03-15' }),
      })
      .where('id', '=', String(paused.id))
      .execute();
    await leave(db, (await getSubscriber(db, 'gone@example.org')).id, ONE_CLICK, t.app.now());
    await suppress(db, 'Bounced@Example.org', 'bounced', null, t.app.now());

    await handOver(t, slices);

    const editionId = `${digest}/${DAY}`;
    expect(await states(t, editionId)).toEqual({
      'ada@example.org': 'submitted',
      'paused@example.org': 'skipped: paused until 2025-03-15',
      'gone@example.org': 'suppressed: unsubscribed',
      'bounced@example.org': 'suppressed: bounced',
    });
    expect([...(await outboxOf(t, editionId)).keys()]).toEqual(['ada@example.org']);
    expect(await balanceOf(t, editionId)).toMatchObject({
      submitted: 1,
      skipped: 1,
      suppressed: 2,
    });
  });

  test('a pause ends on its day, by the calendar of the reader', async () => {
    await join('utc', { pausedUntil: DAY });
    await join('tokyo', { pausedUntil: '2025-03-15', timeZone: 'Asia/Tokyo', hour: 16 });
    await handOver(t, await planned());
    expect(await states(t, `${digest}/${DAY}`)).toEqual({
      'utc@example.org': 'submitted',
      'tokyo@example.org': 'skipped: paused until 2025-03-15',
    });
  });

  test('what comes too late is skipped and says so, and is not sent at noon', async () => {
    await join('ada');
    const slices = await planned();
    t.setClock('2025-03-14T13:00:01Z'); // seven, and six hours
    await handOver(t, slices);
    const editionId = `${digest}/${DAY}`;
    expect(await states(t, editionId)).toEqual({
      'ada@example.org': expect.stringMatching(/^skipped: too late: due 2025-03-14T07:00:00/),
    });
    expect((await outboxOf(t, editionId)).size).toBe(0);
    expect(await balanceOf(t, editionId)).toMatchObject({ skipped: 1, open: 0 });
  });

  test('whose hour passed long ago while nothing ran is planned and skipped, not forgotten', async () => {
    await join('ada');
    t.setClock(CUT_OFF);
    await listPapers(t, TITLES);
    const edition = await freezeMorning(t, digest);
    t.setClock('2025-03-15T04:00:00Z');
    await tick(t, digest);
    expect(await balanceOf(t, edition)).toMatchObject({ planned: 1, skipped: 1 });
  });
});

test('a pipeline tells nothing at warn or error when all goes well', () => {
  expect(t.told).toEqual([]);
});
