import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { goOn } from '../../src/operate.ts';
import {
  EVERYTHING,
  editionBrake,
  endProbe,
  holdProvider,
  listBrakes,
  PROVIDER,
  passGate,
  pause,
  providerFailed,
  providerWorks,
  resume,
} from '../../src/store/brakes.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { type FakeResend, type Fault, startFakeResend } from '../support/fake-resend.ts';
import { balanceOf } from '../support/morning.ts';
import { handOver, plannedFor, readersOf } from '../support/readers.ts';
import { resendSettings } from '../support/resend-settings.ts';

let fake: FakeResend;
let t: TestApp;
let before: number;
beforeAll(async () => {
  fake = await startFakeResend();
  t = await openTestApp(resendSettings(fake));
});
afterAll(async () => {
  await t.close();
  await fake.close();
});
beforeEach(async () => {
  await t.empty();
  before = fake.requests.length;
});

const at = (seconds: number) => new Date(Date.UTC(2025, 2, 14, 7, 0, seconds));
const gate = (seconds: number, edition = 'daily/2025-03-14') =>
  passGate(t.app.db, edition, at(seconds), { tried: false });
const problem = (status: number, name: string, headers = {}): Fault => ({
  accept: false,
  answer: { status, body: JSON.stringify({ statusCode: status, name, message: '' }), headers },
});

describe('the gate', () => {
  test('is open when nothing holds anything back', async () => {
    expect(await gate(0)).toEqual({ kind: 'go', probe: false });
  });

  test('after a pause lets one through to probe, and the others only when it got through', async () => {
    await holdProvider(t.app.db, 'busy', at(2), 'slow down', at(0));
    expect(await gate(1)).toMatchObject({ kind: 'wait', ms: 1_000 });
    expect(await gate(2)).toEqual({ kind: 'go', probe: true });
    expect(await gate(2)).toMatchObject({ kind: 'wait' });
    await providerWorks(t.app.db, false); // an answer to a request that left before the pause
    expect(await gate(2)).toMatchObject({ kind: 'wait' });
    await providerWorks(t.app.db, true);
    expect(await gate(2)).toEqual({ kind: 'go', probe: false });
  });

  test('closes for a while after five failures in a row, and not after four', async () => {
    for (let n = 0; n < 4; n += 1) await providerFailed(t.app.db, 'HTTP 500', at(0));
    expect(await gate(0)).toEqual({ kind: 'go', probe: false });
    await providerFailed(t.app.db, 'HTTP 500', at(0));
    expect(await gate(0)).toMatchObject({ kind: 'wait' });
    expect(await gate(4)).toEqual({ kind: 'go', probe: true });
  });

  test('while requests fail, what was tried lets the others probe for three seconds', async () => {
    for (let n = 0; n < 6; n++) await providerFailed(t.app.db, 'connection lost', at(0));
    const tried = (seconds: number) => passGate(t.app.db, 'a', at(seconds), { tried: true });
    expect(await tried(1.5)).toMatchObject({ kind: 'wait', ms: 3_000 });
    expect(await gate(1.5)).toEqual({ kind: 'go', probe: true });
    await endProbe(t.app.db);
    expect(await tried(4.5)).toEqual({ kind: 'go', probe: true });
    await endProbe(t.app.db);
    await resume(t.app.db, PROVIDER);
    await holdProvider(t.app.db, 'busy', at(10), '429', at(5));
    expect(await tried(10)).toEqual({ kind: 'go', probe: true });
  });

  test('one success between failures starts the count again', async () => {
    for (let n = 0; n < 4; n += 1) await providerFailed(t.app.db, 'HTTP 500', at(0));
    await providerWorks(t.app.db, false);
    await providerFailed(t.app.db, 'HTTP 500', at(0));
    expect(await gate(0)).toEqual({ kind: 'go', probe: false });
  });

  test('the longest pause counts', async () => {
    await holdProvider(t.app.db, 'busy', at(9), 'long', at(0));
    await holdProvider(t.app.db, 'busy', at(2), 'short', at(0));
    expect(await gate(3)).toMatchObject({ kind: 'wait', ms: 6_000 });
  });

  test('a paused edition holds back its own slices only, and pausing everything holds all', async () => {
    await pause(t.app.db, editionBrake('daily/2025-03-14'), 'a bad abstract', at(0));
    expect(await gate(0)).toEqual({ kind: 'paused', why: 'a bad abstract' });
    expect(await gate(0, 'weekly/2025-03-14')).toMatchObject({ kind: 'go' });
    await pause(t.app.db, EVERYTHING, 'stop', at(0));
    expect(await gate(0, 'weekly/2025-03-14')).toMatchObject({ kind: 'paused' });
    await resume(t.app.db, EVERYTHING);
    expect(await gate(0, 'weekly/2025-03-14')).toMatchObject({ kind: 'go' });
  });
});

