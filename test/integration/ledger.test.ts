import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { askSend, planWave } from '../../src/store/dispatch.ts';
import { migrate } from '../../src/store/migrate.ts';
import {
  claimSlot,
  listSlots,
  markSlotAsked,
  newestSlot,
  slotsNotAsked,
} from '../../src/store/slots.ts';
import { getSubscriber, suppress } from '../../src/store/subscribers.ts';
import { sweepLedger } from '../../src/sweep.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { freshDatabase } from '../support/databases.ts';
import { balanceOf, DAY, outboxOf } from '../support/morning.ts';
import { plannedFor, readersOf } from '../support/readers.ts';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(() => t.empty());

describe('slots of the timetable', () => {
  const at = (minute: number) => new Date(Date.UTC(2025, 2, 14, 5, minute));
  const slot = (minute: number, timetable = 'dispatch daily') => ({
    timetable,
    at: at(minute),
    job: 'dispatch',
    payload: { digest: 'daily' },
  });

  test('of six processes that claim a slot at once, one has it', async () => {
    const others = await Promise.all([t.second(), t.second()]);
    const dbs = [t, ...others, t, ...others].map(({ app }) => app.db);
    for (let minute = 0; minute < 10; minute += 1) {
      const won = await Promise.all(dbs.map((db) => claimSlot(db, slot(minute), at(minute))));
      expect(won.filter(Boolean)).toHaveLength(1);
    }
    expect(await listSlots(t.app.db, 100)).toHaveLength(10);
    expect(await newestSlot(t.app.db, 'dispatch daily')).toEqual(at(9));
    expect(await newestSlot(t.app.db, 'freeze daily')).toBeUndefined();
    for (const other of others) await other.close();
  });

  test('a claimed slot whose job was never asked for is found until it is asked for', async () => {
    const { db } = t.app;
    await claimSlot(db, slot(1), at(1));
    await claimSlot(db, slot(2), at(2));
    await claimSlot(db, slot(3), at(3), 'missed by 7 h');
    await markSlotAsked(db, slot(1));
    expect(await slotsNotAsked(db, at(1))).toEqual([]);
    expect(await slotsNotAsked(db, at(9))).toEqual([slot(2)]);
    await markSlotAsked(db, slot(2));
    expect(await slotsNotAsked(db, at(9))).toEqual([]);
    expect((await listSlots(db, 9)).map(({ state, why }) => [state, why])).toEqual([
      ['skipped', 'missed by 7 h'],
      ['asked', null],
      ['asked', null],
    ]);
  });

  test('the sweep asks for the job of a slot whose process died, once', async () => {
    const { editionId } = await plannedFor(t, readersOf(1));
    const [digest = ''] = editionId.split('/');
    const freeze = { timetable: `freeze ${digest}`, at: at(0), job: 'freeze' };
    const payload = { digest, date: '2025-03-15' };
    await claimSlot(t.app.db, { ...freeze, payload }, at(0));
    await sweepLedger(t.app, 0);
    await sweepLedger(t.app, 0);
    await t.drain();
    const editions = await t.app.db.selectFrom('editions').select('id').orderBy('id').execute();
    expect(editions.map(({ id }) => id)).toEqual([editionId, `${digest}/2025-03-15`]);
    expect(await slotsNotAsked(t.app.db, new Date('2030-01-01'))).toEqual([]);
  });
});

describe('a queue that lost everything', () => {
  test('is filled again by the sweep, and all is delivered once', async () => {
    const { editionId, slices } = await plannedFor(t, readersOf(3));
    expect(slices).toHaveLength(1);
    await sweepLedger(t.app, 0);
    await sweepLedger(t.app, 0);
    await t.drain();
    expect(await balanceOf(t, editionId)).toMatchObject({ planned: 3, submitted: 3, open: 0 });
    expect((await outboxOf(t, editionId)).size).toBe(3);
    await sweepLedger(t.app, 0);
    await t.drain();
    expect(await balanceOf(t, editionId)).toMatchObject({ planned: 3, submitted: 3 });
  });

  test('gives up no send of an operator: it is carried out when its hour has come', async () => {
    const { editionId } = await plannedFor(t, readersOf(1));
    await t.subscribe('ada@example.org', { digests: [editionId.split('/')[0] ?? ''] });
    const at = new Date(`${DAY}T08:00:00Z`);
    await askSend(t.app.db, { editionId, at, onlyEmails: ['Ada@example.org'] }, t.app.now());
    await sweepLedger(t.app);
    await t.drain();
    expect(await balanceOf(t, editionId)).toMatchObject({ planned: 1 });
    t.setClock(at);
    await sweepLedger(t.app);
    await t.drain();
    await sweepLedger(t.app);
    await t.drain();
    expect([...(await outboxOf(t, editionId)).keys()]).toContain('ada@example.org');
    expect(await balanceOf(t, editionId)).toMatchObject({ planned: 2, submitted: 2 });
  });

  test('keeps what is younger than half a minute for itself', async () => {
    const { editionId } = await plannedFor(t, readersOf(1));
    await sweepLedger(t.app);
    await t.drain();
    expect(await balanceOf(t, editionId)).toMatchObject({ open: 1 });
    t.setClock(`${DAY}T07:01:00Z`);
    await sweepLedger(t.app);
    await t.drain();
    expect(await balanceOf(t, editionId)).toMatchObject({ submitted: 1, open: 0 });
  });

  test('an edition that does not add up is told as an error', async () => {
    const { editionId } = await plannedFor(t, readersOf(2));
    await sweepLedger(t.app, 0);
    await t.drain();
    t.told.length = 0;
    await t.app.db.deleteFrom('deliveries').where('subscriber_id', '=', '1').execute();
    await sweepLedger(t.app, 0);
    expect(t.told.join()).toContain('2 planned but 1 in the ledger');
    expect(t.told.join()).toContain(editionId);
  });
});

