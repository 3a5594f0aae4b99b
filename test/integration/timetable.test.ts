import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Digest } from '../../src/domain/digest.ts';
import { type Entry, timetable } from '../../src/domain/timetable.ts';
import { saveDigest } from '../../src/store/digests.ts';
import { recordIngestRun } from '../../src/store/ingest-runs.ts';
import { listSlots } from '../../src/store/slots.ts';
import { sweepLedger } from '../../src/sweep.ts';
import { catchUp, runSlots, startTimetable } from '../../src/timetable.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { freshDigest, listPapers, states } from '../support/morning.ts';

let one: TestApp;
let other: TestApp;
let digest: string;
let entries: Entry[];
beforeAll(async () => {
  one = await openTestApp({ HF_BASE_URL: 'http://127.0.0.1:9' }); // nothing leaves this machine
  other = await one.second();
});
afterAll(async () => {
  await other.close();
  await one.close();
});
beforeEach(async () => {
  digest = await freshDigest(one);
  // No source: what is fetched from outside has tests of its own.
  const settings = Digest.parse({ name: digest, title: 'Daily', sources: [], freezeAt: '05:00' });
  await saveDigest(one.app.db, settings);
  entries = timetable([settings]);
});

function setClocks(at: string): void {
  one.setClock(at);
  other.setClock(at);
}

/** Some source was looked at by now: a late freeze knows no more than one in time. */
async function looked(): Promise<void> {
  const none = { seen: 0, new: 0, updated: 0, unchanged: 0, merged: 0, rejected: 0, requests: 0 };
  const moments = { startedAt: one.app.now(), finishedAt: one.app.now() };
  const run = { source: 'page', input: 'a', ...none, rejections: [], seconds: 1, note: null };
  await recordIngestRun(one.app.db, { ...run, failed: false }, moments, null);
}

