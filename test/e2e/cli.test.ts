import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { answer, emailsIn, newHome, onlyDocument, type Place, paperboy } from '../support/cli.ts';
import { freshDatabase, queryOnce } from '../support/databases.ts';

const EDITION = 'daily/2025-03-14';
const { home, remove } = newHome();
let place: Place;
let database: Awaited<ReturnType<typeof freshDatabase>>;

/** Four people: a reader, one of text alone, one whose day is Monday, one who is paused. */
const PEOPLE = [
  { email: 'ada@example.org', topics: ['diffusion models'] },
  { email: 'text@example.org', layout: 'text' },
  { email: 'monday@example.org', cadence: 'weekly', weekday: 1 },
  { email: 'paused@example.org', pausedUntil: '2099-01-01' },
];

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'));
  place = { home, env: { DATABASE_URL: database.url } };
  const people = join(home, 'people.jsonl');
  await writeFile(people, PEOPLE.map((one) => JSON.stringify(one)).join('\n'));
  await answer(['ingest', 'jsonl', 'sample/papers.jsonl'], place);
  await answer(['subscribers', 'import', people], place);
});

afterAll(async () => {
  await database.drop();
  await remove();
});

const ledger = () =>
  queryOnce(
    database.url,
    `select (select count(*)::int from editions) as editions,
            (select count(*)::int from sends) as sends,
            (select count(*)::int from slices) as slices,
            (select count(*)::int from deliveries) as deliveries,
            (select count(*)::int from delivered_papers) as delivered`,
  );

const ONE_EDITION = { editions: 1, sends: 0, slices: 0, deliveries: 0, delivered: 0 };

describe('freeze', () => {
  test('freezes an edition once', async () => {
    const args = ['freeze', 'daily', '--date', '2025-03-14'];
    const frozen = { edition: EDITION, papers: 101, new: 101, lacking: [] };

    expect(await answer(args, place)).toEqual({ ...frozen, frozen: true });
    expect(await answer(args, place)).toEqual({ ...frozen, frozen: false });
    expect(await ledger()).toEqual([ONE_EDITION]);
  });
});

/** Nothing here writes, so they run together. */
describe.concurrent('a name that nobody has, or a day without papers, ends with exit code 1', () => {
  test.for([
    ['freeze weekly --date 2025-03-14', 'no digest is named "weekly"; there is daily'],
    ['freeze daily --date 2024-01-01', 'no paper is listed in the 7 days up to 2024-01-01'],
    ['send daily/1999-01-01', EDITION],
    ['deliveries --edition daily/1999-01-01', EDITION],
    ['preview daily/1999-01-01 --subscriber ada@example.org', EDITION],
    [
      `preview ${EDITION} --subscriber nobody@example.org`,
      'no subscriber has the address nobody@example.org',
    ],
    [`send ${EDITION} --to nobody@example.org`, 'no subscriber has the address nobody@example.org'],
  ] as const)('paperboy %s', async ([words, told], { expect }) => {
    const { code, stdout, stderr } = await paperboy(words.split(' '), place);

    expect(stderr).toContain(told);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await ledger()).toEqual([ONE_EDITION]);
  });
});

