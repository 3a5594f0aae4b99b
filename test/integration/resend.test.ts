import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Resend } from 'resend';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Email } from '../../src/domain/email.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { type ResendOptions, resend } from '../../src/providers/resend.ts';
import { emailOf, emailsOf } from '../support/emails.ts';
import { type FakeResend, type Fault, startFakeResend } from '../support/fake-resend.ts';

const KEY = 'daily/2025-03-14/slice-1';
const HOUR = 60 * 60 * 1_000;
const START = Date.UTC(2025, 2, 14, 7);

let now = START;
let fake: FakeResend;
beforeEach(async () => {
  now = START;
  fake = await startFakeResend({
    now: () => now,
    requestsPerSecond: 5,
    emailsPerDay: 150,
    unverifiedDomains: ['unverified.example.org'],
  });
});
afterEach(() => fake.close());

const submit = (emails: readonly Email[], options: Partial<ResendOptions> = {}, key = KEY) =>
  resend({ apiKey: 're_test', baseUrl: fake.url, timeoutMs: 60_000, ...options }).submit(
    emails,
    key,
  );

/** A busy machine may need longer for an answer: only who is to wait in vain waits so short. */
const IMPATIENT = { timeoutMs: 400 };

const reply = (status: number, body: string, headers = {}) => ({ status, body, headers });

describe('whatever goes wrong, the same key again delivers once', () => {
  const html = '<!doctype html><title>Gateway</title>';
  test.each<[string, Fault, Partial<Outcome>]>([
    ['dropped before', { answer: 'drop' }, { kind: 'unknown' }],
    ['dropped after', { accept: true, answer: 'drop' }, { kind: 'unknown' }],
    [
      'no answer, not taken',
      { answer: 'hang' },
      { kind: 'unknown', why: 'no answer within 400 ms' },
    ],
    ['no answer, taken', { accept: true, answer: 'hang' }, { kind: 'unknown' }],
    ['the body cut', { accept: true, answer: 'cut' }, { kind: 'unknown' }],
    ['HTML, not taken', { answer: reply(200, html) }, { kind: 'unknown' }],
    ['HTML, taken', { accept: true, answer: reply(200, html) }, { kind: 'unknown' }],
    ['null', { accept: true, answer: reply(200, 'null') }, { kind: 'unknown' }],
    ['nothing', { accept: true, answer: reply(200, '') }, { kind: 'unknown' }],
    [
      'ids short',
      { accept: true, answer: reply(200, '{"data":[{"id":"a"}]}') },
      { kind: 'unknown' },
    ],
    ['endless', { accept: true, answer: reply(200, ' '.repeat(3e6)) }, { kind: 'unknown' }],
    ['500 before', { answer: reply(500, '{}') }, { kind: 'unknown' }],
    ['500 after', { accept: true, answer: reply(500, '{}') }, { kind: 'unknown' }],
    ['502 with HTML', { accept: true, answer: reply(502, html) }, { kind: 'unknown' }],
    [
      '503 with a delay',
      { answer: reply(503, '', { 'retry-after': '2' }) },
      { kind: 'unknown', retryAfterMs: 2_000 },
    ],
    [
      '429',
      { answer: reply(429, '{}', { 'retry-after': '3' }) },
      { kind: 'busy', retryAfterMs: 3_000 },
    ],
    ['401', { answer: reply(401, '{}') }, { kind: 'halted' }],
    ['307', { answer: reply(307, '', { location: '/emails/batch' }) }, { kind: 'halted' }],
  ])('%s', async (_label, fault, outcome) => {
    const emails = emailsOf(3);
    fake.fault(fault);
    const patience = fault.answer === 'hang' ? IMPATIENT : {};
    expect(await submit(emails, patience)).toMatchObject(outcome);
    expect(fake.requests).toHaveLength(1);
    const again = await submit(emails);
    expect(again).toEqual({ kind: 'submitted', providerIds: fake.accepted.map(({ id }) => id) });
    expect(fake.accepted).toHaveLength(3);
    expect(fake.requests[1]).toEqual(fake.requests[0]);
  });

  test('too slow, and still at work when we ask again', async () => {
    const emails = emailsOf(3);
    fake.fault({ delayMs: 4_000 });
    const first = submit(emails, IMPATIENT);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await submit(emails)).toMatchObject({ kind: 'unknown', retryAfterMs: 1_000 });
    expect(await first).toMatchObject({ kind: 'unknown', why: 'no answer within 400 ms' });
    await expect.poll(() => fake.accepted.length).toBe(3);
    expect(await submit(emails)).toHaveProperty('kind', 'submitted');
    expect(fake.accepted).toHaveLength(3);
  });

  test('nobody there', async () => {
    const { url } = fake;
    await fake.close();
    const outcome = await resend({ apiKey: 're_test', baseUrl: url }).submit([emailOf(1)], KEY);
    expect(outcome).toEqual({ kind: 'unknown', why: 'no answer: ECONNREFUSED' });
  });
});

