import { DateTime } from 'luxon';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dispatchDigest } from '../../src/dispatch.ts';
import { freezeEdition } from '../../src/freeze.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { deliveries, freshDigest, listPapers } from '../support/morning.ts';
import { handOver } from '../support/readers.ts';

const ZONES = ['America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Kolkata'];
const HALF_HOUR_MS = 1_800_000;
/** From the morning before, which is first on Lord Howe Island, to the morning after, which is last in New York. */
const LOOKED_AT_MS = 84 * 3_600_000;

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());

/** The day on which one of these zones changes its clocks, both ways. */
test.each([
  ['New York springs forward', '2025-03-09'],
  ['London springs forward', '2025-03-30'],
  ['Lord Howe falls back by half an hour', '2025-04-06'],
  ['Lord Howe springs forward by half an hour', '2025-10-05'],
  ['London falls back', '2025-10-26'],
  ['New York falls back', '2025-11-02'],
])(
  '%s: everybody at 02:30 gets one digest on each day around it',
  { timeout: 240_000 },
  async (_, change) => {
    const digest = await freshDigest(t);
    const start = DateTime.fromISO(change, { zone: 'utc' }).minus({ days: 2 });
    t.setClock(start.toJSDate());
    for (const timeZone of ZONES) {
      const email = `${timeZone.split('/')[1]}@example.org`;
      await t.subscribe(email, { digests: [digest], timeZone, hour: 2.5, cadence: 'daily' });
    }
    const editions: string[] = [];
    for (let ms = 0; ms < LOOKED_AT_MS; ms += HALF_HOUR_MS) {
      const now = start.plus({ milliseconds: ms });
      t.setClock(now.toJSDate());
      if (now.hour === 5 && now.minute === 0) {
        const date = now.toFormat('yyyy-MM-dd');
        await listPapers(t, [`Kettles of ${date}`], { date });
        await freezeEdition(t.app, digest, date);
        editions.push(`${digest}/${date}`);
      }
      const slices = await dispatchDigest(t.app, digest);
      if (slices.length > 0) await handOver(t, slices);
    }
    const rows = (await Promise.all(editions.map((edition) => deliveries(t, edition)))).flat();
    expect(rows.map(({ state }) => state).filter((state) => state !== 'submitted')).toEqual([]);
    const days = [-1, 0, 1].map((n) =>
      DateTime.fromISO(change, { zone: 'utc' }).plus({ days: n }).toFormat('yyyy-MM-dd'),
    );
    for (const timeZone of ZONES) {
      const own = rows.filter((row) => row.timeZone === timeZone);
      const mornings = own.map(({ dueAt }) => DateTime.fromJSDate(dueAt, { zone: timeZone }));
      const perDay = days.map((day) => mornings.filter((at) => at.toISODate() === day).length);
      expect([timeZone, perDay]).toEqual([timeZone, [1, 1, 1]]);
      // Half past two, or the next time that there is.
      for (const at of mornings)
        expect(['02:30', '03:30', '03:00']).toContain(at.toFormat('HH:mm'));
    }
  },
);
