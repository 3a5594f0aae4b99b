import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { describe, expect, inject, type TestContext, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import {
  answer,
  emailsIn,
  newHome,
  type Place,
  type Running,
  start,
  until,
} from '../support/cli.ts';
import { freshDatabase } from '../support/databases.ts';
import { startRedis } from '../support/services.ts';

const SUBSCRIBERS = 2_000;
const EDITION = 'daily/2025-03-14';
/** The dead leave leases and locks behind, and nobody may hurry those. */
const timeout = 600_000;
const SETTLE_MS = 3_000;
/** What `paperboy run` logs once it works. */
const RUNNING = '"running"';

/** At the same time: much of it is waiting. */
describe.concurrent('an edition for 2,000 subscribers whose `paperboy run` ends in its middle', () => {
  test('goes out once to everybody on the embedded default', { timeout }, async (context) => {
    const place = embedded(context);
    const dir = await askedFor(place, 'readers.jsonl');
    await expectSigtermToDrain(context, place, dir);
    const killed = running(context, place);
    await untilMore(dir);
    await killed.end('SIGKILL');
    expect((await emailsIn(dir)).length).toBeLessThan(SUBSCRIBERS);

    do {
      const run = running(context, place);
      await run.tells(RUNNING);
      await until(async () => (await emailsIn(dir)).length === SUBSCRIBERS);
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS)); // the ledger follows the file
      expect(await run.end('SIGTERM')).toMatchObject({ code: 0 });
    } while ((await ledger(place)).open > 0);

    await expectEachOnce(place, dir);
  });

  test('goes out once to everybody with two workers, three kills and a lost Redis', {
    timeout,
  }, async (context) => {
    const redis = await startRedis();
    context.onTestFinished(() => redis.close());
    const database = await freshDatabase(inject('databaseUrl'));
    context.onTestFinished(database.drop);
    const place = embedded(context, { DATABASE_URL: database.url, REDIS_URL: redis.url });
    const dir = await askedFor(place, 'readers.csv');
    await expectSigtermToDrain(context, place, dir);
    const survivor = running(context, place);
    for (const kill of [1, 2, 3]) {
      const victim = running(context, place);
      await victim.tells(RUNNING);
      await untilMore(dir);
      await victim.end('SIGKILL');
      if (kill > 1) continue;
      expect((await emailsIn(dir)).length).toBeLessThan(SUBSCRIBERS);
      await flush(redis.url);
    }
    const last = running(context, place);

    // Whoever is asked to stop before it began has nothing to drain, and ends by the signal.
    for (const run of [survivor, last]) await run.tells(RUNNING);
    await until(async () => (await ledger(place)).open === 0);
    expect(await survivor.end('SIGTERM')).toMatchObject({ code: 0 });
    expect(await last.end('SIGTERM')).toMatchObject({ code: 0 });
    await expectEachOnce(place, dir);
  });
});

function embedded({ onTestFinished }: TestContext, env: Record<string, string> = {}): Place {
  const { home, remove } = newHome();
  onTestFinished(remove);
  return { home, env };
}

function running({ onTestFinished }: TestContext, place: Place): Running {
  const run = start(['run'], place);
  onTestFinished(async () => void (await run.end('SIGKILL')));
  return run;
}

/**
 * Papers, subscribers of every layout from a file, a frozen edition, and the wish to send it.
 * @returns where its emails will lie.
 */
async function askedFor(place: Place, name: string): Promise<string> {
  const file = join(place.home, name);
  await writeFile(file, name.endsWith('.csv') ? csv() : jsonl());
  await answer(['ingest', 'jsonl', 'sample/papers.jsonl'], place);
  expect(await answer(['subscribers', 'import', file], place)).toMatchObject({
    added: SUBSCRIBERS,
    rejected: 0,
  });
  await answer(['freeze', 'daily', '--date', '2025-03-14'], place);
  expect(await answer(['send', EDITION, '--no-wait'], place)).toMatchObject({ asked: true });
  return join(place.home, 'outbox', EDITION);
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

/** Works a while, is asked to stop, and must leave everything either done or untouched. */
async function expectSigtermToDrain(context: TestContext, place: Place, dir: string) {
  const run = running(context, place);
  await untilMore(dir);
  const { code, stdout, stderr } = await run.end('SIGTERM');
  expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: '' });
  const { leased, open: waiting, submitted } = await ledger(place);
  expect({ leased, planned: waiting + submitted }).toEqual({ leased: 0, planned: SUBSCRIBERS });
  expect(waiting).toBeGreaterThan(0);
  expect(await emailsIn(dir)).toHaveLength(submitted);
}

/** Until somebody gets on with it, or nothing is left to do. */
async function untilMore(dir: string): Promise<void> {
  const before = (await emailsIn(dir)).length;
  await until(async () => {
    const emails = (await emailsIn(dir)).length;
    return emails > before || emails === SUBSCRIBERS;
  });
}

/** Counted here, in SQL of the test's own. An embedded home must be free for it. */
async function ledger({ home, env }: Place) {
  const database = await openDatabase({ url: env?.DATABASE_URL, home });
  try {
    const { rows } = await sql<{ open: number; submitted: number; ids: number; leased: number }>`
      select count(*) filter (where state = 'open')::int as open,
             count(*) filter (where state = 'submitted')::int as submitted,
             count(distinct provider_id)::int as ids,
             (select count(*)::int from slices where state = 'submitting') as leased
        from deliveries
    `.execute(database.db);
    return rows[0] ?? { open: 0, submitted: 0, ids: 0, leased: 0 };
  } finally {
    await database.close();
  }
}

async function flush(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.flushall();
  redis.disconnect();
}

/** One row and one file for every subscriber, nothing out of balance. */
async function expectEachOnce(place: Place, dir: string): Promise<void> {
  expect(await ledger(place)).toEqual({
    open: 0,
    submitted: SUBSCRIBERS,
    ids: SUBSCRIBERS,
    leased: 0,
  });
  const args = ['deliveries', '--edition', EDITION, '--limit', '1'];
  expect(await answer(args, place)).toMatchObject({
    editions: [{ planned: SUBSCRIBERS, submitted: SUBSCRIBERS, open: 0, unknown: 0, faults: [] }],
  });
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
