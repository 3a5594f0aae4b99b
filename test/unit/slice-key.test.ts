import { expect, test } from 'vitest';
import { sliceKey } from '../../src/domain/slice-key.ts';

test('a key names installation and slice', () => {
  expect(sliceKey('9f2c', 'daily/2025-03-14/20250314T060000000-0')).toBe(
    'paperboy/9f2c/daily/2025-03-14/20250314T060000000-0',
  );
});

test('however often a slice was split and resolved, its key is its own and not too long for Resend', () => {
  let id = 'daily/2025-03-14/20250314T060000000-0';
  const keys = new Set<string>();
  for (let round = 0; round < 20; round++) {
    for (const part of [1, 2]) keys.add(sliceKey('9f2c', `${id}.${part}`));
    id = `${id}.1.again-17-1741935600000`;
  }
  expect(keys.size).toBe(40);
  expect(Math.max(...[...keys].map(({ length }) => length))).toBeLessThanOrEqual(256);
});
