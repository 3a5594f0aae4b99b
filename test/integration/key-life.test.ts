import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import { listDeadLetters } from '../../src/store/dead-letters.ts';
import { waitingSlices } from '../../src/store/waiting-slices.ts';
import { sweepLedger } from '../../src/sweep.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { type FakeResend, type Fault, startFakeResend } from '../support/fake-resend.ts';
import { balanceOf, deliveries, states } from '../support/morning.ts';
import { plannedFor, readersOf } from '../support/readers.ts';
import { resendSettings } from '../support/resend-settings.ts';

const READERS = readersOf(2);
const HOUR_MS = 3_600_000;

let fake: FakeResend;
let t: TestApp;
beforeAll(async () => {
  // It forgets its keys after 24 h by the clock of the test.
  fake = await startFakeResend({ now: () => t.app.now().getTime() });
  t = await openTestApp(resendSettings(fake));
});
afterAll(async () => {
  await t.close();
  await fake.close();
});
/** The first attempt, at seven in the morning, with what goes wrong with it. */
async function firstAttempt(fault: Fault) {
  const { editionId, slices } = await plannedFor(t, READERS);
  const [sliceId = ''] = slices;
  const before = fake.accepted.length;
  const asked = fake.requests.length;
  fake.fault(fault);
  const ending = await jobs.submit.run({ sliceId }, t.app);
  return {
    editionId,
    sliceId,
    ending,
    accepted: () => fake.accepted.slice(before),
    requests: () => fake.requests.length - asked,
    slice: () =>
      t.app.db
        .selectFrom('slices')
        .where('id', '=', sliceId)
        .select(['state', 'attempts', 'next_try_at'])
        .executeTakeFirstOrThrow(),
  };
}

/** So many hours and seconds after seven: sweeps, and works off what that asks for. */
async function sweptAfter(hours: number, seconds = 0): Promise<void> {
  t.setClock(new Date(Date.parse('2025-03-14T07:00:00Z') + hours * HOUR_MS + seconds * 1_000));
  await sweepLedger(t.app, 0);
  await t.drain();
}

const unknown = (accept: boolean): Fault => ({ accept, answer: { status: 502, body: '' } });
const halt: Fault = {
  answer: { status: 403, body: '{"name":"invalid_api_key","message":"API key is invalid"}' },
};

describe('a slice that may or may not have gone out', () => {
  test('is repeated in the last hour of its key, and delivered once', async () => {
    const first = await firstAttempt(unknown(true));
    expect(first.ending).toMatchObject({ kind: 'later' });
    await sweptAfter(22, 3_000);
    expect(await states(t, first.editionId)).toEqual(
      Object.fromEntries(READERS.map((address) => [address, 'submitted'])),
    );
    expect([first.accepted().length, first.requests()]).toEqual([2, 2]);
    expect(await balanceOf(t, first.editionId)).toMatchObject({ submitted: 2 });
  });

  test.each([
    ['at the end of the last hour', 22, 3_300, 2],
    ['a while after a long outage', 23, 1, 1],
    ['a day after', 24, 10, 1],
    ['days after', 100, 0, 1],
  ])(
    'is held when its key has ended, and never sent again: %s',
    async (_, hours, seconds, requests) => {
      const first = await firstAttempt(unknown(true));
      const later = { 'retry-after': '600' }; // later than the key lives
      const fault: Fault = { accept: false, answer: { status: 503, body: '', headers: later } };
      if (requests > 1) fake.fault(fault);
      await sweptAfter(hours, seconds);
      expect([first.accepted().length, first.requests()]).toEqual([2, requests]);
      expect(await first.slice()).toMatchObject({ state: 'held' });
      expect((await deliveries(t, first.editionId)).map(({ state }) => state)).toEqual([
        'unknown',
        'unknown',
      ]);
      const dead = await listDeadLetters(t.app.db, 100);
      expect(dead).toMatchObject([{ job: 'submit', payload: { sliceId: first.sliceId } }]);

      await sweptAfter(hours + 1);
      await jobs.submit.run({ sliceId: first.sliceId }, t.app); // a job that was asked for before
      expect(first.requests()).toBe(requests);
      expect(await first.slice()).toMatchObject({ state: 'held' });
      expect(await waitingSlices(t.app.db, t.app.now(), 0, 10)).toEqual([]);
      expect(await balanceOf(t, first.editionId)).toMatchObject({ unknown: 2, open: 0 });
    },
  );

  test('is held also when the provider was busy until the key had ended', async () => {
    const first = await firstAttempt(unknown(true));
    t.setClock('2025-03-15T05:30:00Z'); // half an hour before the key ends
    const busy = { 'retry-after': '3600' };
    fake.fault({ answer: { status: 429, body: '{"name":"rate_limit_exceeded"}', headers: busy } });
    await jobs.submit.run({ sliceId: first.sliceId }, t.app);
    expect(first.requests()).toBe(2);
    await sweptAfter(24, 60);
    expect(first.accepted()).toHaveLength(2);
    expect(await first.slice()).toMatchObject({ state: 'held' });
  });
});

describe('a slice that the provider does not take until a person acts', () => {
  test('stays open with nothing lost, alerts, and is delivered once when it works again', async () => {
    const first = await firstAttempt(halt);
    expect(first.ending).toMatchObject({ kind: 'halt' });
    expect(await first.slice()).toMatchObject({ state: 'open' });
    expect(await balanceOf(t, first.editionId)).toMatchObject({ planned: 2, open: 2 });
    expect(await listDeadLetters(t.app.db, 100)).toEqual([]);
    await sweptAfter(1);
    expect(first.accepted().map(({ email }) => [email.to].flat()[0])).toEqual(READERS);
    expect(await balanceOf(t, first.editionId)).toMatchObject({ submitted: 2, open: 0 });
  });

  test('is too late after a day, and skipped: nothing of it can have gone out', async () => {
    const first = await firstAttempt(halt);
    await sweptAfter(24);
    expect(first.accepted()).toHaveLength(0);
    expect(await states(t, first.editionId)).toEqual(
      Object.fromEntries(READERS.map((address) => [address, expect.stringMatching(/^skipped: /)])),
    );
  });
});

test('a slice that renders differently than at its first attempt is dead, and nothing more is sent', async () => {
  const first = await firstAttempt(unknown(false));
  await t.app.db
    .updateTable('editions')
    .set({ title: 'Another Title' })
    .where('id', '=', first.editionId)
    .execute();
  const worker = await t.second({}, '2025-03-14T07:10:00Z'); // it has nothing in memory
  expect(await jobs.submit.run({ sliceId: first.sliceId }, worker.app)).toEqual({
    kind: 'dead',
    why: expect.stringContaining('renders differently'),
  });
  await worker.close();
  expect(await first.slice()).toMatchObject({ state: 'dead' });
  expect([first.accepted().length, first.requests()]).toEqual([0, 1]);
  await sweptAfter(1);
  await jobs.submit.run({ sliceId: first.sliceId }, t.app); // a job that was asked for before
  expect(first.requests()).toBe(1);
  expect(await first.slice()).toMatchObject({ state: 'dead' });
  expect(await balanceOf(t, first.editionId)).toMatchObject({ planned: 2, open: 2 });
});
