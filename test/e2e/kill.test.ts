import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, inject, type TestContext, test } from 'vitest';
import {
  answer,
  emailsIn,
  newHome,
  type Place,
  paperboy,
  type Running,
  start,
  until,
} from '../support/cli.ts';
import { freshDatabase, queryOnce } from '../support/databases.ts';
import { startRedis } from '../support/services.ts';

const SUBSCRIBERS = 2_000;
const EDITION = 'daily/2025-03-14';
/** A killed worker leaves leases and locks behind, and nobody may hurry them. */
const TIMEOUT_MS = 600_000;
const SETTLE_MS = 3_000;

/** They run at the same time: most of it is waiting for leases of the dead. */
describe.concurrent('an edition for 2,000 subscribers, and `paperboy run` dies in its middle', () => {
  test('on the embedded default every delivery is made once', { timeout: TIMEOUT_MS }, async (context) => {
    const place = embedded(context);
    const dir = join(place.home, 'outbox', EDITION);
    await askedFor(place, 'readers.jsonl');
    const killed = running(context, place);
    await until(async () => (await emailsIn(dir)).length > 0);
    await killed.end('SIGKILL');
    expect((await emailsIn(dir)).length).toBeLessThan(SUBSCRIBERS);
    expect((await balance(place)).open).toBeGreaterThan(0);

    do {
      const run = running(context, place);
      await until(async () => (await emailsIn(dir)).length === SUBSCRIBERS);
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS)); // the ledger comes after the file
      expect(await run.end('SIGTERM')).toMatchObject({ code: 0 });
    } while ((await balance(place)).open > 0);

    expect(await balance(place)).toEqual(THROUGH);
    await expectOneEmailEach(dir);
  });

  test('on PostgreSQL and Redis too, with two of them, three kills and a lost Redis', { timeout: TIMEOUT_MS }, async (context) => {
    const redis = await startRedis();
    context.onTestFinished(() => redis.close());
    const { url, ...place } = await onServer(context, { REDIS_URL: redis.url });
    const dir = join(place.home, 'outbox', EDITION);
    await askedFor(place, 'readers.csv');
    const survivor = running(context, place);
    for (const kill of [1, 2, 3]) {
      const before = (await emailsIn(dir)).length;
      const victim = running(context, place);
      await victim.tells('"running"');
      await until(async () => (await emailsIn(dir)).length > before);
      await victim.end('SIGKILL');
      if (kill === 1) await flush(redis.url);
    }
    expect((await emailsIn(dir)).length).toBeLessThan(SUBSCRIBERS);
    const last = running(context, place);

    await until(async () => (await balance(place)).submitted === SUBSCRIBERS);
    expect(await survivor.end('SIGTERM')).toMatchObject({ code: 0 });
    expect(await last.end('SIGTERM')).toMatchObject({ code: 0 });

    expect(await balance(place)).toEqual(THROUGH);
    expect(
      await queryOnce(
        url,
        `select state, count(*)::int as n, count(distinct provider_id)::int as ids
           from deliveries group by state`,
      ),
    ).toEqual([{ state: 'submitted', n: SUBSCRIBERS, ids: SUBSCRIBERS }]);
    await expectOneEmailEach(dir);
  });

  test('SIGTERM lets it finish what it has in hand and leaves no lease', { timeout: TIMEOUT_MS }, async (context) => {
    const { url, ...place } = await onServer(context, {});
    const dir = join(place.home, 'outbox', EDITION);
    await askedFor(place, 'readers.csv');
    const run = running(context, place);
    await until(async () => (await emailsIn(dir)).length > 0);
    const { code, stdout, stderr } = await run.end('SIGTERM');

    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: '' });
    const slices = "select count(*)::int as n from slices where state";
    expect(await queryOnce(url, `${slices} = 'submitting'`)).toEqual([{ n: 0 }]);
    expect(await queryOnce(url, `${slices} = 'open'`)).not.toEqual([{ n: 0 }]);
    const { submitted, open: waiting } = await balance(place);
    expect(submitted + waiting).toBe(SUBSCRIBERS);
    expect(await emailsIn(dir)).toHaveLength(submitted);
  });
});

const THROUGH = {
  editionId: EDITION,
  planned: SUBSCRIBERS,
  submitted: SUBSCRIBERS,
  skipped: 0,
  suppressed: 0,
  refused: 0,
  unknown: 0,
  open: 0,
  faults: [],
};

function embedded({ onTestFinished }: TestContext, env: Record<string, string> = {}): Place {
  const { home, remove } = newHome();
  onTestFinished(remove);
  return { home, env };
}

async function onServer(context: TestContext, env: Record<string, string>) {
  const { url, drop } = await freshDatabase(inject('databaseUrl'));
  context.onTestFinished(drop);
  return { url, ...embedded(context, { DATABASE_URL: url, ...env }) };
}

function running({ onTestFinished }: TestContext, place: Place): Running {
  const run = start(['run'], place);
  onTestFinished(async () => void (await run.end('SIGKILL')));
  return run;
}

/** Papers, subscribers of every layout from a file, a frozen edition, and the wish to send it. */
async function askedFor(place: Place, name: string): Promise<void> {
  const file = join(place.home, name);
  await writeFile(file, name.endsWith('.csv') ? csv() : jsonl());
  await answer(['ingest', 'jsonl', 'sample/papers.jsonl'], place);
  expect(await answer(['subscribers', 'import', file], place)).toMatchObject({
    added: SUBSCRIBERS,
    rejected: 0,
  });
  await answer(['freeze', 'daily', '--date', '2025-03-14'], place);
  expect(await answer(['send', EDITION, '--no-wait'], place)).toMatchObject({ asked: true });
}

const LAYOUTS = ['full', 'compact', 'text'];
const ZONES = ['UTC', 'Asia/Tokyo', 'America/New_York', 'Europe/Berlin', 'Pacific/Auckland'];
const TOPICS = [[], ['diffusion models'], ['language models', 'robustness']];

function readers() {
  return Array.from({ length: SUBSCRIBERS }, (_, at) => ({
    email: `reader${at + 1}@example.org`,
    layout: LAYOUTS[at % LAYOUTS.length],
    timeZone: ZONES[at % ZONES.length],
    topics: TOPICS[at % TOPICS.length] ?? [],
  }));
}

function jsonl(): string {
  return readers()
    .map((reader) => `${JSON.stringify(reader)}\n`)
    .join('');
}

function csv(): string {
  const rows = readers().map(({ email, layout, timeZone, topics }) =>
    [email, layout, timeZone, topics.join(';')].join(','),
  );
  return ['email,layout,timeZone,topics', ...rows, ''].join('\r\n');
}

/** What the ledger says of the edition. */
async function balance(place: Place): Promise<typeof THROUGH> {
  const { editions } = await answer<{ editions: [typeof THROUGH] }>(
    ['deliveries', '--edition', EDITION, '--limit', '1'],
    place,
  );
  return editions[0];
}

async function flush(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.flushall();
  redis.disconnect();
}

/** As many files as subscribers, and each of them to somebody else. */
async function expectOneEmailEach(dir: string): Promise<void> {
  const names = await emailsIn(dir);
  const people = new Set<string | undefined>();
  for (const name of names) people.add(/^To: (.*)$/m.exec(await head(join(dir, name)))?.[1]);
  expect(names).toHaveLength(SUBSCRIBERS);
  expect(people.size).toBe(SUBSCRIBERS);
}

const HEAD_BYTES = 4_096;

async function head(path: string): Promise<string> {
  const file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  await file.close();
  return buffer.toString('latin1');
}
