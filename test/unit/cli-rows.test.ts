import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type RowsReport, reportRows } from '../../src/cli/rows.ts';

let printed: string;
beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

async function* numbers(count: number) {
  for (let n = 1; n <= count; n++) yield n;
}
const list: RowsReport<number> = {
  json: (n) => ({ n }),
  head: ['number'],
  text: (n) => [`row ${n}`],
};
const counted: RowsReport<number> = {
  ...list,
  around: { key: 'rows', before: { of: 'numbers' }, after: () => ({ count: 1 }) },
  last: () => 'that is all',
};

describe.each([0, 1, 500, 501, 1_200])('%i rows', (count) => {
  const rows = Array.from({ length: count }, (_, at) => ({ n: at + 1 }));

  test('are one JSON document on one line', async () => {
    await reportRows({ json: true }, numbers(count), list);
    expect(JSON.parse(printed)).toEqual(rows);
    expect(printed.trimEnd().split('\n')).toHaveLength(1);
    printed = '';
    await reportRows({ json: true }, numbers(count), counted);
    expect(JSON.parse(printed)).toEqual({ of: 'numbers', rows, count: 1 });
  });

  test('are a table with one head, each row in it once', async () => {
    await reportRows({}, numbers(count), counted);
    const lines = printed.trimEnd().split('\n');
    expect(lines.filter((line) => line.includes('number'))).toHaveLength(1);
    expect(lines.filter((line) => line.trim().startsWith('row '))).toHaveLength(count);
    expect(lines.at(-1)).toBe('that is all');
  });
});
