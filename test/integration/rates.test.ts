import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { countMails, lockDay, mailsLeft, reserve } from '../../src/store/rates.ts';
import { openTestApp, type TestApp } from '../support/app.ts';

const SECOND = 1_000;
let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(() => t.empty());

/** One slot of a rate: how long until it comes. */
async function take(name: string, perSecond: number, tokens = 1): Promise<number> {
  const { waitMs } = await reserve(t.app.db, [{ name, perSecond, tokens }], 60 * SECOND);
  return waitMs;
}

test('slots of a rate are spaced so that no second holds more than it allows', async () => {
  const startedAt = performance.now();
  const leaves: number[] = [];
  await Promise.all(
    Array.from({ length: 30 }, async () => {
      for (;;) {
        const slot = await reserve(
          t.app.db,
          [{ name: 'requests', perSecond: 10, tokens: 1 }],
          SECOND,
        );
        if (slot.kind === 'slot') return leaves.push(performance.now() - startedAt + slot.waitMs);
        await sleep(slot.waitMs);
      }
    }),
  );
  leaves.sort((a, b) => a - b);
  // A tenth of a second apart and a little more; what the answer takes only makes it later.
  for (const [place, leave] of leaves.entries()) expect(leave).toBeGreaterThan(place * 115 - 2);
});

test('nobody waits longer than a second for a slot that is his: he is told to come again', async () => {
  expect(await take('requests', 0.5)).toBe(0);
  const slot = await reserve(t.app.db, [{ name: 'requests', perSecond: 0.5, tokens: 1 }], SECOND);
  expect(slot.kind).toBe('full');
  expect(slot.waitMs).toBeGreaterThan(900);
  expect(slot.waitMs).toBeLessThan(1_300);
});

test('of several rates all give a slot or none', async () => {
  await take('mails to a.example', 1, 10);
  const rates = ['a', 'b'].map((name) => ({
    name: `mails to ${name}.example`,
    perSecond: 1,
    tokens: 10,
  }));
  expect((await reserve(t.app.db, rates, SECOND)).kind).toBe('full');
  expect(await take('mails to b.example', 1)).toBe(0);
});

test('an unused rate does not save up: after a rest the next one leaves at once, but only one', async () => {
  await take('requests', 5);
  await sleep(1_500);
  expect(await take('requests', 5)).toBe(0);
  expect(await take('requests', 5)).toBeGreaterThan(0);
});

test('several tokens take the room of several', async () => {
  await take('mails to example.org', 10, 20);
  const next = await take('mails to example.org', 10);
  expect(next).toBeGreaterThan(1_000);
});

test('rates do not hold each other back', async () => {
  await take('a', 1);
  expect(await take('b', 1)).toBe(0);
});

test('the ramp allows so many mails on each day of sending, the last number from then on', async () => {
  const ramp = [150, 250];
  const count = (day: string, mails: number) =>
    t.app.db.transaction().execute(async (tx) => {
      await lockDay(tx, { day, ramp });
      return countMails(tx, { day, ramp }, mails);
    });
  expect(await count('2025-03-10', 100)).toBe(true);
  expect(await count('2025-03-10', 51)).toBe(false);
  expect(await count('2025-03-10', 50)).toBe(true);
  expect(await mailsLeft(t.app.db, { day: '2025-03-10', ramp })).toBe(0);
  expect(await mailsLeft(t.app.db, { day: '2025-03-11', ramp })).toBe(250);
  expect(await count('2025-03-11', 250)).toBe(true);
  expect(await count('2025-03-11', 1)).toBe(false);
  expect(await count('2025-03-14', 250)).toBe(true);
  expect(await count('2025-03-14', 1)).toBe(false);
});