describe('sending through it', () => {
  test('a paused edition sends nothing, loses nothing, and goes on where it was when resumed', async () => {
    const { editionId, slices } = await plannedFor(t, readersOf(3));
    await pause(t.app.db, editionBrake(editionId), 'wait', t.app.now());
    await handOver(t, slices);
    expect(fake.requests.length).toBe(before);
    expect(await balanceOf(t, editionId)).toMatchObject({ open: 3 });
    await resume(t.app.db, editionBrake(editionId));
    await goOn(t.app);
    await t.drain();
    expect(await balanceOf(t, editionId)).toMatchObject({ submitted: 3, open: 0 });
  });

  test('after a halt an operator resumes: what was tried goes at once, before its own next try', async () => {
    const { editionId, slices } = await plannedFor(t, readersOf(3));
    fake.fault(problem(401, 'invalid_api_key'));
    await t.app.queue.enqueueAll(
      'submit',
      slices.map((sliceId) => ({ sliceId })),
    );
    const drained = t.drain(); // not before the job that the halt put off is gone too
    await expect
      .poll(() => listBrakes(t.app.db))
      .toMatchObject([{ name: PROVIDER, kind: 'halted' }]);
    await expect.poll(() => t.app.queue.counts()).toMatchObject({ submit: { delayed: 1 } });
    await t.app.queue.still(); // what is put off to another hour is not waited for

    await resume(t.app.db, PROVIDER);
    await goOn(t.app);
    await drained;
    expect(await balanceOf(t, editionId)).toMatchObject({ submitted: 3, open: 0 });
  });

  // The last one: its first slice stays in the queue for the minute that the provider asked for.
  test('a quota stops all slices with one alert; when its window opens one asks, then all go', async () => {
    const { editionId, slices } = await plannedFor(t, readersOf(250));
    fake.fault(problem(429, 'daily_quota_exceeded', { 'retry-after': '60' }));
    await t.app.queue.enqueueAll(
      'submit',
      slices.slice(0, 1).map((sliceId) => ({ sliceId })),
    );
    t.drain().catch(() => {}); // it ends with the file, a minute before the queue is idle
    await expect
      .poll(() => listBrakes(t.app.db))
      .toMatchObject([{ name: PROVIDER, kind: 'halted' }]);
    // The brake is on before the alert is told.
    await expect.poll(() => t.told.filter((line) => line.includes('daily_quota'))).toHaveLength(1);
    await t.app.db.updateTable('brakes').set({ until: t.app.now() }).execute();
    await t.app.db.updateTable('slices').set({ next_try_at: t.app.now() }).execute();
    await t.app.queue.enqueueAll(
      'submit',
      slices.slice(1).map((sliceId) => ({ sliceId })),
    );
    await expect.poll(() => fake.requests.length - before, { timeout: 30_000 }).toBeGreaterThan(2);
    await expect
      .poll(async () => (await balanceOf(t, editionId))?.submitted)
      .toBeGreaterThanOrEqual(150);
    expect(await listBrakes(t.app.db)).toEqual([]);
  });
});
