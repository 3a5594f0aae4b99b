import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import { PROVIDER, resume } from '../../src/store/brakes.ts';
import { hurrySlices } from '../../src/store/operate.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { type FakeResend, type Fault, startFakeResend } from '../support/fake-resend.ts';
import { balanceOf } from '../support/morning.ts';
import { plannedFor, readersOf } from '../support/readers.ts';
import { resendSettings } from '../support/resend-settings.ts';

let fake: FakeResend;
let t: TestApp;
beforeAll(async () => {
  fake = await startFakeResend();
  t = await openTestApp(resendSettings(fake));
});
afterAll(async () => {
  await t.close();
  await fake.close();
});

const halt: Fault = {
  answer: { status: 403, body: '{"name":"invalid_api_key","message":"API key is invalid"}' },
};
let planned: { editionId: string; slices: string[] };
/** A slice for each of so many readers. */
async function plan(count: number): Promise<string[]> {
  const app = { ...t.app, provider: { ...t.app.provider, sliceMax: 1 } };
  planned = await plannedFor({ ...t, app }, readersOf(count));
  expect(planned.slices).toHaveLength(count);
  return planned.slices;
}
const SEVEN = Date.parse('2025-03-14T07:00:00Z');
/** So many minutes after seven a worker comes by. @returns how many requests left. */
async function triedAt(minutes: number, sliceId: string | undefined): Promise<number> {
  const before = fake.requests.length;
  t.setClock(new Date(SEVEN + minutes * 60_000 + 1));
  await jobs.submit.run({ sliceId: sliceId ?? '' }, t.app);
  return fake.requests.length - before;
}
beforeEach(() => t.empty());

test('the only slice tries a halted provider every five minutes, and goes when it is mended', async () => {
  const [only] = await plan(1);
  fake.fault(...Array.from({ length: 12 }, () => halt));
  for (let n = 0; n < 12; n++) expect([n, await triedAt(n * 5.1, only)]).toEqual([n, 1]);
  expect(await triedAt(58, only)).toBe(0);
  expect(await triedAt(12 * 5.1, only)).toBe(1);
  expect(await balanceOf(t, planned.editionId)).toMatchObject({ submitted: 1 });
});

test('while others can try, a slice that was halted twice waits longer; the end of the halt lets it go at once', async () => {
  const [tried, other] = await plan(2);
  fake.fault(halt, halt);
  expect(await triedAt(0, tried)).toBe(1);
  expect(await triedAt(5.1, tried)).toBe(1);
  expect(await triedAt(10.3, tried)).toBe(0);
  expect(await triedAt(10.3, other)).toBe(1);
  expect(await triedAt(10.4, tried)).toBe(1);
  expect(await balanceOf(t, planned.editionId)).toMatchObject({ submitted: 2 });
});

test('a slice that alone runs into a halt does not hold the others up for ever', async () => {
  const [poison, ...others] = await plan(4);
  fake.fault(halt);
  expect(await triedAt(0, poison)).toBe(1);
  expect(await triedAt(5.1, others[0])).toBe(1);
  fake.fault(halt);
  expect(await triedAt(5.2, poison)).toBe(1); // let go with everybody, and halted again
  expect(await triedAt(10.4, others[1])).toBe(1);
  expect(await triedAt(10.5, poison)).toBe(0); // not let go this time
  expect(await triedAt(10.5, others[2])).toBe(1);
  fake.fault(halt);
  expect(await triedAt(15.3, poison)).toBe(1);
  expect(await triedAt(20.5, poison)).toBe(1); // nobody else is left to try
  expect(await balanceOf(t, planned.editionId)).toMatchObject({ submitted: 4 });
});

test('of two slices that were halted often one at least tries as soon as the provider said', async () => {
  const [one, other] = await plan(2);
  fake.fault(...Array.from({ length: 12 }, () => halt));
  let requests = 0;
  for (let n = 0; n < 12; n++)
    requests += (await triedAt(n * 5.1, one)) + (await triedAt(n * 5.1 + 0.01, other));
  expect(requests).toBeGreaterThanOrEqual(12);
});

test('an operator who resumes lets go also what ran into it alone', async () => {
  const [poison, other] = await plan(3);
  fake.fault(halt);
  await triedAt(0, poison);
  await triedAt(5.1, other);
  fake.fault(halt);
  await triedAt(5.2, poison);
  await resume(t.app.db, PROVIDER);
  await hurrySlices(t.app.db);
  expect(await triedAt(5.3, poison)).toBe(1);
});
