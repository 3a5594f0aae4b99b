import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { routes } from '../../src/web/server.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { freezeMorning, freshDigest, outboxOf, tick } from '../support/morning.ts';

const OLD = 'an old key of the tests that is long enough for it';
const NEW = 'a new key of the tests that is long enough for it';
const DAY = '2025-03-14';
const ADA = 'ada@example.org';

let t: TestApp;
let digest: string;
beforeAll(async () => {
  t = await openTestApp({ PAPERBOY_API_KEYS: `new:${NEW},old:${OLD}` });
});
afterAll(() => t.close());
beforeEach(async () => {
  digest = await freshDigest(t);
  t.setClock('2025-03-01T00:00:00Z');
  await t.subscribe(ADA, { digests: [digest] });
  t.setClock(`${DAY}T04:00:00Z`);
});

async function ask(path: string, body?: unknown, key: string | null = NEW) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await routes(t.app).request(`/api${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body: text }),
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
  });
  return { status: answer.status, body: await answer.json() };
}
const row = (n: number, over: object = {}) => ({
  id: `2503.0000${n}`,
  title: `Paper ${n}`,
  abstract: 'Words.',
  ...over,
});

async function digestText() {
  t.setClock(`${DAY}T05:00:00Z`);
  await freezeMorning(t, digest, DAY);
  t.setClock(`${DAY}T07:00:00Z`);
  await tick(t, digest);
  return (await outboxOf(t, `${digest}/${DAY}`)).get(ADA)?.text ?? '';
}

describe('what goes wrong', () => {
  test('unexpectedly is told as JSON, without its words, and logged', async () => {
    const db = new Proxy(t.app.db, {
      get: () => {
        throw new Error('connect ECONNREFUSED 10.1.2.3');
      },
    });
    const headers = { authorization: `Bearer ${NEW}` };
    const answer = await routes({ ...t.app, db }).request('/api/papers', { headers });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([500, 'application/json']);
    expect(await answer.json()).toEqual({
      error: 'an error of Paperboy: its log says more, and the same request may be sent again',
    });
    expect(t.told.join()).toContain('request failed');
  });

  test('by asking for what is not there is told as JSON, and a page stays a page', async () => {
    expect(await ask('/nothing')).toEqual({
      status: 404,
      body: { error: 'there is no GET /api/nothing' },
    });
    const page = await routes(t.app).request('/apiary');
    expect([page.status, page.headers.get('content-type')]).toEqual([
      404,
      expect.stringContaining('text/html'),
    ]);
  });
});

describe('POST /api/papers', () => {
  test('takes papers, names each bad row, and is idempotent', async () => {
    const body = [row(1), row(2, { title: '' }), row(1), row(3)];
    expect(await ask('/papers', body)).toMatchObject({
      status: 200,
      body: {
        ...{ source: 'push', input: 'new', seen: 4, new: 2, merged: 1, rejected: 1 },
        rejections: [{ at: 2, why: 'title: is empty' }],
      },
    });
    const lines = [row(1), row(3)].map((one) => JSON.stringify(one)).join('\n');
    expect((await ask('/papers', lines, OLD)).body).toMatchObject({ input: 'old', unchanged: 2 });
    expect(await ask('/papers', [row(4, { abstract: null })])).toMatchObject({ status: 422 });
    expect(await digestText()).toContain('Paper 3');
  });

  test.each<[string, string | null]>([
    ['no key', null],
    ['another key', `${NEW}x`],
    ['the beginning of a key', NEW.slice(0, -1)],
    ['a name', 'new'],
  ])('%s: nothing is taken', async (_, key) => {
    expect(await ask('/papers', [row(1)], key)).toMatchObject({ status: 401 });
    expect(await t.app.db.selectFrom('papers').select('id').execute()).toEqual([]);
    expect(await t.app.db.selectFrom('ingest_runs').select('id').execute()).toEqual([]);
  });

  test('a body that is too long or unusable as a whole is refused', async () => {
    expect(await ask('/papers', ' '.repeat(10_000_001))).toMatchObject({ status: 413 });
    const { status, body } = await ask('/papers', '[{"title":');
    expect(status).toBe(400);
    expect(body).toEqual({ error: expect.stringContaining('no JSON array') });
  });

  test('without PAPERBOY_API_KEYS there is no API', async () => {
    const config = { ...t.app.config, apiKeys: undefined };
    const answer = await routes({ ...t.app, config }).request('/api/papers');
    expect(answer.status).toBe(404);
  });
});

describe('curation before the cut-off', () => {
  test('pins, hides, annotates and submits, with who and when; a frozen edition never changes', async () => {
    await ask('/papers', [
      row(1, { upvotes: 90 }),
      row(2, { upvotes: 50 }),
      row(3, { upvotes: 1 }),
    ]);
    await ask('/curations', { action: 'pin', paper: '2503.00003', by: 'Bea' });
    await ask('/curations', { action: 'hide', paper: 'https://arxiv.org/abs/2503.00001v2' });
    await ask('/curations', { action: 'annotate', paper: '2503.00003', note: 'Read this first.' });
    const submitted = { id: 'https://example.org/p', title: 'By hand', abstract: 'Mine.' };
    expect(
      (await ask('/curations', { action: 'submit', paper: submitted, by: 'Cleo' })).body,
    ).toMatchObject({ new: true, state: { submittedBy: 'Cleo' } });

    const text = await digestText();
    expect(text).toMatch(/1\. Paper 3 .*Pinned by Bea Read this first\. \(new\)/);
    expect(text).toContain('Submitted by Cleo');
    expect(text).not.toContain('Paper 1');

    const frozen = await t.app.edition(`${digest}/${DAY}`);
    await ask('/curations', { action: 'hide', paper: '2503.00003' });
    const again = await t.app.db
      .selectFrom('editions')
      .where('id', '=', `${digest}/${DAY}`)
      .select('candidates')
      .executeTakeFirstOrThrow();
    expect(again.candidates).toEqual(frozen.prepared.edition.candidates);

    expect((await ask('/papers/2503.00003')).body).toMatchObject({
      id: '2503.00003',
      log: [
        { action: 'pin', by: 'Bea', at: expect.stringMatching(/^2025-03-14T04:00/) },
        { action: 'annotate', by: 'new' },
        { action: 'hide', by: 'new' },
      ],
    });
    expect((await ask(`/papers?date=${DAY}&days=1`)).body).toHaveLength(4);
  });

  test('a known paper that is submitted again shows the name and is not new', async () => {
    await ask('/papers', [row(1)]);
    const wish = { action: 'submit', paper: { id: '2503.00001v2' }, by: 'Cleo' };
    expect((await ask('/curations', wish)).body).toMatchObject({ new: false, id: '2503.00001' });
    expect(await digestText()).toContain('Submitted by Cleo');
  });

  test.each([
    [{ action: 'pin', paper: '2503.09999' }, 404, 'no paper is known as'],
    [{ action: 'burn', paper: '2503.09999' }, 400, 'action'],
    [{ action: 'submit', paper: { id: '2503.09999' } }, 400, 'give its title and abstract'],
    [{ action: 'submit', paper: { title: 'T' } }, 400, 'abstract: is missing'],
    ['{', 400, 'expected'],
  ])('%j is refused with what is wrong', async (wish, status, told) => {
    const answer = await ask('/curations', wish);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain(told);
  });
});
