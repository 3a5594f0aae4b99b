import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSubscribers } from '../../src/cli/subscriber-file.ts';
import { Preferences } from '../../src/domain/preferences.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-subscribers-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function read(ending: 'csv' | 'jsonl', ...lines: string[]) {
  const path = join(folder, `${files++}.${ending}`);
  await writeFile(path, `${lines.join('\n')}\n`);
  return readSubscribers(path);
}
const csv = (...lines: string[]) => read('csv', ...lines);
const jsonl = (...rows: unknown[]) =>
  read('jsonl', ...rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))));
const defaults = Preferences.parse({});

describe('CSV', () => {
  test('has a column for each preference, lists with semicolons, and empty cells for the default', async () => {
    const { newcomers, rejections } = await csv(
      'email,timeZone,hour,cadence,weekday,layout,topics,exclude,papersMax,pausedUntil',
      'ada@example.org,Europe/Berlin,6,weekly,5,compact,diffusion models; agents,crypto,12,2025-04-01',
      'bob@example.org,,,,,,,,,',
    );
    expect(rejections).toEqual([]);
    expect(newcomers).toEqual([
      {
        email: 'ada@example.org',
        preferences: {
          ...defaults,
          timeZone: 'Europe/Berlin',
          hour: 6,
          cadence: 'weekly',
          weekday: 5,
          layout: 'compact',
          topics: ['diffusion models', 'agents'],
          exclude: ['crypto'],
          papersMax: 12,
          pausedUntil: '2025-04-01',
        },
      },
      { email: 'bob@example.org', preferences: defaults },
    ]);
  });

  test('may come from a spreadsheet: a byte order mark, CRLF, quotes, blank lines, spaces', async () => {
    const { newcomers, rejections } = await csv(
      '\uFEFFemail,topics\r',
      '" ada@example.org ","cats, dogs;birds"\r',
      '\r',
      'bob@example.org , \r',
    );
    expect(rejections).toEqual([]);
    expect(newcomers.map(({ email, preferences }) => [email, preferences.topics])).toEqual([
      ['ada@example.org', ['cats, dogs', 'birds']],
      ['bob@example.org', []],
    ]);
  });

  test('a wrong row is rejected with its line and the name of the field, the others are kept', async () => {
    const { newcomers, rejections } = await csv(
      'email,timeZone,hour',
      'ada@example.org,UTC,7',
      'not an address,UTC,7',
      'bob@example.org,Mars/Olympus,7',
      'cleo@example.org,UTC,25',
      'dora@example.org,UTC,seven',
      ',UTC,7',
      'eve@example.org,UTC',
    );
    expect(newcomers.map(({ email }) => email)).toEqual(['ada@example.org', 'eve@example.org']);
    expect(rejections.map(({ at }) => at)).toEqual([3, 4, 5, 6, 7]);
    const fields = ['email', 'timeZone', 'hour', 'hour', 'email'];
    rejections.forEach(({ why }, index) => {
      expect(why).toContain(fields[index]);
    });
  });

  test('an address list or a header line in an address is no address', async () => {
    const { newcomers, rejections } = await csv(
      'email',
      '"ada@example.org,bob@example.org"',
      'Ada <ada@example.org>',
      '"ada@example.org\nBcc: eve@example.org"',
    );
    expect([newcomers, rejections.length]).toEqual([[], 3]);
  });

  test('a column that nobody knows is named, so that a typing error is not a default', async () => {
    const { newcomers, rejections } = await csv('email,timezone', 'ada@example.org,Asia/Tokyo');
    expect(newcomers).toEqual([]);
    expect(rejections).toEqual([{ at: 2, why: expect.stringContaining('timezone') }]);
  });

  test('a stray quote costs its row, not the file', async () => {
    const { newcomers, rejections } = await csv(
      'email,topics',
      'ada@example.org,tea',
      'bob@example.org,the "best" tea',
      'cleo@example.org,milk',
    );
    const kept = newcomers.map(({ email }) => email);
    expect(kept).toContain('ada@example.org');
    expect(kept).toContain('cleo@example.org');
    expect(kept.length + rejections.length).toBe(3);
  });

  test('without an email column, or without any line, it is no list of subscribers', async () => {
    await expect(csv('name,hour', 'ada,7')).rejects.toThrow(/first line.*"email"/);
    await expect(csv('ada@example.org', 'bob@example.org')).rejects.toThrow(/first line.*"email"/);
    await expect(csv('ada@example.org')).rejects.toThrow(/first line.*"email"/);
  });
});

describe('JSONL', () => {
  test('has one subscriber a line, with the preferences as they are stored', async () => {
    const { newcomers, rejections } = await jsonl(
      { email: 'ada@example.org', topics: ['tea'], hour: 0 },
      '',
      { email: ' bob@example.org ' },
    );
    expect(rejections).toEqual([]);
    expect(newcomers).toEqual([
      { email: 'ada@example.org', preferences: { ...defaults, topics: ['tea'], hour: 0 } },
      { email: 'bob@example.org', preferences: defaults },
    ]);
  });

  test('a wrong line is rejected with its number, the others are kept', async () => {
    const { newcomers, rejections } = await jsonl(
      { email: 'ada@example.org' },
      '{"email": "bob@exa',
      '[]',
      'null',
      '"cleo@example.org"',
      { email: 'dora@example.org', hour: '7' },
      { email: 'eve@example.org', digests: [] },
      { email: 'fay@example.org', topics: ['x'.repeat(81)] },
      { email: 'gus@example.org', state: 'active' },
      { email: 'hal@example.org' },
    );
    expect(newcomers.map(({ email }) => email)).toEqual(['ada@example.org', 'hal@example.org']);
    expect(rejections.map(({ at }) => at)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(rejections[0]?.why).toMatch(/no JSON/);
    expect(rejections[4]?.why).toContain('hour');
    expect(rejections[7]?.why).toContain('state');
  });
});

test('a file that is not there is told with its name', async () => {
  await expect(readSubscribers(join(folder, 'nowhere.csv'))).rejects.toThrow(
    /nowhere\.csv.*ENOENT/,
  );
});
