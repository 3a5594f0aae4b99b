import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dispatchDigest } from '../../src/dispatch.ts';
import { redrive } from '../../src/operate.ts';
import { listDeadLetters } from '../../src/store/dead-letters.ts';
import { cancelEdition, resolveUnknown } from '../../src/store/operate.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { type FakeResend, startFakeResend } from '../support/fake-resend.ts';
import { balanceOf, states } from '../support/morning.ts';
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
  before = fake.accepted.length;
});
const mailed = () => fake.accepted.slice(before).map(({ email }) => [email.to].flat()[0]);

describe('cancelling an edition', () => {
  test('skips whoever has not got it, plans nobody else, and their papers may come another day', async () => {
    const { editionId, slices } = await plannedFor(t, readersOf(2));
    expect(await cancelEdition(t.app.db, editionId, t.app.now())).toBe(2);
    await handOver(t, slices);
    await t.subscribe('late@example.org', { digests: [editionId.split('/')[0] ?? ''] });
    await dispatchDigest(t.app, editionId.split('/')[0] ?? '');
    expect(mailed()).toEqual([]);
    expect(await balanceOf(t, editionId)).toMatchObject({ planned: 2, skipped: 2 });
    expect(await t.app.db.selectFrom('delivered_papers').selectAll().execute()).toEqual([]);
  });

  test('sees through what may be with the provider already', async () => {
    const { editionId, slices } = await plannedFor(t, readersOf(2));
    fake.fault({ accept: true, answer: 'drop' });
    const handing = handOver(t, slices);
    await expect.poll(() => mailed().length, { timeout: 30_000 }).toBe(2);
    expect(await cancelEdition(t.app.db, editionId, t.app.now())).toBe(0);
    await handing;
    expect(mailed()).toHaveLength(2);
    expect(await balanceOf(t, editionId)).toMatchObject({ submitted: 2 });
  });
});

/** An edition whose one slice is held: nobody knows whether it went out. */
async function heldEdition(): Promise<string> {
  const { editionId, slices } = await plannedFor(t, readersOf(2));
  const [sliceId = ''] = slices;
  await t.app.db
    .updateTable('slices')
    .set({ in_doubt_since: new Date(t.app.now().getTime() - 24 * 3_600_000), fingerprint: 'x' })
    .where('id', '=', sliceId)
    .execute();
  await handOver(t, slices); // nothing is asked: the key has expired
  expect(await balanceOf(t, editionId)).toMatchObject({ unknown: 2 });
  return editionId;
}

describe('an unknown delivery', () => {
  const first = (editionId: string) =>
    t.app.db
      .selectFrom('deliveries')
      .where('edition_id', '=', editionId)
      .select('subscriber_id')
      .orderBy('subscriber_id')
      .executeTakeFirstOrThrow();

  test('that was found not sent is handed over again, once; the other one stays unknown', async () => {
    const editionId = await heldEdition();
    const subscriberId = Number((await first(editionId)).subscriber_id);
    const delivery = { editionId, subscriberId };
    const sliceId = await resolveUnknown(t.app.db, delivery, 'not-sent', t.app.now());
    await handOver(t, [sliceId ?? '']);
    expect(mailed()).toHaveLength(1);
    expect(await balanceOf(t, editionId)).toMatchObject({ submitted: 1, unknown: 1 });
    await expect(resolveUnknown(t.app.db, delivery, 'not-sent', t.app.now())).rejects.toThrow(
      /is submitted, not unknown/,
    );
  });

  test('that was found delivered counts as submitted, one that is dropped as refused; neither is sent', async () => {
    const editionId = await heldEdition();
    const subscriberId = Number((await first(editionId)).subscriber_id);
    await resolveUnknown(t.app.db, { editionId, subscriberId }, 'delivered', t.app.now());
    const other = { editionId, subscriberId: subscriberId + 1 };
    await resolveUnknown(t.app.db, other, 'dropped', t.app.now());
    await t.drain();
    expect(mailed()).toEqual([]);
    expect(await balanceOf(t, editionId)).toMatchObject({ submitted: 1, refused: 1 });
  });
});

describe('what died', () => {
  test('a slice that rendered differently is revived, and is stopped again as long as it does', async () => {
    const { editionId, slices } = await plannedFor(t, readersOf(1));
    const [sliceId = ''] = slices;
    await t.app.db.updateTable('slices').set({ fingerprint: 'another' }).execute();
    await handOver(t, slices);
    expect(await listDeadLetters(t.app.db, 100)).toHaveLength(1);
    expect((await redrive(t.app, { editionId })).slices).toEqual([sliceId]);
    await t.drain();
    expect(mailed()).toEqual([]);
    await t.app.db.updateTable('slices').set({ fingerprint: null }).execute();
    await redrive(t.app, { sliceId });
    await t.drain();
    expect(Object.values(await states(t, editionId))).toEqual(['submitted']);
    expect(await listDeadLetters(t.app.db, 100)).toEqual([]);
  });
});
