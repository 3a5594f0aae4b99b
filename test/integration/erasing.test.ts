import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dispatchSend } from '../../src/dispatch.ts';
import { tombstones } from '../../src/domain/erasure.ts';
import type { Meaning } from '../../src/domain/provider-event.ts';
import { brief } from '../../src/providers/brief.ts';
import { forget } from '../../src/retention.ts';
import { bury } from '../../src/store/dead-letters.ts';
import { askSend, getSend } from '../../src/store/dispatch.ts';
import { BY_COMMAND } from '../../src/store/leaving.ts';
import { resolveUnknown } from '../../src/store/operate.ts';
import { erase } from '../../src/store/privacy.ts';
import { keepEvent } from '../../src/store/provider-events.ts';
import { getSubscriber } from '../../src/store/subscribers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { everyRow } from '../support/browser.ts';
import { type FakeResend, startFakeResend } from '../support/fake-resend.ts';
import { balanceOf, states } from '../support/morning.ts';
import { handOver, plannedFor } from '../support/readers.ts';
import { resendSettings } from '../support/resend-settings.ts';

const [ADA, BOB, EVE] = ['ada@example.org', 'bob@example.org', 'eve@example.org'];
const EVERYBODY = [ADA, BOB, EVE];

let fake: FakeResend;
let t: TestApp;
let editionId: string;
let slices: string[];
let ids: Record<string, number>;
beforeAll(async () => {
  fake = await startFakeResend();
  t = await openTestApp(resendSettings(fake));
});
afterAll(async () => {
  await t.close();
  await fake.close();
});
beforeEach(async () => {
  ({ editionId, slices } = await plannedFor(t, EVERYBODY));
  const numbers = EVERYBODY.map(
    async (email) => [email, (await getSubscriber(t.app.db, email)).id] as const,
  );
  ids = Object.fromEntries(await Promise.all(numbers));
});

const idOf = (email: string) => ids[email] ?? 0;
const rowOf = (email: string) =>
  t.app.db
    .selectFrom('deliveries')
    .where('subscriber_id', '=', String(idOf(email)))
    .select(['state', 'why', 'addressee', 'provider_id'])
    .executeTakeFirstOrThrow();
const addressOf = async (email: string) => (await rowOf(email)).addressee?.email;
const eraseOne = (email: string) => {
  const [tombstone = ''] = tombstones(t.app.keys, email);
  return erase(t.app.db, idOf(email), tombstone, BY_COMMAND, t.app.now());
};
const suppressed = async () =>
  (await t.app.db.selectFrom('suppressions').select(['email_key', 'reason']).execute()).map(
    (row) => `${row.reason} ${row.email_key}`,
  );
let messages = 0;
async function arrives(email: string, kind: 'bounced' | 'complained', detail = 'because') {
  messages += 1;
  const providerId = (await rowOf(email)).provider_id ?? '';
  const meaning: Meaning = { kind, providerId, detail };
  const event = { id: `m${messages}`, provider: 'resend', type: `email.${kind}`, meaning };
  await keepEvent(t.app.db, event, t.app.now());
  await t.app.queue.enqueue('settle', { eventId: event.id });
  await t.drain();
}
/** The key's life ended before Resend answered: nobody knows whether anything was taken. */
async function unanswered() {
  await handOver(t, slices);
  await t.app.db
    .updateTable('deliveries')
    .set({ state: 'unknown', provider_id: null, decided_at: t.app.now() })
    .execute();
  await t.app.db.updateTable('slices').set({ state: 'held' }).execute();
}
const mailedTo = () => fake.accepted.map(({ email }) => [email.to].flat()[0]);

describe('erasing one of several', () => {
  test('leaves the addresses of everybody else in what was decided', async () => {
    await handOver(t, slices);
    await eraseOne(ADA);
    expect(await Promise.all(EVERYBODY.map(addressOf))).toEqual(['', BOB, EVE]);
  });

  test('leaves what was decided on others to be settled: a complaint suppresses who complained', async () => {
    await handOver(t, slices);
    await eraseOne(ADA);
    await arrives(BOB, 'complained');
    expect(await suppressed()).toEqual([
      `erased ${tombstones(t.app.keys, ADA)[0]}`,
      `complained ${BOB}`,
    ]);
  });

  test('leaves the unknown of others to be sent again, to them', async () => {
    await unanswered();
    await eraseOne(ADA);
    const before = mailedTo().length;
    for (const email of EVERYBODY) {
      const delivery = { editionId, subscriberId: idOf(email) };
      const slice = await resolveUnknown(t.app.db, delivery, 'not-sent', t.app.now());
      await handOver(t, slice === undefined ? [] : [slice]);
    }
    expect(mailedTo().slice(before).sort()).toEqual([BOB, EVE]);
    expect(await rowOf(ADA)).toMatchObject({ state: 'suppressed', why: 'erased' });
    expect(await balanceOf(t, editionId)).toMatchObject({ submitted: 2, suppressed: 1 });
    expect(Object.keys(await states(t, editionId))).not.toContain(ADA);
  });
});

