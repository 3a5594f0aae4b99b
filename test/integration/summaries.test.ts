import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { summarise } from '../../src/domain/summary/summarise.ts';
import { freezeEdition } from '../../src/freeze.ts';
import { writeSummaries } from '../../src/summaries.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { type TrickName, tricks } from '../support/hostile-source.ts';
import {
  balanceOf,
  DAY,
  freezeMorning,
  freshDigest,
  listPapers,
  outboxOf,
  states,
  tick,
} from '../support/morning.ts';

const KEY = 'sk-a-key-that-nobody-may-see';
const ABSTRACT =
  'Kettles have become essential in kitchens over the last decades, and much attention was given to their lids. However, existing kettles remain slow, which is a challenging problem for people in a hurry. We propose SwiftKettle, a novel kettle that heats water from all of its sides at once. Experiments in twelve kitchens show that SwiftKettle boils a litre in 41 seconds, 38% faster than the best kettle before.';
const EXTRACT = summarise(ABSTRACT, 'Kettle 1');
const WRITTEN =
  'A kettle that heats from every side boils a litre in 41 seconds, 38% faster than any before.';

const answering = (content: unknown) =>
  JSON.stringify({ choices: [{ message: { role: 'assistant', content } }] });
const good: RequestListener = (_, response) => response.end(answering(WRITTEN));

let t: TestApp;
let digest: string;
let listener = good;
let asked: { url: string | undefined; key: string | undefined; body: string }[] = [];
const server = createServer(async (request: IncomingMessage, response) => {
  const body = await textOf(request);
  asked.push({ url: request.url, key: request.headers.authorization, body });
  listener(request, response);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t = await openTestApp({
    PAPERBOY_SUMMARY_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    PAPERBOY_SUMMARY_MODEL: 'small-1',
    PAPERBOY_SUMMARY_API_KEY: KEY,
    PAPERBOY_SUMMARY_PER_DAY: '7',
    PAPERBOY_SUMMARY_TIMEOUT_SECONDS: '1',
  });
});
afterAll(async () => {
  await t.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  digest = await freshDigest(t);
  t.setClock(`${DAY}T04:30:00Z`);
  listener = good;
  asked = [];
});

const papers = (count: number, over = {}) =>
  listPapers(
    t,
    Array.from({ length: count }, (_, n) => ({
      title: `Kettle ${n + 1}`,
      abstract: ABSTRACT,
      ...over,
    })),
  );

async function frozen(date = DAY): Promise<(string | undefined)[]> {
  const { edition } = await freezeEdition(t.app, digest, date);
  return edition.candidates.map(({ summary }) => summary);
}

describe('a model that writes summaries', () => {
  test('is asked once for each paper, and the edition freezes what it wrote', async () => {
    await papers(2);
    await t.app.queue.enqueue('summarise', {});
    await t.drain();
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatchObject({ url: '/v1/chat/completions', key: `Bearer ${KEY}` });
    expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({
      model: 'small-1',
      messages: [
        { role: 'system' },
        { role: 'user', content: `Title: Kettle 1\n\nAbstract: ${ABSTRACT}` },
      ],
    });
    expect(await writeSummaries(t.app)).toMatchObject({ written: 0, failed: 0 });
    expect(asked).toHaveLength(2);
    expect(await frozen()).toEqual([WRITTEN, WRITTEN]);
  });

  test('stands in the email, whatever becomes of the endpoint afterwards', async () => {
    await papers(1);
    await t.subscribe('ada@example.org', { digests: [digest] });
    await writeSummaries(t.app);
    listener = (_, response) => response.writeHead(500).end();
    const id = await freezeMorning(t, digest);
    t.setClock(`${DAY}T07:00:00Z`);
    await tick(t, digest);
    expect((await outboxOf(t, id)).get('ada@example.org')?.text).toContain(WRITTEN);
    expect(asked).toHaveLength(1);
  });

  test('is asked again for a paper that was changed, and nothing old is shown of it', async () => {
    await papers(1);
    await writeSummaries(t.app);
    await papers(1, { abstract: `${ABSTRACT} We also tested a pot.`, version: 2 });
    expect(await frozen()).toEqual([EXTRACT]);
    expect(await writeSummaries(t.app)).toMatchObject({ written: 1 });
  });

  test('is not asked for an abstract that is a summary itself', async () => {
    await papers(1, { abstract: 'We boil water. It is hot.' });
    expect(await writeSummaries(t.app)).toMatchObject({ written: 0 });
    expect([asked.length, await frozen()]).toEqual([0, ['We boil water. It is hot.']]);
  });

  test('gets no more requests than the budget of a day', async () => {
    await papers(9);
    expect(await writeSummaries(t.app)).toMatchObject({
      written: 7,
      stopped: `the budget of 7 requests is used up for ${DAY}`,
    });
    expect((await frozen()).filter((text) => text === EXTRACT)).toHaveLength(2);
    t.setClock('2025-03-15T00:10:00Z');
    expect(await writeSummaries(t.app)).toMatchObject({ written: 2, stopped: undefined });
    expect(asked).toHaveLength(9);
  });
});