describe('planning', () => {
  const wave = (editionId: string, dueAt: string, email: string) => ({
    editionId,
    digest: editionId.split('/')[0] ?? '',
    due: [{ schedule: 'UTC 7 daily 1', dueAt: new Date(dueAt), lookbackDays: 1 }],
    onlyEmailKeys: [email],
    sliceMax: 100,
    joinedLater: true,
  });

  test.each([
    ['within one second', '2025-03-14T09:00:00.100Z', '2025-03-14T09:00:00.900Z'],
    ['a month apart', '2025-03-20T09:00:00Z', '2025-04-20T09:00:00Z'],
    ['at the same moment', '2025-03-14T09:00:00Z', '2025-03-14T09:00:00Z'],
  ])('two sends %s have slices of their own', async (_, first, second) => {
    const { editionId } = await plannedFor(t, readersOf(1));
    for (const name of ['ada', 'bob']) {
      await t.subscribe(`${name}@example.org`, { digests: [editionId.split('/')[0] ?? ''] });
    }
    const { db } = t.app;
    const [ada] = await planWave(db, wave(editionId, first, 'ada@example.org'), t.app.now());
    const [bob] = await planWave(db, wave(editionId, second, 'bob@example.org'), t.app.now());
    expect(new Set([ada, bob, undefined]).size).toBe(3);
    expect(await balanceOf(t, editionId)).toMatchObject({ planned: 3, open: 3 });
  });

  test('a wave is all or nothing', async () => {
    const { editionId } = await plannedFor(t, readersOf(1));
    await t.subscribe('ada@example.org', { digests: [editionId.split('/')[0] ?? ''] });
    const due = '2025-03-14T09:00:00Z';
    const { db } = t.app;
    await expect(
      planWave(db, { ...wave(editionId, due, 'ada@example.org'), sliceMax: 0 }, t.app.now()),
    ).rejects.toThrow('division by zero');
    expect(await balanceOf(t, editionId)).toMatchObject({ planned: 1, open: 1 });
    expect(await db.selectFrom('slices').select('id').execute()).toHaveLength(1);
  });

  test('an address is one subscriber and one suppression, however it is written', async () => {
    await t.subscribe('Ada@Example.org');
    await t.subscribe(' ada@example.ORG ', { hour: 9 });
    await suppress(t.app.db, 'ADA@example.org', 'bounced', 'no such user', t.app.now());
    await suppress(t.app.db, 'ada@example.org', 'complained', null, t.app.now());
    const ada = await getSubscriber(t.app.db, 'ada@EXAMPLE.org');
    expect(ada).toMatchObject({ id: 1, email: 'Ada@Example.org', suppressed: 'bounced' });
    expect(ada.preferences.hour).toBe(7);
  });
});

test('migrations that several processes start together run once', async () => {
  const server = inject('databaseUrl');
  const fresh = server === '' ? undefined : await freshDatabase(server);
  const one = await openDatabase({ url: fresh?.url });
  const handles =
    fresh === undefined
      ? [one, one, one]
      : [one, ...(await Promise.all([1, 2, 3].map(() => openDatabase({ url: fresh.url }))))];
  const ran = await Promise.all(handles.map(({ db }) => migrate(db)));
  expect(ran.filter((names) => names.length > 0)).toHaveLength(1);
  expect(ran.flat()).toContain('0001-ledger');
  expect(await migrate(one.db)).toEqual([]);
  expect(await one.db.selectFrom('editions').select('id').execute()).toEqual([]);
  for (const handle of new Set(handles)) await handle.close();
  await fresh?.drop();
});

test('tables of a newer release are told of, and left alone', async () => {
  const server = inject('databaseUrl');
  const fresh = server === '' ? undefined : await freshDatabase(server);
  const { db, close } = await openDatabase({ url: fresh?.url });
  await migrate(db);
  await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '')`.execute(db);
  await expect(migrate(db)).rejects.toThrow('9999-later');
  await close();
  await fresh?.drop();
});
