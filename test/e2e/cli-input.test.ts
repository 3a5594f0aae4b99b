import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { answer, newHome, onlyDocument, type Place, paperboy } from '../support/cli.ts';
import { freshDatabase, queryOnce } from '../support/databases.ts';

const { home, remove } = newHome();
let place: Place;
let database: Awaited<ReturnType<typeof freshDatabase>>;

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'));
  place = { home, env: { DATABASE_URL: database.url } };
});

afterAll(async () => {
  await database.drop();
  await remove();
});

/** Writes an input file. @returns its path. */
async function file(name: string, text: string): Promise<string> {
  const path = join(home, name);
  await writeFile(path, text);
  return path;
}

interface Run {
  seen: number;
  new: number;
  rejected: number;
  rejections: { at: number; why: string }[];
}

const paper = (title: string) =>
  JSON.stringify({ title, abstract: `What ${title} is about.`, listedOn: '2025-03-14' });

const titlesLike = (words: string) =>
  queryOnce(
    database.url,
    `select count(*)::int as n from papers where record->>'title' like '%${words}%'`,
  );

test('three processes that start together on an empty database all find it ready', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => answer(['migrate'], place)));

  expect(answers).toEqual(Array(3).fill({ migrated: true, database: 'PostgreSQL' }));
});

/** Together, on one database: each looks at papers of its own only. */
describe.concurrent('a file that is partly bad gives what is good, and says what was not', () => {
  test('a page with a title that has no abstract', async ({ expect }) => {
    const page = [
      'Papers of page one',
      'An abstract long enough to be one. It ends with a full stop, as abstracts do.',
      'A title that stands alone at the end of the page',
    ];
    const path = await file('page.txt', page.join('\n\n'));
    const run = await answer<Run>(['ingest', 'page', path, '--date', '2025-03-14'], place);

    expect(run).toMatchObject({ source: 'page', seen: 2, new: 1, updated: 0, rejected: 1 });
    expect(run.rejections[0]?.why).toContain('has no abstract below it');
    expect(await titlesLike('of page one')).toEqual([{ n: 1 }]);
  });

  test('a line that is no JSON, one without abstract, and one of 20 MB', async ({ expect }) => {
    const lines = [
      paper('Good line one'),
      '{"title": "cut sho',
      '{"title":"No abstract","listedOn":"2025-03-14"}',
      paper('x'.repeat(20_000_000)),
      paper('Good line five'),
    ];
    const path = await file('papers.jsonl', lines.join('\n'));
    const run = await answer<Run>(['ingest', 'jsonl', path], place);

    expect(run).toMatchObject({ source: 'jsonl', seen: 5, new: 2, rejected: 3 });
    expect(run.rejections.map(({ at }) => at)).toEqual([2, 3, 4]);
    expect(run.rejections.map(({ why }) => why).join('\n')).toMatch(
      /no JSON.*\n.*abstract.*\n.*longer than 1000000 bytes/,
    );
    expect(await titlesLike('Good line')).toEqual([{ n: 2 }]);

    const again = await answer<Run>(['ingest', 'jsonl', path], place);
    expect(again).toMatchObject({ seen: 5, new: 0, rejected: 3 });
  });

  test('three files in one command, of which one is not there', async ({ expect }) => {
    const march = await file('march.jsonl', `${paper('Month of March')}\n{"title": "cut sho`);
    const may = await file('may.jsonl', paper('Month of May'));
    const april = join(home, 'april.jsonl');
    const args = ['ingest', 'jsonl', march, april, may];
    const { code, stdout } = await paperboy([...args, '--json'], place);

    expect(code).toBe(1);
    expect(onlyDocument(stdout)).toEqual({
      runs: [
        expect.objectContaining({ input: march, seen: 2, new: 1, rejected: 1 }),
        expect.objectContaining({ input: may, seen: 1, new: 1, rejected: 0 }),
      ],
      failed: [{ input: april, why: expect.stringContaining('ENOENT') }],
    });
    expect(await titlesLike('Month of')).toEqual([{ n: 2 }]);

    const again = await paperboy(args, place);
    expect(again).toMatchObject({ code: 1 });
    expect(again.stdout).toMatch(/march.* 2 seen: 0 new.*rejected at 2.*may.* 1 seen: 0 new/s);
    expect(again.stdout).toContain(`${april} failed: `);
  });

  test('a list of subscribers with a wrong address and a wrong time zone', async ({ expect }) => {
    const rows = ['email,timeZone,topics', 'new.one@example.org,Europe/Berlin,agents;vision'];
    const path = await file(
      'people.csv',
      [...rows, 'not-an-address,,', 'x@example.org,Mars,'].join('\n'),
    );
    const run = await answer<Run>(['subscribers', 'import', path], place);

    expect(run).toMatchObject({ seen: 3, added: 1, known: 0, rejected: 2 });
    expect(run.rejections.map(({ at }) => at)).toEqual([3, 4]);
    expect(run.rejections[1]?.why).toContain('IANA time zone');

    const known = await answer(['subscribers', 'add', 'New.One@example.org'], place);
    expect(known).toEqual({ added: 0, known: 1 });
    const listed = await paperboy(['subscribers', 'list'], place);
    expect(listed.stdout).toMatch(
      /new\.one@example\.org +active +daily at 07:00 Europe\/Berlin +full +agents, vision/,
    );

    const set = ['subscribers', 'set', 'new.one@example.org'];
    expect(await answer([...set, '--topics', '', '--hour', '6.5'], place)).toMatchObject({
      email: 'new.one@example.org',
      preferences: { topics: [], hour: 6.5, timeZone: 'Europe/Berlin' },
    });
    expect(await paperboy([...set, '--hour', '25'], place)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('at hour'),
    });
    expect(await paperboy(set, place)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nothing to change'),
    });
  });
});