// Of a gzip body that lacks its last bytes `fetch` still reads the whole answer.
const unreadable = Object.entries(tricks).filter(([name]) => name !== 'a cut gzip body');

describe('an endpoint that fails', () => {
  test.each<[string, RequestListener]>([
    ['500', (_, response) => response.writeHead(500).end('oh')],
    ...unreadable.map(([name, trick]): [TrickName, RequestListener] => [
      name as TrickName,
      (_, response) => trick(response, answering(WRITTEN)),
    ]),
    ['no key', (_, response) => response.writeHead(401).end(`{"error":"${KEY} is wrong"}`)],
    ['another shape', (_, response) => response.end('{"choices":[]}')],
    ['no text', (_, response) => response.end(answering(null))],
    ['an empty text', (_, response) => response.end(answering(' '))],
    ['a link', (_, response) => response.end(answering(`${WRITTEN} See https://evil.example/`))],
    ['an invention', (_, response) => response.end(answering(WRITTEN.replace('38', '83')))],
    ['half a sentence', (_, response) => response.end(answering(WRITTEN.slice(0, -5)))],
  ])('with %s costs three requests at most, and no paper', async (_, play) => {
    await papers(3);
    listener = play;
    const run = await writeSummaries(t.app);
    expect(run.written).toBe(0);
    expect(asked.length).toBeLessThanOrEqual(3);
    expect(JSON.stringify(run)).not.toContain(KEY);
    expect(await frozen()).toEqual([EXTRACT, EXTRACT, EXTRACT]);
  });

  test('is taken to be down after three requests in a row', async () => {
    await papers(6);
    listener = (_, response) => response.socket?.resetAndDestroy();
    expect(await writeSummaries(t.app)).toMatchObject({
      failed: 3,
      stopped: 'down: no answer: ECONNRESET',
    });
    expect(asked).toHaveLength(3);
    listener = good; // those that were not asked for come first, within what the budget has left
    expect(await writeSummaries(t.app)).toMatchObject({ written: 4 });
  });

  test('with one paper does not touch the others', async () => {
    await papers(3);
    listener = (_, response) =>
      asked.length === 2 ? response.writeHead(500).end() : response.end(answering(WRITTEN));
    expect(await writeSummaries(t.app)).toEqual({
      written: 2,
      failed: 1,
      stopped: undefined,
      afterMs: undefined,
    });
    expect(await frozen()).toEqual([WRITTEN, EXTRACT, WRITTEN]);
  });

  test('says how long it wants to be left alone, and is', async () => {
    await papers(3);
    listener = (_, response) => response.writeHead(429, { 'retry-after': '7' }).end();
    expect(await writeSummaries(t.app)).toMatchObject({ written: 0, afterMs: 7_000 });
    expect(asked).toHaveLength(1);
  });

  test('changes nothing of the morning', async () => {
    await papers(3);
    await t.subscribe('ada@example.org', { digests: [digest] });
    listener = (_, response) => response.writeHead(500).end();
    await t.app.queue.enqueue('summarise', {});
    const id = await freezeMorning(t, digest);
    t.setClock(`${DAY}T07:00:00Z`);
    await tick(t, digest);
    expect(await states(t, id)).toEqual({ 'ada@example.org': 'submitted' });
    expect(await balanceOf(t, id)).toMatchObject({ submitted: 1 });
  });
});
