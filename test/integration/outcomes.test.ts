import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listDeadLetters } from '../../src/store/dead-letters.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { type FakeResend, type Fault, startFakeResend } from '../support/fake-resend.ts';
import { balanceOf, deliveries, states } from '../support/morning.ts';
import { handOver, plannedFor, readersOf } from '../support/readers.ts';
import { resendSettings } from '../support/resend-settings.ts';

let fake: FakeResend;
let t: TestApp;
let before: { requests: number; accepted: number };
beforeAll(async () => {
  fake = await startFakeResend();
  t = await openTestApp(resendSettings(fake));
});
afterAll(async () => {
  await t.close();
  await fake.close();
});
beforeEach(() => {
  before = { requests: fake.requests.length, accepted: fake.accepted.length };
  t.told.length = 0;
});

const requests = () => fake.requests.slice(before.requests);
const accepted = () => fake.accepted.slice(before.accepted);
const addressees = () => accepted().map(({ email }) => [email.to].flat()[0]);

/** Each of these got one email, and the ledger knows it under the provider's id. */
async function expectDeliveredOnce(
  editionId: string,
  readers: readonly string[],
  by = t,
): Promise<void> {
  expect(addressees().sort()).toEqual([...readers].sort());
  const ids = new Map(accepted().map(({ id, email }) => [id, [email.to].flat()[0]]));
  const rows = (await deliveries(by, editionId)).filter(({ state }) => state === 'submitted');
  expect(rows.map(({ providerId }) => ids.get(providerId ?? ''))).toEqual(
    rows.map(({ email }) => email),
  );
  expect(rows).toHaveLength(readers.length);
}

const problem = (status: number, name: string, message = '', headers = {}): Fault => ({
  answer: { status, body: JSON.stringify({ statusCode: status, name, message }), headers },
});

describe('the provider is busy', () => {
  test('the slice comes back after the delay, uses up no attempt and is delivered once', async () => {
    const readers = readersOf(3);
    const { editionId, slices } = await plannedFor(t, readers);
    fake.fault(
      problem(429, 'rate_limit_exceeded', 'slow down', { 'retry-after': '1' }),
      problem(429, 'rate_limit_exceeded', 'slow down', { 'retry-after': '1' }),
    );
    const startedAt = performance.now();
    await handOver(t, slices);
    expect(performance.now() - startedAt).toBeGreaterThan(2_000);
    expect(requests()).toHaveLength(3);
    await expectDeliveredOnce(editionId, readers);
    expect(t.told.filter((line) => line.includes('failed'))).toEqual([]);
    expect(await balanceOf(t, editionId)).toMatchObject({ submitted: 3, open: 0 });
  });
});

const perhaps: [string, Fault][] = [
  ['500, not taken', { accept: false, answer: { status: 500, body: '' } }],
  ['500, taken', { accept: true, answer: { status: 500, body: '' } }],
  ['no answer, not taken', { accept: false, answer: 'drop' }],
  ['no answer, taken', { accept: true, answer: 'drop' }],
  ['an answer cut in the middle', { accept: true, answer: 'cut' }],
  ['200 with a web page, taken', { accept: true, answer: { status: 200, body: '<html>' } }],
  ['200 with null, not taken', { accept: false, answer: { status: 200, body: 'null' } }],
];

describe('the provider leaves it open whether it took them', () => {
  test.each(perhaps)(
    '%s: the same request again, and every reader has one email',
    async (_, fault) => {
      const readers = readersOf(3);
      const { editionId, slices } = await plannedFor(t, readers);
      fake.fault(fault);
      await handOver(t, slices);
      const [first, second, ...more] = requests();
      expect(more).toEqual([]);
      expect(second?.body).toBe(first?.body);
      expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
      await expectDeliveredOnce(editionId, readers);
      expect(await balanceOf(t, editionId)).toMatchObject({ submitted: 3, unknown: 0, open: 0 });
    },
  );
});

describe('the provider refuses', () => {
  /** Resend without the index in its message, as its documentation leaves it open. */
  let vague: Server;
  let vagueApp: TestApp;
  beforeAll(async () => {
    vague = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { host: _, connection: __, ...headers } = request.headers;
      const answer = await fetch(`${fake.url}${request.url}`, {
        method: 'POST',
        headers: headers as Record<string, string>,
        body: Buffer.concat(chunks).toString(),
      });
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end((await answer.text()).replace(/emails\[\d+\]\./, ''));
    });
    await new Promise<void>((resolve) => vague.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(vague.address() as AddressInfo).port}`;
    vagueApp = await openTestApp({ ...resendSettings(fake), RESEND_BASE_URL: url });
  });
  afterAll(async () => {
    await vagueApp.close();
    vague.closeAllConnections();
    vague.close();
  });

  test.each([
    ['one of 100, named', 100, [37], 3],
    ['one of 100, not named', 100, [37], 15],
    ['first and last, named', 20, [0, 19], 5],
    ['three, not named', 20, [3, 10, 11], 21],
  ])(
    '%s: only the poison is refused, the others get one email each under the right id',
    async (how, count, poison, requestsMax) => {
      const by = how.includes('not named') ? vagueApp : t;
      const readers = readersOf(count);
      for (const at of poison) readers[at] = `nobody${at}`;
      const { editionId, slices } = await plannedFor(by, readers);
      expect(slices).toHaveLength(1);
      await handOver(by, slices);

      const good = readers.filter((address) => address.includes('@'));
      await expectDeliveredOnce(editionId, good, by);
      const bad = Object.entries(await states(by, editionId)).filter(([, s]) => s !== 'submitted');
      expect(Object.fromEntries(bad)).toEqual(
        Object.fromEntries(
          poison.map((at) => [`nobody${at}`, expect.stringMatching(/^refused: HTTP 422.*`.*to`/)]),
        ),
      );
      expect(await balanceOf(by, editionId)).toMatchObject({
        planned: count,
        submitted: good.length,
        refused: poison.length,
        open: 0,
      });
      const keys = requests().map(({ headers }) => headers['idempotency-key']);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys.length).toBeLessThanOrEqual(requestsMax);
      expect(await listDeadLetters(by.app.db, 100)).toEqual([]);
    },
  );

  test('every one, by name, in an answer that says OK: all are refused, and nothing is asked again', async () => {
    const { editionId, slices } = await plannedFor(t, readersOf(2));
    const errors = [0, 1].map((index) => ({ index, message: 'no such address' }));
    fake.fault({ answer: { status: 200, body: JSON.stringify({ data: [], errors }) } });
    await handOver(t, slices);
    expect(requests()).toHaveLength(1);
    expect(accepted()).toEqual([]);
    expect(await balanceOf(t, editionId)).toMatchObject({ refused: 2, open: 0, unknown: 0 });
    expect(await t.app.db.selectFrom('delivered_papers').selectAll().execute()).toEqual([]);
    expect(t.told).toEqual([]);
  });

  test('what the refused one would have brought is not counted as brought', async () => {
    const { editionId, slices } = await plannedFor(t, ['nobody', 'ada@example.org']);
    await handOver(t, slices);
    const brought = await t.app.db
      .selectFrom('delivered_papers')
      .innerJoin('subscribers', 'subscribers.id', 'subscriber_id')
      .where('edition_id', '=', editionId)
      .select('email')
      .distinct()
      .execute();
    expect(brought).toEqual([{ email: 'ada@example.org' }]);
  });
});
