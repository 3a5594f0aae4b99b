import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { sweepLedger } from '../../src/sweep.ts';
import { listen, routes } from '../../src/web/server.ts';
import { openTestApp, openTestDatabase, type TestApp } from '../support/app.ts';
import { deliveries } from '../support/morning.ts';
import { handOver, plannedFor } from '../support/readers.ts';

const KEY = Buffer.from('a webhook key of the tests');
const SECRET = `whsec_${KEY.toString('base64')}`;
const PATIENT = { timeout: 20_000 };
const PATH = '/webhooks/resend';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp({ RESEND_WEBHOOK_SECRET: SECRET });
});
afterAll(() => t.close());
beforeEach(() => t.empty());

interface Message {
  readonly id?: string;
  readonly at?: Date;
  readonly body?: string;
  readonly key?: Buffer;
  /** What is signed, when it is not what is sent. */
  readonly signed?: string;
  readonly signature?: string;
}

/** @see https://docs.svix.com/receiving/verifying-payloads/how-manual */
function message({
  id = 'msg_1',
  at = new Date(),
  key = KEY,
  ...given
}: Message = {}): RequestInit {
  const { body = '{"type":"email.sent","data":{"email_id":"e1"}}' } = given;
  const timestamp = Math.floor(at.getTime() / 1_000);
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${given.signed ?? body}`);
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'svix-id': id,
      'svix-timestamp': String(timestamp),
      'svix-signature': given.signature ?? `v1,${mac.digest('base64')}`,
    },
  };
}

const post = async (given: Message = {}, app = t.app) => routes(app).request(PATH, message(given));
const events = () =>
  t.app.db.selectFrom('provider_events').select(['id', 'type', 'result']).execute();
const event = (type: string, data: object) => JSON.stringify({ type, created_at: 'now', data });

describe('health', () => {
  test('an open Paperboy is alive and ready', async () => {
    const web = routes(t.app);
    expect((await web.request('/healthz')).status).toBe(200);
    const ready = await web.request('/readyz');
    expect([ready.status, await ready.json()]).toEqual([200, { database: 'ok', queue: 'ok' }]);
  });

  test('without its database it is alive but not ready, and says what is missing', async () => {
    const database = await openTestDatabase();
    const app = await openApp(t.config, { database, log: t.app.log, queuePrefix: '{closed}' });
    await database.pool.end();
    const web = routes(app);
    expect((await web.request('/healthz')).status).toBe(200);
    const ready = await web.request('/readyz');
    expect([ready.status, await ready.json()]).toMatchObject([503, { database: 'down' }]);
    await app.close().catch(() => {}); // its pool has ended already
  });

  test('what is not there is not found, and a GET of the webhook changes nothing', async () => {
    for (const path of ['/nothing', PATH, '/webhooks', '/webhooks/other']) {
      expect((await routes(t.app).request(path)).status).toBe(404);
    }
    expect(await events()).toEqual([]);
  });

  test('it listens where it is told, and lets go of the port', async () => {
    const config = { ...t.config, web: { ...t.config.web, port: 0 } };
    const server = await listen({ ...t.app, config });
    expect(await (await fetch(`${server.url}/healthz`)).text()).toBe('ok\n');
    await server.close();
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  });

  test('it stops in time also while somebody uploads slowly', async () => {
    const config = { ...t.config, web: { ...t.config.web, port: 0 } };
    const server = await listen({ ...t.app, config });
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    const broken = once(socket, 'close');
    socket.write(`POST ${PATH} HTTP/1.1\r\nhost: paperboy.test\r\ncontent-length: 1000\r\n\r\n{`);
    const trickle = setInterval(() => socket.write(' '), 50);
    await sleep(200);
    const closed = server.close(300);
    expect(await Promise.race([closed.then(() => 'closed'), sleep(20_000)])).toBe('closed');
    clearInterval(trickle);
    await broken;
    // The request ends with its line: told here, and not into the test that comes next.
    await expect
      .poll(() => t.told.some((line) => line.includes('request failed')), PATIENT)
      .toBe(true);
  });
});

describe('a webhook message', () => {
  test('that is signed is answered without words, and kept', async () => {
    const response = await post();
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(await events()).toMatchObject([{ id: 'msg_1', type: 'email.sent' }]);
  });

  test('that comes twice, or at the same time, is one event', async () => {
    const answers = [await post(), await post(), ...(await Promise.all([post(), post()]))];
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    expect(await events()).toHaveLength(1);
  });

  test('may carry several signatures while the secret is rotated', async () => {
    const { headers } = message();
    const good = (headers as Record<string, string>)['svix-signature'];
    expect((await post({ signature: `v1,AAAA v2,BBBB ${good}` })).status).toBe(204);
  });

  const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
  test.each<[string, Message]>([
    ['with another key', { key: Buffer.from('another key of the tests!!') }],
    ['whose body was changed', { signed: '{"type":"email.bounced"}' }],
    ['whose id was changed', { signature: 'v1,3Vbp2Oz9q3hyBnMyD9QQ0k6gN0BZX5WzFJe2mWj4Hx8=' }],
    ['with no signature', { signature: '' }],
    ['of another version', { signature: 'v2,AAAA' }],
    ['that is older than five minutes', { at: ago(330) }],
    ['from the future', { at: ago(-3_600) }],
    ['without an id', { id: '' }],
    ['that is no JSON', { body: 'not json' }],
    ['that has no type', { body: '{"data":{}}' }],
    ['that is null', { body: 'null' }],
  ])('%s is refused and not kept', async (_, given) => {
    expect((await post(given)).status).toBe(400);
    expect(await events()).toEqual([]);
  });

  test('without any header is refused', async () => {
    const response = await routes(t.app).request(PATH, { method: 'POST', body: '{}' });
    expect(response.status).toBe(400);
  });

  test('that is too big is refused before it is read, with and without its length', async () => {
    const told = t.told.length;
    const body = event('email.sent', { subject: 'x'.repeat(300_000) });
    const length = { 'content-length': String(body.length) };
    const whole = { method: 'POST', body, headers: length };
    expect((await routes(t.app).request(PATH, whole)).status).toBe(413);
    const { headers } = message({ body });
    const stream = new Blob([body]).stream();
    const init = {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: stream,
      duplex: 'half',
    };
    expect((await routes(t.app).request(PATH, init as RequestInit)).status).toBe(413);
    expect(await events()).toEqual([]);
    expect(t.told.slice(told).filter((line) => line.includes('request failed'))).toEqual([]);
  });

  test('is not found when no secret is configured', async () => {
    const config = { ...t.config, resendWebhookSecret: undefined };
    const response = await post({}, { ...t.app, config });
    expect([response.status, await response.text()]).toEqual([
      404,
      expect.stringContaining('RESEND_WEBHOOK_SECRET'),
    ]);
    expect(await events()).toEqual([]);
  });

  test('of an unknown type is kept, so that the endpoint is not switched off', async () => {
    expect((await post({ body: event('email.teleported', { email_id: 'e1' }) })).status).toBe(204);
    expect(await events()).toMatchObject([{ type: 'email.teleported' }]);
  });

  test('is answered also while the queue is away, and settled by the sweep', async () => {
    const queue = {
      ...t.app.queue,
      enqueue: async () => {
        throw new Error('the queue does not answer');
      },
    };
    expect((await post({}, { ...t.app, queue })).status).toBe(204);
    await sweepLedger(t.app, 0);
    await t.drain();
    expect(await events()).toMatchObject([{ id: 'msg_1', result: 'kept' }]);
  });
});

describe('what a message means', () => {
  const ADA = 'ada@example.org';
  test.each([
    [
      'a permanent bounce',
      'email.bounced',
      { bounce: { type: 'Permanent', message: 'No' } },
      'bounced',
    ],
    ['a complaint', 'email.complained', {}, 'complained'],
    ['a bounce of no known kind', 'email.bounced', { bounce: { type: 'Undetermined' } }, undefined],
    ['a transient bounce', 'email.bounced', { bounce: { type: 'Transient' } }, undefined],
    ['a bounce that says nothing', 'email.bounced', {}, undefined],
    ['a delivery', 'email.delivered', {}, undefined],
  ])('%s is written by the settle job', async (_, type, data, reason) => {
    const { editionId, slices } = await plannedFor(t, [ADA]);
    await handOver(t, slices);
    const [row] = await deliveries(t, editionId);
    const body = event(type, { ...data, email_id: row?.providerId });
    expect((await post({ body })).status).toBe(204);
    await t.drain();
    const found = await t.app.db
      .selectFrom('suppressions')
      .select(['email_key', 'reason'])
      .execute();
    expect(found).toEqual(reason === undefined ? [] : [{ email_key: ADA, reason }]);
    const { delivered_at } = await t.app.db
      .selectFrom('deliveries')
      .select('delivered_at')
      .executeTakeFirstOrThrow();
    expect(delivered_at !== null).toBe(type === 'email.delivered');
  });
});
