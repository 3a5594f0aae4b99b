import { expect, test } from 'vitest';
import { turned } from '../../src/dispatch.ts';

const slices = Array.from({ length: 20 }, (_, at) => at);
const on = (day: number) => turned(slices, new Date(Date.UTC(2025, 2, day, 5)));

test('all slices go out on each day, and on the same day in the same order', () => {
  expect([...on(14)].sort((a, b) => a - b)).toEqual(slices);
  expect(on(14)).toEqual(on(14));
  expect(turned([], new Date(0))).toEqual([]);
});

test('when a fifth of them fits into a day, a week leaves nobody out', () => {
  const had = new Set([1, 2, 3, 4, 5, 6, 7, 8].flatMap((day) => on(day).slice(0, 4)));
  expect(had.size).toBe(slices.length);
});