describe.concurrent('what an operator looks at', () => {
  test('send --dry-run tells who would get what, and who would not and why', async ({ expect }) => {
    const dry = await answer<Dry>(['send', EDITION, '--dry-run'], place);

    expect(dry).toMatchObject({ edition: EDITION, dryRun: true, would: 2, wouldNot: 2 });
    expect(dry.subscribers.map(({ email, why, papers }) => [email, why, papers.length])).toEqual([
      ['ada@example.org', null, 10],
      ['text@example.org', null, 10],
      ['monday@example.org', "weekly: this edition's day is not one of theirs", 0],
      ['paused@example.org', 'paused until 2099-01-01', 0],
    ]);
    const { stdout } = await paperboy(['send', EDITION, '--dry-run'], place);
    expect(stdout).toMatch(/paused@example\.org +paused until 2099-01-01/);
    expect(stdout).toContain(`2 would get ${EDITION}, 2 would not. Nothing was sent.`);
    expect(await ledger()).toEqual([ONE_EDITION]);
    expect(await emailsIn(join(home, 'outbox', EDITION))).toEqual([]);
  });

  test('preview shows the email of one subscriber, whole or one part', async ({ expect }) => {
    const args = ['preview', EDITION, '--subscriber', 'ada@example.org'];
    const [email, whole, html, text] = await Promise.all([
      answer<Record<string, string>>(args, place),
      paperboy(args, place),
      paperboy([...args, '--html'], place),
      paperboy([...args, '--text'], place),
    ]);

    expect(email).toMatchObject({ frozen: false, to: 'ada@example.org' });
    expect(email).toHaveProperty('headers.List-Unsubscribe-Post', 'List-Unsubscribe=One-Click');
    expect(whole.stdout).toContain(`Subject: ${email.subject}\n`);
    expect(html.stdout).toMatch(/^<!doctype html>.*<\/html>\s*$/is);
    expect(text.stdout).not.toContain('</');
    expect(await ledger()).toEqual([ONE_EDITION]);
  });

  test('preview --html of somebody who reads text only says so', async ({ expect }) => {
    const args = ['preview', EDITION, '--subscriber', 'text@example.org', '--html'];
    const { code, stderr } = await paperboy(args, place);

    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('text only') });
  });

  test('jobs, dead letters, digests and deliveries, each as one document', async ({ expect }) => {
    const env = { ...place.env, PAPERBOY_LOG_LEVEL: 'debug' };
    const [jobs, dead, digests, deliveries] = await Promise.all(
      ['jobs', 'jobs --dead', 'digests', 'deliveries'].map((words) =>
        answer(words.split(' '), { home, env }),
      ),
    );

    expect(jobs).toMatchObject({
      timetable: expect.arrayContaining([expect.objectContaining({ name: 'freeze daily' })]),
      queues: { submit: { waiting: 0 } },
    });
    expect(dead).toEqual([]);
    expect(digests).toEqual([expect.objectContaining({ name: 'daily', freezeAt: '05:00' })]);
    expect(deliveries).toMatchObject({
      editions: [{ editionId: EDITION, planned: 0, faults: [] }],
    });
  });
});

describe('when Redis is away', () => {
  test('what needs the queue says so, and what is in the ledger is shown', async () => {
    const env = { ...place.env, REDIS_URL: 'redis://:hunter2@127.0.0.1:9' };
    const [jobs, deliveries] = await Promise.all([
      paperboy(['jobs'], { home, env }),
      answer(['deliveries', '--edition', EDITION], { home, env }),
    ]);

    expect(jobs).toMatchObject({ code: 1, stdout: '' });
    expect(jobs.stderr).toContain('the queue does not answer');
    expect(jobs.stderr).not.toContain('hunter2');
    expect(deliveries).toMatchObject({ editions: [{ planned: 0 }] });
  });
});

describe('send', () => {
  test('--at asks for a later time and leaves the work to `paperboy run`', async () => {
    const sent = await answer(['send', EDITION, '--at', '2099-01-01T07:00+01:00'], place);

    expect(sent).toMatchObject({ edition: EDITION, asked: true, at: '2099-01-01T06:00:00.000Z' });
    expect(await ledger()).toEqual([{ ...ONE_EDITION, sends: 1 }]);
    expect(await queryOnce(database.url, 'select dispatched_at from sends')).toEqual([
      { dispatched_at: null },
    ]);
  });

  test('leaves the work to the workers where there may be some', async () => {
    const { code, stdout, stderr } = await paperboy(['send', EDITION, '--json'], {
      home,
      env: { ...place.env, PAPERBOY_LOG_LEVEL: 'debug' },
    });

    expect(code, stderr).toBe(0);
    expect(onlyDocument(stdout)).toMatchObject({ edition: EDITION, asked: true });
    expect(await ledger()).toEqual([{ ...ONE_EDITION, sends: 2 }]);
  });
});

interface Dry {
  subscribers: { email: string; why: string | null; papers: unknown[] }[];
}
