import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tombstones } from '../../src/domain/erasure.ts';
import { Preferences } from '../../src/domain/preferences.ts';
import { signToken } from '../../src/domain/token.ts';
import { forget } from '../../src/retention.ts';
import { giveFeedback } from '../../src/store/feedback.ts';
import { addSubscribers, getSubscriber } from '../../src/store/subscribers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { browserOf, everyRow } from '../support/browser.ts';
import {
  balanceOf,
  DAY,
  freezeMorning,
  freshDigest,
  listPapers,
  tick,
} from '../support/morning.ts';

const ADA = 'ada@example.org';

let t: TestApp;
let digest: string;
let path: string;
let browser: ReturnType<typeof browserOf>;
beforeAll(async () => {
  t = await openTestApp();
  browser = browserOf(t.app);
});
afterAll(() => t.close());
beforeEach(async () => {
  digest = await freshDigest(t);
  t.setClock(`${DAY}T05:00:00Z`);
  await t.subscribe(ADA, { digests: [digest], topics: ['secret topic'] });
  await listPapers(t, [{ title: 'Kettles', arxivId: '2503.00001' }]);
  await freezeMorning(t, digest);
  t.setClock(`${DAY}T07:00:00Z`);
  await tick(t, digest);
  const { id } = await getSubscriber(t.app.db, ADA);
  await giveFeedback(t.app.db, id, '2503.00001', 'save', t.app.now());
  path = `/preferences/${signToken(t.app.keys, 'k1', 'preferences', id)}`;
});

describe('everything that is held on somebody', () => {
  test('can be taken away as one document', async () => {
    const { text, headers } = await browser.get(`${path}/data.json`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(JSON.parse(text)).toMatchObject({
      subscriber: { email: ADA, preferences: { topics: ['secret topic'] } },
      feedback: [{ paper_id: '2503.00001', kind: 'save' }],
      deliveries: [{ state: 'submitted', addressee: { email: ADA } }],
      deliveredPapers: [{ paper_id: '2503.00001' }],
    });
  });

  test('is shown with the address masked: only the export has it whole', async () => {
    const { text } = await browser.get(`${path}/data`);
    expect(text).toContain('a•••@e•••.org');
    expect(text).not.toContain(ADA);
  });

  test('is erased, and only a keyed code stays; the ledger still adds up', async () => {
    expect((await browser.submit(`${path}/erase`)).status).toBe(200);
    const rows = await everyRow(t.app);
    for (const trace of [ADA, 'secret topic', 'ada@']) expect(rows).not.toContain(trace);
    expect(rows).toContain(tombstones(t.app.keys, ADA)[0]);
    expect(await balanceOf(t, `${digest}/${DAY}`)).toMatchObject({ planned: 1, submitted: 1 });
    expect((await browser.get(path)).status).toBe(404);
    expect((await browser.submit(`${path}/erase`)).status).toBe(404);
  });

  test('that was erased comes back by no import, no form and no rotation of keys', async () => {
    await browser.submit(`${path}/erase`);
    const newcomer = { email: 'ADA@example.org', preferences: Preferences.parse({}) };
    const rotated = new Map([
      ['k2', 'another key of the tests, long enough for it'],
      ...t.app.keys,
    ]);
    for (const keys of [t.app.keys, rotated]) {
      const forgotten = (email: string) => tombstones(keys, email);
      expect(await addSubscribers(t.app.db, [newcomer], t.app.now(), forgotten)).toBe(0);
    }
    const asked = await browser.submit('/subscribe', { email: ADA, topics: '' });
    const other = await browser.submit('/subscribe', { email: 'eve@example.org', topics: '' });
    expect(asked.text).toBe(other.text);
    const notices = await t.app.db.selectFrom('notices').select('email').execute();
    expect(notices).toEqual([{ email: 'eve@example.org' }]);
    await t.drain();
  });

  test('a GET of its pages erases nothing', async () => {
    const before = await everyRow(t.app);
    for (const one of ['data', 'data.json', 'erase']) await browser.get(`${path}/${one}`);
    expect(await everyRow(t.app)).toBe(before);
  });
});

describe('what has served its time', () => {
  test('is forgotten: addresses in what was sent, and sign-ups that nobody confirmed', async () => {
    await browser.submit('/subscribe', { email: 'eve@example.org', topics: '' });
    await t.drain();
    t.setClock('2025-06-11T07:00:00Z'); // 89 days
    await forget(t.app);
    expect(await everyRow(t.app)).toContain('eve@example.org');
    t.setClock('2025-06-13T08:00:00Z'); // 91 days
    await forget(t.app);
    expect(await everyRow(t.app)).not.toContain('eve@example.org');
    const { addressee } = await t.app.db
      .selectFrom('deliveries')
      .select('addressee')
      .executeTakeFirstOrThrow();
    expect(addressee).toMatchObject({ email: '', layout: 'full' });
    expect((await getSubscriber(t.app.db, ADA)).state).toBe('active');
  });
});
