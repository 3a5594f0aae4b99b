import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { countMails, reserve } from '../../src/store/rates.ts';
import { openTestApp, type TestApp } from '../support/app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(() => t.empty());

test('slots of a rate are spaced so that no second holds more than it allows', async () => {
  const startedAt = performance.now();
  const leaves: number[] = [];
  await Promise.all(
    Array.from({ length: 40 }, async () => {
      const waitMs = await reserve(t.app.db, 'requests', 10);
      leaves.push(performance.now() - startedAt + waitMs);
    }),
  );
  leaves.sort((a, b) => a - b);
  // A tenth of a second apart and a little more; what the answer takes only makes it later.
  for (const [place, leave] of leaves.entries()) expect(leave).toBeGreaterThan(place * 110 - 2);
});

test('an unused rate does not save up: after a rest the next one leaves at once, but only one', async () => {
  await reserve(t.app.db, 'requests', 5);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await reserve(t.app.db, 'requests', 5)).toBe(0);
  expect(await reserve(t.app.db, 'requests', 5)).toBeGreaterThan(0);
});

test('several tokens take the room of several', async () => {
  await reserve(t.app.db, 'mails to example.org', 10, 20);
  const next = await reserve(t.app.db, 'mails to example.org', 10);
  expect(next).toBeGreaterThan(1_000);
});

test('rates do not hold each other back', async () => {
  await reserve(t.app.db, 'a', 1);
  expect(await reserve(t.app.db, 'b', 1)).toBe(0);
});

test('the ramp allows so many mails on each day of sending, the last number from then on', async () => {
  const ramp = [150, 250];
  const count = (day: string, mails: number) => countMails(t.app.db, day, mails, ramp);
  expect(await count('2025-03-10', 100)).toBe(true);
  expect(await count('2025-03-10', 51)).toBe(false);
  expect(await count('2025-03-10', 50)).toBe(true);
  expect(await count('2025-03-11', 250)).toBe(true);
  expect(await count('2025-03-11', 1)).toBe(false);
  expect(await count('2025-03-14', 250)).toBe(true);
  expect(await count('2025-03-14', 1)).toBe(false);
});