describe.concurrent('a file of which nothing can be read ends with exit code 1 and changes nothing', () => {
  test.for([
    ['an empty page', 'empty.txt', '', ['ingest', 'page'], 'holds no paper'],
    [
      'a page that is only a header',
      'head.txt',
      'new\nSubscribe\n',
      ['ingest', 'page'],
      'holds no paper',
    ],
    ['an empty list of papers', 'empty.jsonl', '', ['ingest', 'jsonl'], 'holds no line'],
    ['a page that is missing', 'gone.txt', undefined, ['ingest', 'page'], 'ENOENT'],
    ['papers that are missing', 'gone.jsonl', undefined, ['ingest', 'jsonl'], 'ENOENT'],
    ['subscribers that are missing', 'gone.csv', undefined, ['subscribers', 'import'], 'ENOENT'],
    [
      'a list without a column of addresses',
      'no.csv',
      'name\nada\n',
      ['subscribers', 'import'],
      '"email"',
    ],
    ['a digest that is no JSON', 'digest.json', '{name', ['digests'], 'is not JSON'],
    [
      'a digest of another shape',
      'shape.json',
      '{"name":"Daily News"}',
      ['digests'],
      'lower-case letters',
    ],
    [
      'a digest whose times are no pattern',
      'pattern.json',
      '{"name":"late","title":"Late","ingestAt":"every day at noon"}',
      ['digests'],
      'expected a cron pattern such as */30 * * * *, but it is "every day at noon"',
    ],
    [
      'a digest in a zone that nobody knows',
      'zone.json',
      '{"name":"late","title":"Late","timeZone":"Mars/Olympus"}',
      ['digests'],
      'expected an IANA time zone such as Europe/Berlin, but it is "Mars/Olympus"',
    ],
    [
      'a digest with a template that is not there',
      'template.json',
      '{"name":"late","title":"Late","template":"nosuch"}',
      ['digests'],
      'digest "late": template "nosuch" cannot be used',
    ],
  ] as const)('%s', async ([, name, text, words, told], { expect }) => {
    const path = text === undefined ? join(home, name) : await file(name, text);
    const { code, stdout, stderr } = await paperboy([...words, path, '--json'], place);

    expect(stderr).toContain(told);
    expect(code).toBe(1);
    expect(onlyDocument(stdout)).toEqual({ error: expect.stringContaining(told) });
    expect(stderr).not.toMatch(/\n +at /); // a message, not a stack
  });

  test('a folder in place of a file', async ({ expect }) => {
    await mkdir(join(home, 'folder'));
    const { code, stderr } = await paperboy(['ingest', 'page', join(home, 'folder')], place);

    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('EISDIR') });
  });

  test('a source that does not answer', async ({ expect }) => {
    const args = ['ingest', 'hf-daily', '--date', '2025-03-13', '--json'];
    const { code, stderr } = await paperboy(args, place);

    expect(code).toBe(1);
    expect(stderr).toContain('127.0.0.1:9');
    expect(
      await queryOnce(
        database.url,
        "select seen, note <> '' as told from ingest_runs where source = 'hf-daily'",
      ),
    ).toEqual([{ seen: 0, told: true }]);
  });
});

test('nothing but the good part of all that is in the ledger', async () => {
  expect(
    await queryOnce(
      database.url,
      `select (select count(*)::int from papers) as papers,
              (select count(*)::int from subscribers) as subscribers,
              (select count(*)::int from digests) as digests`,
    ),
  ).toEqual([{ papers: 5, subscribers: 1, digests: 1 }]);
});
