import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../../src/web/server.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { browserOf } from '../support/browser.ts';
import { plannedFor, readersOf } from '../support/readers.ts';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());

const FAR = { 'x-forwarded-for': '203.0.113.9' };
const NEAR = { 'x-forwarded-for': '203.0.113.9, 10.1.2.3' };
const TOKEN = 'a token that nobody guesses'.replaceAll(' ', '-');

/** What is answered to somebody behind so many trusted proxies. */
async function statusFor(
  headers: Record<string, string>,
  settings: { trustedProxies?: number; metricsToken?: string } = {},
): Promise<number> {
  const config = { ...t.config, web: { ...t.config.web, ...settings } };
  return (await browserOf({ ...t.app, config }).get('/metrics', headers)).status;
}

describe('metrics', () => {
  test('are for this machine and private networks', async () => {
    const server = await listen({
      ...t.app,
      config: { ...t.config, web: { ...t.config.web, port: 0 } },
    });
    const ask = (headers = {}) => fetch(`${server.url}/metrics`, { headers });
    const near = await ask();
    expect([near.status, await near.text()]).toEqual([
      200,
      expect.stringContaining('paperboy_unbalanced_editions 0'),
    ]);
    const proxied = await ask(FAR);
    expect([proxied.status, await proxied.text()]).toEqual([
      403,
      expect.stringContaining('PAPERBOY_METRICS_TOKEN'),
    ]);
    await server.close();
    expect(await statusFor(NEAR, { trustedProxies: 1 })).toBe(200);
    expect(await statusFor(FAR, { trustedProxies: 1 })).toBe(403);
    expect(await statusFor({ via: '1.1 proxy' }, { trustedProxies: 1 })).toBe(403);
    expect(await statusFor(NEAR)).toBe(403); // nobody said that there is a proxy
  });

  test('need the token where one is set, and are for whoever has it', async () => {
    const settings = { metricsToken: TOKEN };
    expect(await statusFor({}, settings)).toBe(401);
    expect(await statusFor({ authorization: `Bearer ${TOKEN}x` }, settings)).toBe(401);
    expect(await statusFor({ ...FAR, authorization: `Bearer ${TOKEN}` }, settings)).toBe(200);
  });

  test('are counted once for all who ask within fifteen seconds', async () => {
    let counts = 0;
    const queue = {
      ...t.app.queue,
      counts: async () => {
        counts += 1;
        return t.app.queue.counts();
      },
    };
    const browser = browserOf({ ...t.app, queue });
    await Promise.all([1, 2, 3].map(() => browser.get('/metrics')));
    await browser.get('/metrics');
    expect(counts).toBe(1);
  });

  test('tell of editions of three days, and of older ones that are still under way', async () => {
    const { editionId } = await plannedFor(t, readersOf(1));
    t.setClock('2025-03-20T12:00:00Z');
    const open = `paperboy_deliveries{edition="${editionId}",state="open"} 1`;
    expect((await browserOf(t.app).get('/metrics')).text).toContain(open);
    await t.app.db.updateTable('slices').set({ state: 'settled' }).execute();
    expect((await browserOf(t.app).get('/metrics')).text).not.toContain(editionId);
  });
});
