import { expect, test } from 'vitest';
import { columnFaults } from '../../src/domain/sql-columns.ts';
import { parsePush } from '../../src/sources/push.ts';
import { sqlListings } from '../../src/sources/sql-rows.ts';

const options = { date: '2025-03-14', latest: '2025-03-15' };
const row = (over: object = {}) => ({
  id: '2503.00001',
  title: 'Kettle',
  abstract: 'Tea.',
  ...over,
});
const titles = (body: string) =>
  parsePush(body, options).listings.map(({ record }) => `${record.title} ${record.listedOn}`);

test('an array and lines give the same papers, on the day of the push unless a row says another', () => {
  const rows = [row(), row({ id: '2503.00002', title: 'Robot', listedOn: '2025-03-12' })];
  const expected = ['Kettle 2025-03-14', 'Robot 2025-03-12'];
  expect(titles(JSON.stringify(rows))).toEqual(expected);
  expect(titles(rows.map((one) => JSON.stringify(one)).join('\r\n\n'))).toEqual(expected);
  expect(titles(`\ufeff${JSON.stringify(rows, null, 2)}`)).toEqual(expected);
});

test('each bad row is named, and costs no other', () => {
  const body = [
    JSON.stringify(row()),
    '{"title": ',
    JSON.stringify({ title: 'Only' }),
    JSON.stringify(row({ id: 'x' })),
    JSON.stringify(row({ listedOn: '2025-03-16' })),
    'null',
  ].join('\n');
  const { listings, rejections } = parsePush(body, options);
  expect(listings).toHaveLength(1);
  expect(rejections).toEqual([
    { at: 2, why: 'the row is no JSON' },
    { at: 3, why: 'abstract: is missing' },
    { at: 4, why: expect.stringContaining('id: “x” is neither') },
    { at: 5, why: 'listedOn: 2025-03-16 is in the future' },
    { at: 6, why: expect.stringContaining('expected object') },
  ]);
});

test.each([
  ['', 'holds no paper'],
  ['[]', 'holds no paper'],
  ['[{"title":', 'no JSON array'],
  [JSON.stringify(Array.from({ length: 10_001 }, () => 0)), 'push at most 10000'],
])('a body that is unusable as a whole is refused: %.12s', (body, told) => {
  expect(() => parsePush(body, options)).toThrow(told);
});

test('rows of a table: an id of their own is theirs, lists may be text, moments may lack a zone', () => {
  const { listings, rejections } = sqlListings(
    [
      {
        ...row({ id: 17, doi: '10.1234/K', authors: 'Ada Okafor; Bob Berg', topics: ['tea'] }),
        publishedAt: '2025-03-13T09:00:00.123456',
        listedOn: '2025-03-14T00:00:00',
        upvotes: '3',
        url: null,
      },
      row({ title: null }),
    ],
    '2025-03-20',
  );
  expect(listings).toMatchObject([
    {
      record: {
        doi: '10.1234/k',
        authors: ['Ada Okafor', 'Bob Berg'],
        topics: ['tea'],
        publishedAt: '2025-03-13T09:00:00.123Z',
        listedOn: '2025-03-14',
      },
      signal: { upvotes: 3 },
    },
  ]);
  expect(rejections).toEqual([{ at: 2, why: 'id 2503.00001: title: is missing' }]);
});

test('a mapping of columns lacks nothing and names nothing strange', () => {
  expect(columnFaults({ id: 'a', mark: 'b', title: 'c', abstract: 'd' })).toEqual([]);
  expect(columnFaults({ id: 'a', title: 'c', abstrakt: 'd' })).toEqual([
    expect.stringContaining('no field is named abstrakt'),
    'the field mark needs a column: mark=COLUMN',
    'the field abstract needs a column: abstract=COLUMN',
  ]);
});
