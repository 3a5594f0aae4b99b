import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dispatchDigest } from '../../src/dispatch.ts';
import type { Meaning } from '../../src/domain/provider-event.ts';
import { freezeEdition } from '../../src/freeze.ts';
import { keepEvent } from '../../src/store/provider-events.ts';
import { getSubscriber, liftSuppression } from '../../src/store/subscribers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { balanceOf, freshDigest, listPapers } from '../support/morning.ts';
import { handOver } from '../support/readers.ts';

const ADA = 'ada@example.org';

let t: TestApp;
let digest: string;
let day: number;
let messages: number;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  digest = await freshDigest(t);
  [day, messages] = [10, 0];
  t.setClock('2025-03-01T00:00:00Z');
  await t.subscribe(ADA, { digests: [digest] });
});

/** The next day's digest goes out. @returns the provider's id of Ada's email. */
async function morning(): Promise<string> {
  const date = `2025-03-${day}`;
  day += 1;
  t.setClock(`${date}T05:00:00Z`);
  await listPapers(t, [`Kettles of ${date}`], { date });
  const { id } = await freezeEdition(t.app, digest, date).then(() => ({ id: `${digest}/${date}` }));
  t.setClock(`${date}T08:00:00Z`);
  await handOver(t, await dispatchDigest(t.app, digest));
  const row = await t.app.db
    .selectFrom('deliveries')
    .where('edition_id', '=', id)
    .select('provider_id')
    .executeTakeFirst();
  return row?.provider_id ?? 'none';
}

async function arrives(
  kind: Exclude<Meaning['kind'], 'other'>,
  providerId: string,
  detail = 'mailbox full',
) {
  messages += 1;
  const meaning = { kind, providerId, detail } as Meaning;
  const event = { id: `m${messages}`, provider: 'resend', type: `email.${kind}`, meaning };
  await keepEvent(t.app.db, event, t.app.now());
  await t.app.queue.enqueue('settle', { eventId: event.id });
  await t.drain();
}
const softly = async (times: number) => {
  for (let n = 0; n < times; n += 1) await arrives('soft-bounced', await morning());
};
const suppressed = async () =>
  (await t.app.db.selectFrom('suppressions').select(['reason', 'detail']).execute()).map(
    ({ reason, detail }) => `${reason}: ${detail}`,
  );

describe('a bounce that is not for good', () => {
  test('is a fact of its delivery, and three in a row suppress', async () => {
    await softly(2);
    const rows = await t.app.db.selectFrom('deliveries').select('soft_bounced_at').execute();
    expect(rows.map(({ soft_bounced_at }) => soft_bounced_at !== null)).toEqual([true, true]);
    expect(await suppressed()).toEqual([]);
    await softly(1);
    expect(await suppressed()).toEqual([
      'bounced: 3 soft bounces in a row, the last: mailbox full',
    ]);
  });

  test('is counted once for each email, however often it is told', async () => {
    const providerId = await morning();
    for (let n = 0; n < 4; n += 1) await arrives('soft-bounced', providerId);
    expect(await suppressed()).toEqual([]);
  });

  test('begins to count again after something was delivered, and after the address changed', async () => {
    await softly(2);
    await arrives('delivered', await morning());
    await softly(2);
    expect(await suppressed()).toEqual([]);
    const { id } = await getSubscriber(t.app.db, ADA);
    await t.app.db
      .updateTable('subscribers')
      .set({ email: 'new@example.org', email_key: 'new@example.org' })
      .where('id', '=', String(id))
      .execute();
    await softly(2);
    expect(await suppressed()).toEqual([]);
    await softly(1);
    expect(await suppressed()).toHaveLength(1);
  });

  test('of an address whose suppression was lifted suppresses it at once', async () => {
    await softly(3);
    await liftSuppression(t.app.db, ADA);
    await softly(1);
    expect(await suppressed()).toHaveLength(1);
  });
});

describe('refused after acceptance', () => {
  const row = () =>
    t.app.db
      .selectFrom('deliveries')
      .select(['state', 'why', 'edition_id'])
      .executeTakeFirstOrThrow();

  test('is a refused delivery with its reason; its papers may come another day, nobody is suppressed', async () => {
    await arrives('refused', await morning(), 'reached_daily_quota');
    const { state, why, edition_id } = await row();
    expect([state, why]).toEqual(['refused', 'after it was taken: reached_daily_quota']);
    expect(await t.app.db.selectFrom('delivered_papers').selectAll().execute()).toEqual([]);
    expect(await balanceOf(t, edition_id)).toMatchObject({ refused: 1, submitted: 0 });
    expect(await suppressed()).toEqual([]);
  });

  test('changes nothing of what was delivered', async () => {
    const providerId = await morning();
    await arrives('delivered', providerId);
    await arrives('refused', providerId, 'late');
    expect(await row()).toMatchObject({ state: 'submitted', why: null });
    expect(await t.app.db.selectFrom('delivered_papers').selectAll().execute()).toHaveLength(1);
  });
});