describe('limits', () => {
  test('rate limit: busy, then taken', async () => {
    for (let at = 0; at < 5; at++) await submit([emailOf(at)], {}, `key ${at}`);
    expect(await submit([emailOf(9)])).toMatchObject({ kind: 'busy', retryAfterMs: 1_000 });
    now += 1_000;
    expect(await submit([emailOf(9)])).toHaveProperty('kind', 'submitted');
  });

  test('daily quota: halted until the next day', async () => {
    await submit(emailsOf(100), {}, 'first');
    expect(await submit(emailsOf(100))).toMatchObject({ kind: 'halted', retryAfterMs: 60_000 });
    expect(fake.accepted).toHaveLength(100);
    now += 24 * HOUR;
    expect(await submit(emailsOf(100))).toHaveProperty('kind', 'submitted');
  });

  test('a key is forgotten after its life, which ours stays inside of', async () => {
    await submit([emailOf(1)]);
    now += resend({ apiKey: '' }).keyLifeMs;
    await submit([emailOf(1)]);
    expect(fake.accepted).toHaveLength(1);
    now += HOUR;
    await submit([emailOf(1)]);
    expect(fake.accepted).toHaveLength(2);
  });
});

describe('configuration', () => {
  test.each<[string, Partial<ResendOptions>, Partial<Email>, number]>([
    ['a wrong API key', { apiKey: 're_wrong' }, {}, 1],
    ['an empty API key', { apiKey: '' }, {}, 1],
    ['an API key with a line break', { apiKey: 're_\ntest' }, {}, 0],
    ['an API key in another script', { apiKey: 're_テスト' }, {}, 0],
    ['an unverified domain', {}, { from: 'x@unverified.example.org' }, 1],
  ])('%s halts and says nothing of the key', async (_label, options, change, requests) => {
    const outcome = await submit([emailOf(1, change)], options);
    expect(outcome.kind).toBe('halted');
    expect(JSON.stringify(outcome)).not.toMatch(/re_/);
    expect(fake.requests).toHaveLength(requests);
    expect(fake.accepted).toEqual([]);
  });

  test.each([
    ['an idempotency key with a line break', 'a\r\nb'],
    ['a long idempotency key', 'k'.repeat(257)],
  ])('%s halts', async (_label, key) => {
    expect(await submit([emailOf(1)], {}, key)).toHaveProperty('kind', 'halted');
  });

  test('a path in the base URL is kept, and a wrong one halts', async () => {
    expect(await submit([emailOf(1)], { baseUrl: `${fake.url}/` })).toHaveProperty(
      'kind',
      'submitted',
    );
    const wrong = await submit([emailOf(1)], { baseUrl: `${fake.url}/v9` });
    expect(wrong).toMatchObject({ kind: 'halted', why: expect.stringContaining('404') });
    expect(() => resend({ apiKey: '', baseUrl: 'resend' })).toThrow(TypeError);
  });

  test('a redirect takes neither the emails nor the key elsewhere', async () => {
    let visits = 0;
    const elsewhere = createServer((_request, response) => {
      visits += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    fake.fault({ answer: reply(307, '', { location }) });
    expect(await submit([emailOf(1)])).toHaveProperty('kind', 'halted');
    elsewhere.close();
    expect(visits).toBe(0);
  });
});

test('a request says what it must', async () => {
  await submit(emailsOf(2), { userAgent: 'paperboy/1.2' });
  const [request] = fake.requests;
  expect(request?.headers).toMatchObject({
    authorization: 'Bearer re_test',
    'content-type': 'application/json',
    'idempotency-key': KEY,
    'user-agent': 'paperboy/1.2',
    'x-batch-validation': 'strict',
  });
  expect(JSON.parse(request?.body ?? '')).toEqual(
    emailsOf(2).map(({ deliveryId: _, to, ...email }) => ({ ...email, to: [to] })),
  );
});

test('a poison email is named, and nothing is sent', async () => {
  const emails = [emailOf(1), emailOf(2, { to: 'nobody' }), emailOf(3)];
  expect(await submit(emails)).toMatchObject({ kind: 'refused', culprits: [1] });
  expect(fake.accepted).toEqual([]);
});

test("the fake is good enough for Resend's own client", async () => {
  const client = new Resend('re_test', { baseUrl: fake.url });
  const items = [1, 2].map((number) => ({
    from: 'a@b.org',
    to: `r${number}@b.org`,
    subject: 's',
    text: 't',
  }));
  const { data } = await client.batch.send(items, { idempotencyKey: 'k' });
  expect(data?.data.map(({ id }) => id)).toEqual(fake.accepted.map(({ id }) => id));
  const broken = [{ ...items[0], to: 'nobody' }, items[1]] as typeof items;
  const strict = await client.batch.send(broken);
  expect(strict.error).toMatchObject({ statusCode: 422, name: 'validation_error' });
  const permissive = await client.batch.send(broken, { batchValidation: 'permissive' });
  expect(permissive.data?.data).toHaveLength(1);
  expect(permissive.data?.errors).toMatchObject([{ index: 0 }]);
});

describe('a request that hangs', () => {
  test('ends at its time, also when memory is collected meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const collecting = setInterval(collect, 20);
    fake.fault({ answer: 'hang' });
    const outcome = await submit([emailOf(1)], { timeoutMs: 600 });
    clearInterval(collecting);
    expect(outcome).toEqual({ kind: 'unknown', why: 'no answer within 600 ms' });
  });

  test('is broken off when Paperboy stops, and nobody knows what became of it', async () => {
    const provider = resend({ apiKey: 're_test', baseUrl: fake.url, timeoutMs: 60_000 });
    const before = fake.requests.length;
    fake.fault({ answer: 'hang' });
    const outcome = provider.submit([emailOf(1)], 'stopped');
    await expect.poll(() => fake.requests.length).toBe(before + 1);
    await provider.close();
    expect(await outcome).toMatchObject({ kind: 'unknown', why: expect.stringContaining('stops') });
  });
});