/** What both processes were to do, and each slot that came of it. */
async function slots(name: string) {
  const rows = await listSlots(one.app.db, 1_000);
  return rows
    .filter(({ timetable: entry }) => entry === `${name} ${digest}`)
    .map(({ at, state, why }) => [at.toISOString().slice(0, 16), why ?? state])
    .reverse();
}
/** Of this test's digest; a job of the test before may still be running. */
async function editions() {
  const rows = await one.app.db
    .selectFrom('editions')
    .select('id')
    .where('digest', '=', digest)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

describe('two processes with one timetable', () => {
  test('run each slot once, and its job once', async () => {
    setClocks('2025-03-14T04:59:30Z');
    for (const minute of ['05:00', '05:01', '05:02', '05:03']) {
      const cursor = one.app.now();
      setClocks(`2025-03-14T${minute}:10Z`);
      await Promise.all([one, other, one].map(({ app }) => runSlots(app, entries, cursor)));
    }
    expect(await slots('freeze')).toEqual([['2025-03-14T05:00', 'asked']]);
    expect(await slots('dispatch')).toEqual(
      ['05:00', '05:01', '05:02', '05:03'].map((minute) => [`2025-03-14T${minute}`, 'asked']),
    );
    await one.drain();
    expect(await editions()).toEqual([`${digest}/2025-03-14`]);
  });

  test('run a slot that one of them sees late, once', async () => {
    setClocks('2025-03-14T05:00:05Z');
    const cursor = new Date('2025-03-14T04:59:00Z');
    await runSlots(one.app, entries, cursor);
    other.setClock('2025-03-14T05:00:55Z');
    await runSlots(other.app, entries, cursor);
    expect(await slots('freeze')).toHaveLength(1);
    expect(await slots('dispatch')).toHaveLength(1);
  });
});

describe('after an outage', () => {
  /** Both ran on the 14th until noon; then nothing did. */
  async function ranUntilNoon(): Promise<void> {
    setClocks('2025-03-14T12:00:10Z');
    await runSlots(one.app, entries, new Date('2025-03-14T04:59:00Z'));
    await one.drain();
  }

  test('a missed slot that is young enough is caught up, once over both processes', async () => {
    await ranUntilNoon();
    setClocks('2025-03-16T10:59:00Z'); // thirty hours after the cut-off of the 15th
    await Promise.all([one, other].map(({ app }) => catchUp(app, entries)));
    expect(await slots('freeze')).toEqual([
      ['2025-03-14T05:00', 'asked'],
      ['2025-03-15T05:00', 'asked'],
      ['2025-03-16T05:00', 'asked'],
    ]);
    await one.drain();
    expect(await editions()).toEqual([
      `${digest}/2025-03-14`,
      `${digest}/2025-03-15`,
      `${digest}/2025-03-16`,
    ]);
  });

  test('of six and a half hours, the edition is frozen for whose hour is still to come', async () => {
    await ranUntilNoon(); // of the day before: its own slots are on record
    const readers = { lagos: 'Africa/Lagos', angeles: 'America/Los_Angeles' };
    for (const [name, timeZone] of Object.entries(readers)) {
      await one.subscribe(`${name}@example.org`, { digests: [digest], timeZone, hour: 7 });
    }
    setClocks('2025-03-15T04:00:00Z');
    await listPapers(one, ['Kettles'], { date: '2025-03-15' });
    await looked();
    setClocks('2025-03-15T13:30:00Z');
    await catchUp(one.app, entries);
    await one.drain();
    setClocks('2025-03-15T14:00:10Z'); // seven in Los Angeles
    await runSlots(one.app, entries, new Date('2025-03-15T13:30:00Z'));
    await one.drain();
    expect(await states(one, `${digest}/2025-03-15`)).toEqual({
      'lagos@example.org': expect.stringContaining('skipped: too late: due 2025-03-15T06:00'),
      'angeles@example.org': 'submitted',
    });
  });

  test('older ones are skipped with the reason, and stay skipped', async () => {
    setClocks('2025-03-14T05:00:10Z');
    await runSlots(one.app, entries, new Date('2025-03-14T04:59:00Z'));
    setClocks('2025-03-17T12:00:00Z');
    await catchUp(one.app, entries);
    await catchUp(other.app, entries);
    expect(await slots('freeze')).toEqual([
      ['2025-03-14T05:00', 'asked'],
      ['2025-03-15T05:00', 'missed by 55 h, at most 30 h'],
      ['2025-03-16T05:00', 'missed by 31 h, at most 30 h'],
      ['2025-03-17T05:00', 'asked'],
    ]);
    expect(one.told.join()).toContain('slot skipped');
    await one.drain();
    expect(await editions()).toEqual([`${digest}/2025-03-14`, `${digest}/2025-03-17`]);
  });

  test('of the dispatches that were missed only the newest is run', async () => {
    await ranUntilNoon();
    const before = (await slots('dispatch')).length;
    setClocks('2025-03-14T15:30:10Z');
    await catchUp(one.app, entries);
    const made = (await slots('dispatch')).slice(before);
    expect(made).toEqual([['2025-03-14T15:30', 'asked']]);
  });

  test('the first start has nothing to catch up', async () => {
    setClocks('2025-03-14T09:00:00Z');
    await catchUp(one.app, entries);
    expect(await listSlots(one.app.db, 10)).toEqual([]);
    await one.drain();
    expect(await editions()).toEqual([]);
  });

  test('an edition whose freeze the queue lost is frozen after all, as long as it is not too late', async () => {
    setClocks('2025-03-14T05:00:10Z');
    await runSlots(
      { ...one.app, queue: { ...one.app.queue, enqueue: async () => {} } },
      entries,
      new Date('2025-03-14T04:59:00Z'),
    );
    setClocks('2025-03-15T11:00:10Z');
    await sweepLedger(one.app);
    await one.drain();
    expect(await editions()).toEqual([]);

    setClocks('2025-03-15T10:59:00Z');
    await sweepLedger(one.app);
    await one.drain();
    expect(await editions()).toEqual([`${digest}/2025-03-14`]);
  });

  test('a slot whose process died before it asked for the job is asked for by the sweep', async () => {
    setClocks('2025-03-14T05:00:10Z');
    const queue = {
      ...one.app.queue,
      enqueue: async () => {
        throw new Error('killed');
      },
    };
    const cursor = new Date('2025-03-14T04:59:00Z');
    await expect(runSlots({ ...one.app, queue }, entries, cursor)).rejects.toThrow('killed');
    expect(await slots('freeze')).toEqual([['2025-03-14T05:00', 'claimed']]);
    await runSlots(other.app, entries, cursor);
    expect(await slots('freeze')).toEqual([['2025-03-14T05:00', 'claimed']]);
    setClocks('2025-03-14T05:01:00Z');
    await sweepLedger(other.app);
    expect(await slots('freeze')).toEqual([['2025-03-14T05:00', 'asked']]);
    await one.drain();
    expect(await editions()).toEqual([`${digest}/2025-03-14`]);
  });
});

test('a digest that cannot be followed takes no other down, and is told by name', async () => {
  const bad = Digest.parse({ name: `${digest}-bad`, title: 'Bad', sources: ['hf-daily'] });
  await saveDigest(one.app.db, { ...bad, ingestAt: 'every day at noon', timeZone: 'Mars/Olympus' });
  setClocks('2025-03-13T05:00:10Z');
  await runSlots(one.app, entries, new Date('2025-03-13T04:59:00Z'));
  setClocks('2025-03-14T05:00:59Z');
  const stop = startTimetable(one.app);
  await expect
    .poll(() => slots('dispatch'), { timeout: 30_000 })
    .toContainEqual(['2025-03-14T05:01', 'asked']);
  await stop();
  await one.drain();
  expect(one.told.filter((line) => line.includes(`${digest}-bad`))).toEqual(
    ['ingest hf-daily for', 'freeze', 'dispatch'].map((job) =>
      expect.stringContaining(`${job} ${digest}-bad`),
    ),
  );
});

test('a started timetable catches up, follows, and stops when it is told', async () => {
  setClocks('2025-03-13T05:00:10Z');
  await runSlots(one.app, entries, new Date('2025-03-13T04:59:00Z'));
  await one.drain();
  setClocks('2025-03-14T05:00:59Z');
  await listPapers(one, ['Kettles']);
  const stop = [startTimetable(one.app), startTimetable(other.app)];
  const editionId = `${digest}/2025-03-14`;
  await expect.poll(editions, { timeout: 30_000 }).toContain(editionId);
  await expect
    .poll(() => slots('dispatch'), { timeout: 30_000 })
    .toContainEqual(['2025-03-14T05:01', 'asked']);
  await Promise.all(stop.map((ended) => ended()));
  await one.drain();
  expect(await slots('freeze')).toEqual([
    ['2025-03-13T05:00', 'asked'],
    ['2025-03-14T05:00', 'asked'],
  ]);
  const before = await listSlots(one.app.db, 100);
  setClocks('2025-03-14T06:00:00Z');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await listSlots(one.app.db, 100)).toEqual(before);
});
