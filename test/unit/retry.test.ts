import { expect, test } from 'vitest';
import { holdMs, retryAfterMs } from '../../src/sources/retry.ts';

const NOW = new Date('2025-03-14T05:00:00Z');
const HOUR = 3_600_000;

test.each([
  ['7', 7_000],
  [' 120 ', 120_000],
  ['0', 0],
  ['99999999999', 6 * HOUR],
  ['Fri, 14 Mar 2025 05:01:00 GMT', 60_000],
  ['Friday, 14-Mar-25 05:01:00 GMT', 60_000],
  ['Fri Mar 14 05:01:00 2025 GMT', 60_000],
  ['Fri, 14 Mar 2025 04:00:00 GMT', 0],
  ['Sat, 01 Jan 2050 00:00:00 GMT', 6 * HOUR],
  ['-5', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After: %s asks for %s ms', (header, ms) => {
  expect(retryAfterMs(header, NOW)).toBe(ms);
});

test('a host that names no time is left alone for longer with every refusal, up to an hour', () => {
  const holds = [1, 2, 3, 4, 10, 11, 100].map((refusals) => holdMs(refusals, undefined));
  expect(holds).toEqual([5_000, 10_000, 20_000, 40_000, 2_560_000, HOUR, HOUR]);
});

test('a host that names a time is left alone for that', () => {
  expect([holdMs(9, 1_000), holdMs(1, 6 * HOUR), holdMs(2, 0)]).toEqual([1_000, 6 * HOUR, 10_000]);
});
