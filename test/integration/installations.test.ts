import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import { dispatchDigest } from '../../src/dispatch.ts';
import { freezeEdition } from '../../src/freeze.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { type FakeResend, startFakeResend } from '../support/fake-resend.ts';
import { balanceOf, DAY, listPapers } from '../support/morning.ts';
import { handOver } from '../support/readers.ts';
import { resendSettings } from '../support/resend-settings.ts';

/** One team at Resend, where two installations with databases of their own send. */
let fake: FakeResend;
let staging: TestApp;
let production: TestApp;
beforeAll(async () => {
  fake = await startFakeResend();
  staging = await openTestApp(resendSettings(fake));
  production = await openTestApp(resendSettings(fake));
});
afterAll(async () => {
  await staging.close();
  await production.close();
  await fake.close();
});

/** The edition that every installation has, planned for these. */
async function planned(t: TestApp, readers: readonly string[]): Promise<string[]> {
  await t.empty();
  t.setClock('2025-03-01T00:00:00Z');
  for (const reader of readers) await t.subscribe(reader);
  t.setClock(`${DAY}T05:00:00Z`);
  await listPapers(t, ['Kettles', 'Diffusion of Tea', 'Robots']);
  await freezeEdition(t.app, 'daily', DAY);
  t.setClock(`${DAY}T07:00:00Z`);
  return dispatchDigest(t.app, 'daily');
}

const keys = () => fake.requests.map(({ headers }) => headers['idempotency-key']);

test('two installations at one provider send the same edition, each to its own readers', async () => {
  const rehearsed = await planned(staging, ['tester@example.org']);
  await handOver(staging, rehearsed);
  const slices = await planned(production, ['ada@example.org']);
  expect(slices).toEqual(rehearsed);
  await handOver(production, slices);
  expect(await balanceOf(production, `daily/${DAY}`)).toMatchObject({ submitted: 1, unknown: 0 });
  expect(fake.accepted.map(({ email }) => [email.to].flat()[0])).toEqual([
    'tester@example.org',
    'ada@example.org',
  ]);
});

test('every process of an installation asks under the same key', async () => {
  const [sliceId = ''] = await planned(production, ['ada@example.org']);
  const asked = keys().length;
  fake.fault({ accept: true, answer: { status: 502, body: '' } });
  await jobs.submit.run({ sliceId }, production.app);
  const other = await production.second({}, `${DAY}T07:05:00Z`);
  await jobs.submit.run({ sliceId }, other.app);
  await other.close();
  const [first, again, ...more] = keys().slice(asked);
  expect(first).toMatch(new RegExp(`^paperboy/[\\w-]+/${sliceId}$`));
  expect([again, more]).toEqual([first, []]);
});

test.each([
  ['in doubt', { accept: true, answer: { status: 502, body: '' } }],
  ['provably not taken', { answer: { status: 403, body: '{"name":"invalid_api_key"}' } }],
])(
  'a slice that was attempted before installations had an id, %s, keeps its key',
  async (_, fault) => {
    const slices = await planned(production, ['ada@example.org']);
    const [sliceId = ''] = slices;
    fake.fault(fault);
    await jobs.submit.run({ sliceId }, production.app);
    await production.app.db
      .updateTable('slices')
      .set({ key: null as never })
      .execute();
    const asked = keys().length;
    production.setClock(`${DAY}T07:10:00Z`);
    await jobs.submit.run({ sliceId }, production.app);
    expect(keys().slice(asked)).toEqual([`paperboy/${sliceId}`]);
  },
);
