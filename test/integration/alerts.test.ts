import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Digest } from '../../src/domain/digest.ts';
import { timetable } from '../../src/domain/timetable.ts';
import { saveDigest } from '../../src/store/digests.ts';
import { recordIngestRun } from '../../src/store/ingest-runs.ts';
import { sweepLedger } from '../../src/sweep.ts';
import { catchUp, runSlots } from '../../src/timetable.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { freshDigest } from '../support/morning.ts';
import { handOver, plannedFor, readersOf } from '../support/readers.ts';

const OPERATOR = 'operator@example.org';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp({ PAPERBOY_ALERT_TO: OPERATOR });
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.drain();
  await t.empty();
  t.setClock('2025-03-14T05:00:00Z');
});

/** What a process that has just started finds: nobody works off the queue meanwhile. */
async function sweep(app = { ...t.app }): Promise<void> {
  await sweepLedger({ ...app, queue: { ...app.queue, enqueue: async () => {} } });
}

/** What the operator is told: the cause without its day, and the lines. */
async function alerts() {
  const rows = await t.app.db
    .selectFrom('notices')
    .where('kind', '=', 'alert')
    .select(['cause', 'told'])
    .orderBy('id')
    .execute();
  return rows.map(({ cause, told }) => [
    String(cause).slice(0, -' 2025-03-14'.length),
    told?.lines[0],
  ]);
}

/** A morning on which so many of its deliveries ended like this. */
async function morning(count: number, ended: number, state: 'unknown' | 'refused') {
  const { editionId, slices } = await plannedFor(t, readersOf(count));
  await handOver(t, slices);
  const ids = t.app.db
    .selectFrom('deliveries')
    .where('edition_id', '=', editionId)
    .select('subscriber_id')
    .orderBy('subscriber_id')
    .limit(ended);
  await t.app.db
    .updateTable('deliveries')
    .set({ state, why: 'the provider said so' })
    .where('subscriber_id', 'in', ids)
    .execute();
  return editionId;
}

describe('the operator hears', () => {
  test('of deliveries whose fate is unknown, once a day', async () => {
    const editionId = await morning(3, 2, 'unknown');
    await sweep();
    await sweep();
    expect(await alerts()).toEqual([
      [`unknown ${editionId}`, expect.stringContaining(`${editionId}: 2 of them`)],
    ]);
  });

  test('of a morning on which more than a tenth, and five at the least, were refused', async () => {
    await morning(12, 4, 'refused');
    await sweep();
    expect(await alerts()).toEqual([]);
    await t.empty();
    const editionId = await morning(12, 5, 'refused');
    await sweep();
    expect(await alerts()).toEqual([[`refused ${editionId}`, `${editionId}: 5 of 12.`]]);
    await t.empty();
    await morning(51, 5, 'refused');
    await sweep();
    expect(await alerts()).toEqual([]);
  });

  test('of slices that are dead', async () => {
    const { editionId, slices } = await plannedFor(t, readersOf(1));
    await t.app.db
      .updateTable('slices')
      .set({ state: 'dead', why: 'it renders differently' })
      .where('id', 'in', slices)
      .execute();
    await sweep();
    await sweep();
    expect(await alerts()).toEqual([['dead', `${editionId}: 1 slices. it renders differently`]]);
  });

  test('of a day without an edition, unless its digest is off', async () => {
    const name = await freshDigest(t);
    const digest = Digest.parse({ name, title: 'Daily', sources: [] });
    await saveDigest(t.app.db, digest);
    const app = { ...t.app, queue: { ...t.app.queue, enqueue: async () => {} } };
    t.setClock('2025-03-12T05:00:10Z');
    await runSlots(app, timetable([digest]), new Date('2025-03-12T04:59:00Z'));
    t.setClock('2025-03-14T12:00:00Z');
    await catchUp(app, timetable([digest]));
    await saveDigest(t.app.db, { ...digest, off: true });
    await sweep();
    expect(await alerts()).toEqual([]);
    await saveDigest(t.app.db, digest);
    await sweep();
    expect(await alerts()).toEqual([
      [`missing ${name}/2025-03-13`, `${name}/2025-03-13: missed by 31 h, at most 30 h.`],
    ]);
    t.setClock('2025-03-14T13:00:10Z'); // the freeze of the day was asked for, and never came
    await sweep();
    expect(await alerts()).toHaveLength(2);
  });

  test('of a source that failed on each of three days, and not of one that answered once', async () => {
    const hours = [70, 50, 30, 2];
    await looks('arxiv cs.CL', hours, () => true);
    await looks('hf-daily', hours, (hour) => hour !== 30);
    await looks('feed https://k.example/', [2], () => true);
    await sweep();
    expect(await alerts()).toEqual([
      [
        'source arxiv cs.CL',
        'arxiv cs.CL: all 4 looks of the last 3 days failed. The newest: HTTP 503',
      ],
    ]);
  });
});

async function looks(source: string, hoursAgo: number[], failed: (hour: number) => boolean) {
  const none = { seen: 0, new: 0, updated: 0, unchanged: 0, merged: 0, rejected: 0, requests: 1 };
  for (const hour of hoursAgo) {
    const at = new Date(t.app.now().getTime() - hour * 3_600_000);
    const run = { ...none, source, input: 'a', rejections: [], seconds: 1, note: 'HTTP 503' };
    const moments = { startedAt: at, finishedAt: at };
    await recordIngestRun(t.app.db, { ...run, failed: failed(hour) }, moments, null);
  }
}

test('a process counts editions that are under way, or were at its last sweep; all once an hour', async () => {
  const { editionId, slices } = await plannedFor(t, readersOf(2));
  const app = { ...t.app, queue: { ...t.app.queue, enqueue: async () => {} } };
  const wrong = () =>
    t.app.db.updateTable('editions').set({ planned: 9 }).where('id', '=', editionId).execute();
  const told = () => t.told.filter((line) => line.includes('unbalanced')).length;
  await sweepLedger(app);
  await handOver(t, slices);
  await sweepLedger(app); // under way at the last one
  expect(told()).toBe(0);
  await wrong();
  await sweepLedger(app);
  expect(told()).toBe(0);
  t.setClock('2025-03-14T08:30:00Z');
  await sweepLedger(app);
  expect(told()).toBe(1);
});
