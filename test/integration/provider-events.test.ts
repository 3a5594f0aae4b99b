import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Meaning } from '../../src/domain/provider-event.ts';
import { keepEvent, unsettledEvents } from '../../src/store/provider-events.ts';
import { recordSubmitted } from '../../src/store/settle.ts';
import { submitSlice } from '../../src/submit.ts';
import { sweepLedger } from '../../src/sweep.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { balanceOf, deliveries } from '../support/morning.ts';
import { handOver, plannedFor } from '../support/readers.ts';

const ADA = 'ada@example.org';
const BOB = 'bob@example.org';

let t: TestApp;
let editionId: string;
let slices: string[];
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  ({ editionId, slices } = await plannedFor(t, [ADA, BOB]));
});

async function providerIdOf(email: string): Promise<string> {
  const row = (await deliveries(t, editionId)).find((one) => one.email === email);
  return row?.providerId ?? 'none';
}

/** A webhook keeps the event and asks for the settle job. */
async function arrives(id: string, meaning: Meaning): Promise<boolean> {
  const event = { id, provider: 'resend', type: `email.${meaning.kind}`, meaning };
  const fresh = await keepEvent(t.app.db, event, t.app.now());
  await t.app.queue.enqueue('settle', { eventId: id });
  await t.drain();
  return fresh;
}

const facts = async (email: string) => {
  const { delivered_at, bounced_at, complained_at, state } = await t.app.db
    .selectFrom('deliveries')
    .innerJoin('subscribers', 'subscribers.id', 'subscriber_id')
    .where('email', '=', email)
    .where('edition_id', '=', editionId)
    .select(['delivered_at', 'bounced_at', 'complained_at', 'deliveries.state'])
    .executeTakeFirstOrThrow();
  const dates = { delivered: delivered_at, bounced: bounced_at, complained: complained_at };
  return { state, facts: Object.entries(dates).flatMap(([name, at]) => (at ? [name] : [])) };
};
const suppressions = () =>
  t.app.db.selectFrom('suppressions').select(['email_key', 'reason', 'detail']).execute();
const results = async () =>
  (
    await t.app.db.selectFrom('provider_events').select(['id', 'result']).orderBy('id').execute()
  ).map(({ id, result }) => `${id}: ${result}`);

test('delivered is a fact of the one delivery, and suppresses nobody', async () => {
  await handOver(t, slices);
  await arrives('m1', { kind: 'delivered', providerId: await providerIdOf(ADA) });
  expect(await facts(ADA)).toEqual({ state: 'submitted', facts: ['delivered'] });
  expect(await facts(BOB)).toEqual({ state: 'submitted', facts: [] });
  expect(await suppressions()).toEqual([]);
});

test.each(['bounced', 'complained'] as const)(
  '%s is a fact that stays beside delivered, and suppresses the address',
  async (kind) => {
    await handOver(t, slices);
    const providerId = await providerIdOf(ADA);
    await arrives('m1', { kind, providerId, detail: 'because' });
    await arrives('m2', { kind: 'delivered', providerId });
    expect(await facts(ADA)).toEqual({ state: 'submitted', facts: ['delivered', kind] });
    expect(await suppressions()).toEqual([{ email_key: ADA, reason: kind, detail: 'because' }]);
    expect(await balanceOf(t, editionId)).toMatchObject({ submitted: 2 });
  },
);

test('the same message twice is one event, and the first reason of a suppression stays', async () => {
  await handOver(t, slices);
  const providerId = await providerIdOf(ADA);
  const bounced: Meaning = { kind: 'bounced', providerId, detail: 'no such user' };
  expect(await arrives('m1', bounced)).toBe(true);
  const before = await t.app.db.selectFrom('deliveries').selectAll().execute();
  t.setClock('2025-03-14T09:00:00Z');
  expect(await arrives('m1', { ...bounced, detail: 'again' })).toBe(false);
  await arrives('m2', { kind: 'complained', providerId, detail: 'spam' });
  expect(await results()).toEqual(['m1: bounced', 'm2: complained']);
  expect(await suppressions()).toMatchObject([{ reason: 'bounced', detail: 'no such user' }]);
  const after = await t.app.db.selectFrom('deliveries').select('bounced_at').execute();
  expect(after.map((row) => row.bounced_at)).toEqual(before.map((row) => row.bounced_at));
});