describe('erasing leaves the address nowhere', () => {
  test('in the words of providers, and in sends that were carried out or are to come', async () => {
    await handOver(t, slices);
    await t.app.db
      .updateTable('slices')
      .set({ why: brief(`HTTP 422: no <${ADA}>`) })
      .execute();
    await arrives(ADA, 'bounced', `550 5.1.1 <${ADA}>: user unknown`);
    await arrives(BOB, 'bounced', 'no such user');
    const at = new Date('2025-03-15T07:00:00Z');
    const ask = (...onlyEmails: string[]) =>
      askSend(t.app.db, { editionId, at, onlyEmails }, t.app.now());
    const [done, both] = [await ask('Ada@Example.org'), await ask(' ADA@example.org', BOB)];
    await dispatchSend(t.app, done);
    await bury(t.app.db, {
      job: 'settle',
      payload: {},
      why: `Error: ${ADA} is not an address`,
      attempts: 1,
      diedAt: t.app.now(),
    });
    await eraseOne(ADA);
    expect((await everyRow(t.app)).toLowerCase()).not.toContain('ada@');
    expect(await getSend(t.app.db, both)).toMatchObject({ onlyEmailKeys: [BOB] });
    const events = await t.app.db.selectFrom('provider_events').select('payload').execute();
    expect(events.flatMap(({ payload }) => Object(payload).detail ?? [])).toEqual(['no such user']);
    expect(await dispatchSend(t.app, done)).toEqual([]);
  });

  test('and a send that named nobody else is for nobody', async () => {
    const later = { editionId, at: t.app.now(), onlyEmails: [ADA] };
    const id = await askSend(t.app.db, later, t.app.now());
    await t.app.db.deleteFrom('deliveries').execute();
    await eraseOne(ADA);
    expect(await dispatchSend(t.app, id)).toEqual([]);
  });
});

describe('after the retention', () => {
  test('a send does not name anybody any more', async () => {
    const send = { editionId, at: t.app.now(), onlyEmails: [BOB] };
    const id = await askSend(t.app.db, send, t.app.now());
    await dispatchSend(t.app, id);
    t.setClock('2025-07-14T07:00:00Z');
    await forget(t.app);
    expect(await getSend(t.app.db, id)).toMatchObject({ dispatched: true, onlyEmailKeys: [] });
  });

  test('an unknown delivery still has its address, because a person may decide on it', async () => {
    await unanswered();
    t.setClock('2025-07-14T07:00:00Z');
    await forget(t.app);
    expect(await Promise.all(EVERYBODY.map(addressOf))).toEqual(EVERYBODY);
  });

  test('a complaint suppresses the person of the delivery, never nobody', async () => {
    await handOver(t, slices);
    t.setClock('2025-07-14T07:00:00Z');
    await forget(t.app);
    await arrives(BOB, 'complained');
    await eraseOne(ADA);
    await arrives(ADA, 'bounced');
    expect(await suppressed()).toEqual([
      `complained ${BOB}`,
      `erased ${tombstones(t.app.keys, ADA)[0]}`,
    ]);
  });

  test('an unknown delivery whose address an older version forgot goes to its subscriber', async () => {
    await unanswered();
    const blank = JSON.stringify({ ...(await rowOf(BOB)).addressee, email: '' });
    await t.app.db
      .updateTable('deliveries')
      .set({ addressee: blank })
      .where('subscriber_id', '=', String(idOf(BOB)))
      .execute();
    const before = mailedTo().length;
    const delivery = { editionId, subscriberId: idOf(BOB) };
    const slice = await resolveUnknown(t.app.db, delivery, 'not-sent', t.app.now());
    await handOver(t, [slice ?? '']);
    expect(mailedTo().slice(before)).toEqual([BOB]);
  });
});
