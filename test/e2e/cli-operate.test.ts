import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { answer, newHome, type Place, paperboy, type Running, start } from '../support/cli.ts';
import { freshDatabase, queryOnce } from '../support/databases.ts';

const EDITION = 'daily/2025-03-14';
const PEOPLE = ['ada@example.org', 'grace@example.org', 'mary@example.org'];
const { home, remove } = newHome();
let place: Place;
let database: Awaited<ReturnType<typeof freshDatabase>>;
let worker: Running;

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'));
  place = { home, env: { DATABASE_URL: database.url } };
  const people = join(home, 'people.jsonl');
  await writeFile(people, PEOPLE.map((email) => JSON.stringify({ email })).join('\n'));
  await answer(['ingest', 'jsonl', 'sample/papers.jsonl'], place);
  await answer(['subscribers', 'import', people], place);
  await answer(['freeze', 'daily', '--date', '2025-03-14'], place);
  worker = start(['run'], place);
  await worker.tells('running');
});

afterAll(async () => {
  await worker.end('SIGTERM');
  await database.drop();
  await remove();
});

const sql = <T>(text: string) => queryOnce(database.url, text) as Promise<T[]>;
const states = async () => {
  const rows = await sql<{ state: string }>(
    'select state from deliveries order by edition_id, subscriber_id',
  );
  return rows.map(({ state }) => state);
};
const letters = () => answer(['jobs', '--dead'], place) as Promise<unknown[]>;

describe('pause, resume, cancel', () => {
  test('nothing leaves while everything is paused; resuming sends it', async () => {
    expect(await answer(['pause', '--why', 'a bad title'], place)).toEqual({
      paused: 'everything',
    });
    await answer(['send', EDITION, '--no-wait'], place);
    await expect.poll(states).toEqual(['open', 'open', 'open']);
    expect((await paperboy(['jobs'], place)).stdout).toMatch(/everything\s+paused.*a bad title/);

    expect(await answer(['resume'], place)).toEqual({ resumed: 'everything', brakes: [] });
    await expect.poll(states).toEqual(['submitted', 'submitted', 'submitted']);
    expect(await answer(['resume'], place)).toEqual({ resumed: null, brakes: [] });
  });

  test('resuming without a word lifts the brake on a provider that halted, too', async () => {
    const halted = `insert into brakes (name, kind, why, since, until)
                    values ('provider', 'halted', 'a bad key', now(), now() + interval '1 day')`;
    await sql(halted);
    expect(await answer(['resume', EDITION], place)).toMatchObject({
      resumed: null,
      brakes: [{ name: 'provider', kind: 'halted' }],
    });
    expect(await answer(['resume'], place)).toEqual({ resumed: 'provider', brakes: [] });
    await sql(halted);
    await answer(['pause'], place);
    const both = { resumed: 'everything, provider', brakes: [] };
    expect(await answer(['resume'], place)).toEqual(both);
    await sql(halted);
    expect(await answer(['resume', 'provider'], place)).toMatchObject({ resumed: 'provider' });
  });

  test('a cancelled edition skips whom nothing was handed over to', async () => {
    await sql(`update deliveries set state = 'open', decided_at = null where subscriber_id = 2`);
    await sql(
      `update slices set state = 'open', in_doubt_since = null, next_try_at = '2099-01-01'`,
    );

    expect(await answer(['cancel', EDITION], place)).toEqual({ cancelled: EDITION, skipped: 1 });
    expect(await states()).toEqual(['submitted', 'skipped', 'submitted']);
  });

  test.for([
    ['pause daily/2025-01-01', 'daily/2025-01-01'],
    ['pause provider', 'pause everything, or an edition'],
    ['cancel daily/2025-01-01', 'daily/2025-01-01'],
    ['retry daily/2025-01-01', 'daily/2025-01-01'],
    ['drop 17', 'no dead letter has the number 17'],
    ['resolve daily/2025-03-14/99 --as dropped', 'there is no delivery daily/2025-03-14/99'],
    ['resolve daily --as dropped', 'expected a delivery such as'],
  ] as const)('%s is refused', async ([args, words]) => {
    const ended = await paperboy(args.split(' '), place);
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain(words);
  });
});

describe('what nobody knows', () => {
  beforeEach(async () => {
    await sql(`update deliveries set state = 'unknown', why = 'no answer'`);
    await sql(`update slices set state = 'held', in_doubt_since = now()`);
  });

  test('is decided one by one', async () => {
    const resolved = await answer(['resolve', `${EDITION}/1`, '--as', 'delivered'], place);
    expect(resolved).toEqual({ deliveries: [`${EDITION}/1`], as: 'delivered', slices: [] });
    expect(await states()).toEqual(['submitted', 'unknown', 'unknown']);
  });

  test('or by edition', async () => {
    const resolved = await answer(['resolve', EDITION, '--as', 'dropped'], place);
    expect(resolved).toMatchObject({ deliveries: [1, 2, 3].map((id) => `${EDITION}/${id}`) });
    expect(await states()).toEqual(['refused', 'refused', 'refused']);
    const { stdout } = await paperboy(['resolve', EDITION, '--as', 'dropped'], place);
    expect(stdout).toContain('has no unknown delivery');
  });
});

describe('what died', () => {
  beforeEach(async () => {
    await sql('delete from dead_letters');
    await sql(`update deliveries set state = 'open', why = null, decided_at = null`);
    await sql(`update slices set state = 'dead', in_doubt_since = null, fingerprint = null`);
    await sql(`insert into dead_letters (job, payload, why, attempts, died_at)
               select 'submit', jsonb_build_object('sliceId', id), 'a bug', 1, now() from slices`);
    await sql(`insert into dead_letters (job, payload, why, attempts, died_at)
               values ('sweep', '{}', 'another', 5, now())`);
  });

  test('is listed, and dropped by edition', async () => {
    expect(await letters()).toMatchObject([{ job: 'sweep' }, { job: 'submit', why: 'a bug' }]);

    expect(await answer(['drop', EDITION], place)).toMatchObject({ jobs: [] });
    expect(await states()).toEqual(['skipped', 'skipped', 'skipped']);
    expect(await letters()).toMatchObject([{ job: 'sweep' }]);
  });

  test('or one by one, by its number', async () => {
    const [sweep, submit] = (await letters()) as { id: number }[];
    expect(await answer(['drop', `${sweep?.id}`], place)).toEqual({
      slices: [],
      jobs: ['sweep {}'],
    });
    expect(await letters()).toMatchObject([{ job: 'submit' }]);
    expect(await answer(['drop', `${submit?.id}`], place)).toMatchObject({ jobs: [] });
    expect(await letters()).toEqual([]);
  });

  test('or asked for again, with the same key: what the outbox has, it takes once', async () => {
    const again = (await answer(['retry', EDITION], place)) as { slices: string[] };
    expect(again.slices).toHaveLength(1);
    await expect.poll(states).not.toContain('open');
    expect(await letters()).toMatchObject([{ job: 'sweep' }]);
    expect(await answer(['retry'], place)).toEqual({ slices: [], jobs: ['sweep {}'] });
    expect(await letters()).toEqual([]);
  });
});