test('an event of an id that nobody knows is kept and changes nothing', async () => {
  await handOver(t, slices);
  await arrives('m1', { kind: 'bounced', providerId: 'somebody else', detail: '' });
  expect(await results()).toEqual(['m1: no delivery has this id']);
  expect(await suppressions()).toEqual([]);
  expect(await facts(ADA)).toEqual({ state: 'submitted', facts: [] });
});

test('an event without meaning is kept', async () => {
  await arrives('m1', { kind: 'other' });
  expect(await results()).toEqual(['m1: kept']);
});

test('a bounce that comes before the ledger knows the id of its delivery is not lost', async () => {
  // The outbox makes its id of the delivery's, so the test knows it before the ledger does.
  const row = (await deliveries(t, editionId)).find(({ email }) => email === ADA);
  const early = `outbox-${row?.id}`;
  await arrives('m1', { kind: 'bounced', providerId: early, detail: 'no such user' });
  await handOver(t, slices);
  expect(await providerIdOf(ADA)).toBe(early);
  t.setClock('2025-03-14T07:05:00Z');
  await sweepLedger(t.app);
  await t.drain();
  expect(await facts(ADA)).toEqual({ state: 'submitted', facts: ['bounced'] });
  expect(await suppressions()).toMatchObject([{ email_key: ADA, reason: 'bounced' }]);
});

test('an event whose job was lost is settled by the sweep', async () => {
  await handOver(t, slices);
  const meaning: Meaning = { kind: 'delivered', providerId: await providerIdOf(BOB) };
  const event = { id: 'm1', provider: 'resend', type: 'email.delivered', meaning };
  await keepEvent(t.app.db, event, t.app.now());
  await sweepLedger(t.app, 0);
  await t.drain();
  expect(await facts(BOB)).toEqual({ state: 'submitted', facts: ['delivered'] });
});

test('a bounce that came hours before the answer that names its email counts all the same', async () => {
  const [sliceId = ''] = slices;
  const members = await t.app.db
    .selectFrom('deliveries')
    .select('subscriber_id')
    .where('slice_id', '=', sliceId)
    .orderBy('subscriber_id')
    .execute();
  await arrives('early', { kind: 'bounced', providerId: 'late-1', detail: 'no such user' });
  t.setClock('2025-03-14T09:00:00Z');
  await t.app.queue.enqueue('settle', { eventId: 'early' });
  await t.drain();
  expect(await suppressions()).toEqual([]);
  expect(await unsettledEvents(t.app.db, t.app.now(), 10)).toEqual([]); // given up for now

  await freezeOnly(sliceId);
  const taken = members.map(({ subscriber_id }, at) => ({
    subscriberId: Number(subscriber_id),
    providerId: `late-${at + 1}`,
  }));
  await recordSubmitted(t.app.db, sliceId, taken, [], t.app.now());
  await sweepLedger(t.app, 0);
  await t.drain();
  expect(await suppressions()).toMatchObject([{ reason: 'bounced', detail: 'no such user' }]);
});

/** Freezes who is in a slice, as its first taking does, and hands nothing over. */
async function freezeOnly(sliceId: string): Promise<void> {
  await expect(
    submitSlice(
      {
        ...t.app,
        provider: {
          ...t.app.provider,
          submit: async () => {
            throw new Error('the process ends here');
          },
        },
      },
      sliceId,
    ),
  ).rejects.toThrow('the process ends here');
}
