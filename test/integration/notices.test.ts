import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Email } from '../../src/domain/email.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { sendNotice } from '../../src/notify.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { addNotice } from '../../src/store/notices.ts';
import { keepEvent, settleEvent } from '../../src/store/provider-events.ts';
import { suppress } from '../../src/store/subscribers.ts';
import { sweepLedger } from '../../src/sweep.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { browserOf } from '../support/browser.ts';

const ADA = 'ada@example.org';

let t: TestApp;
let answers: Outcome[];
let taken: { key: string; email: Email }[];
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.empty();
  t.setClock('2025-03-14T05:00:00Z');
  answers = [];
  taken = [];
});

/** A provider that answers as told, then takes everything. */
const scripted = (keyLifeMs: number): Provider => ({
  name: 'scripted',
  account: 'scripted',
  sliceMax: 1,
  keyLifeMs,
  submit: async ([email], key) => {
    if (email !== undefined) taken.push({ key, email });
    return answers.shift() ?? { kind: 'submitted', providerIds: ['p1'] };
  },
  close: async () => {},
});
const app = (keyLifeMs = 86_400_000) => ({ ...t.app, provider: scripted(keyLifeMs) });
const ask = () =>
  addNotice(t.app.db, { kind: 'link', email: ADA, aboutId: 7, language: 'en' }, t.app.now());
const row = () =>
  t.app.db
    .selectFrom('notices')
    .select(['state', 'why', 'frozen', 'provider_id', 'attempts'])
    .executeTakeFirstOrThrow();

describe('a notice', () => {
  test('goes out once, and forgets the link that it held', async () => {
    const id = await ask();
    await Promise.all([sendNotice(app(), id), sendNotice(app(), id), sendNotice(app(), id)]);
    expect(taken).toHaveLength(1);
    expect(taken[0]?.email).toMatchObject({ to: ADA, subject: 'Your link to Paperboy' });
    expect(taken[0]?.email.text).toMatch(/https:\/\/paperboy\.test\/preferences\/k1\.7\./);
    expect(await row()).toMatchObject({ state: 'submitted', frozen: null, provider_id: 'p1' });
  });

  test('without an answer is asked for again: the same bytes under the same key', async () => {
    answers = [{ kind: 'unknown', why: 'the line broke' }];
    const id = await ask();
    expect(await sendNotice(app(), id)).toMatchObject({ kind: 'later' });
    expect(await sendNotice(app(), id)).toEqual({ kind: 'done' }); // its time has not come
    t.setClock('2025-03-14T06:00:00Z');
    const renamed = { ...app(), config: { ...t.config, from: 'Other <other@example.org>' } };
    await sendNotice(renamed, id);
    expect(taken).toHaveLength(2);
    expect(taken[1]).toEqual(taken[0]);
  });

  test('that may have been taken is never repeated where the provider knows no key', async () => {
    answers = [{ kind: 'unknown', why: 'the line broke' }];
    const id = await ask();
    await sendNotice(app(0), id);
    t.setClock('2025-03-14T06:00:00Z');
    await sendNotice(app(0), id);
    expect(taken).toHaveLength(1);
    expect(await row()).toMatchObject({ state: 'unknown', frozen: null });
  });

  test('whose worker died is taken over when its lease has ended', async () => {
    const id = await ask();
    const dying = {
      ...app(),
      provider: { ...scripted(86_400_000), submit: () => Promise.reject(new Error('killed')) },
    };
    await expect(sendNotice(dying, id)).rejects.toThrow('killed');
    await sendNotice(app(), id);
    expect(taken).toHaveLength(0);
    t.setClock('2025-03-14T05:05:00Z');
    await sendNotice(app(), id);
    expect(await row()).toMatchObject({ state: 'submitted', attempts: 2 });
  });

  test.each([
    ['is its worker’s for as long as that lives', true],
    ['counts as submitted, although another worker gave it up meanwhile', false],
  ])('for which a mail server takes ten minutes %s', async (_, renewed) => {
    const id = await ask();
    let answer: () => void = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const asked = scripted(0);
    const submit: Provider['submit'] = async (emails, key) => {
      const outcome = await asked.submit(emails, key);
      await answered;
      return outcome;
    };
    const first = sendNotice({ ...app(0), provider: { ...asked, submit } }, id);
    await expect.poll(() => taken).toHaveLength(1);
    t.setClock('2025-03-14T05:10:00Z');
    const until = async () =>
      (
        await t.app.db.selectFrom('notices').select('lease_until').executeTakeFirstOrThrow()
      ).lease_until?.getTime();
    if (renewed) await expect.poll(until).toBeGreaterThan(t.app.now().getTime());
    await sendNotice(app(0), id);
    expect(await row()).toMatchObject({ state: renewed ? 'open' : 'unknown' });
    answer();
    await first;
    expect(taken).toHaveLength(1);
    expect(await row()).toMatchObject({ state: 'submitted', provider_id: 'p1', why: null });
  });

  test('that the provider puts off waits, and holds back everybody else', async () => {
    answers = [{ kind: 'busy', why: '429', retryAfterMs: 60_000 }];
    const id = await ask();
    expect(await sendNotice(app(), id)).toMatchObject({ kind: 'later', afterMs: 60_000 });
    expect(await sendNotice(app(), await ask())).toMatchObject({ kind: 'later' });
    expect(taken).toHaveLength(1);
  });

  test('that is refused says why, and is not tried again', async () => {
    answers = [{ kind: 'refused', why: 'no such address', culprits: [] }];
    const id = await ask();
    await sendNotice(app(), id);
    await sendNotice(app(), id);
    expect(taken).toHaveLength(1);
    expect(await row()).toMatchObject({ state: 'refused', why: 'no such address' });
  });

  test('to an address that must get nothing does not go, also when that came later', async () => {
    const id = await ask();
    await suppress(t.app.db, ADA, 'complained', null, t.app.now());
    await sendNotice(app(), id);
    expect([taken, await row()]).toEqual([[], expect.objectContaining({ state: 'suppressed' })]);
  });

  test('that nobody waits for any more is skipped', async () => {
    const id = await ask();
    t.setClock('2025-03-15T05:00:01Z');
    await sendNotice(app(), id);
    expect([taken, await row()]).toEqual([[], expect.objectContaining({ state: 'skipped' })]);
  });

  test('that bounces suppresses its address, as a digest does', async () => {
    await sendNotice(app(), await ask());
    const meaning = { kind: 'bounced', providerId: 'p1', detail: 'no such user' } as const;
    const event = { id: 'e1', provider: 'resend', type: 'email.bounced', meaning };
    await keepEvent(t.app.db, event, t.app.now());
    await settleEvent(t.app.db, 'e1', t.app.now());
    expect(await t.app.db.selectFrom('suppressions').selectAll().execute()).toMatchObject([
      { email_key: ADA, reason: 'bounced' },
    ]);
  });

  test('that the queue lost is asked for by the sweep', async () => {
    await ask();
    await sweepLedger(t.app, 0);
    await t.drain();
    expect(await row()).toMatchObject({ state: 'submitted' });
    const { text } = await browserOf(t.app).get('/metrics');
    expect(text).toContain('paperboy_notices{state="submitted"} 1');
  });
});
