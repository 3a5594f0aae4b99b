import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Email } from '../../src/domain/email.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { signToken } from '../../src/domain/token.ts';
import { sendNotice } from '../../src/notify.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { addNotice } from '../../src/store/notices.ts';
import { getSubscriber } from '../../src/store/subscribers.ts';
import { sweepLedger } from '../../src/sweep.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { browserOf } from '../support/browser.ts';
import { type Letter, lettersOf } from '../support/letters.ts';
import { plannedFor } from '../support/readers.ts';

const ADA = 'ada@example.org';
const OPERATOR = 'operator@example.org';

let t: TestApp;
let browser: ReturnType<typeof browserOf>;
let month = 0;
beforeAll(async () => {
  t = await openTestApp({ PAPERBOY_ALERT_TO: OPERATOR, PAPERBOY_GOODBYE: 'true' });
  browser = browserOf(t.app);
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.drain();
  await t.empty();
  month += 1; // a folder of the outbox of one's own
  t.setClock(`${today()}T08:00:00Z`);
});

const today = () => `2024-${String(month).padStart(2, '0')}-05`;
async function letters(): Promise<Letter[]> {
  await t.drain();
  return lettersOf(t, today());
}
const subjects = async () => (await letters()).map(({ to, subject }) => [to, subject]);
const doorOf = (purpose: 'preferences' | 'unsubscribe', id: number) =>
  `/${purpose}/${signToken(t.app.keys, 'k1', purpose, id)}`;

describe('a welcome', () => {
  test('follows a confirmation, once, and holds the way out', async () => {
    await browser.submit('/subscribe', { email: ADA, timeZone: 'Europe/Berlin' });
    const [confirm] = await letters();
    await browser.submit(confirm?.path ?? '');
    await browser.submit(confirm?.path ?? '');
    const [, welcome, ...more] = await letters();
    expect(more).toEqual([]);
    expect(welcome).toMatchObject({ to: ADA, subject: 'Welcome to Paperboy' });
    expect(welcome?.text.replace(/\s+/g, ' ')).toContain('every day at 07:00, Europe/Berlin time');
    expect(welcome?.text).toContain('https://paperboy.test/unsubscribe/k1.');
    expect((await browser.get(welcome?.path ?? '')).status).toBe(200);
  });

  test('does not reach who has left again by then', async () => {
    await t.subscribe(ADA);
    const { id } = await getSubscriber(t.app.db, ADA);
    await browser.ask(doorOf('unsubscribe', id), { method: 'POST' });
    const welcome = { kind: 'welcome', email: ADA, aboutId: id, language: 'en' } as const;
    await sendNotice(t.app, await addNotice(t.app.db, welcome, t.app.now()));
    expect(await subjects()).toEqual([]);
  });
});

test('a change of address is told to the old one, without naming the new one', async () => {
  await t.subscribe(ADA);
  const { id } = await getSubscriber(t.app.db, ADA);
  const newAddress = 'lovelace@example.org';
  await browser.submit(`${doorOf('preferences', id)}/address`, { newAddress });
  const [ask] = await letters();
  await browser.submit(ask?.path ?? '');
  const [, moved, ...more] = await letters();
  expect(more).toEqual([]);
  expect(moved).toMatchObject({
    to: ADA,
    subject: 'Your Paperboy digest goes to another address now',
  });
  expect(moved?.text).toContain('l•••@e•••.org');
  expect(moved?.text).not.toContain(newAddress);
});

describe('a goodbye', () => {
  test('goes to who leaves by the page, not to who leaves by one click', async () => {
    await t.subscribe(ADA);
    await t.subscribe('grace@example.org');
    const { id } = await getSubscriber(t.app.db, ADA);
    const { id: other } = await getSubscriber(t.app.db, 'grace@example.org');
    await browser.submit(doorOf('unsubscribe', id), { page: '1' });
    await browser.submit(doorOf('unsubscribe', id), { page: '1' });
    await browser.ask(doorOf('unsubscribe', other), { method: 'POST' });
    expect(await subjects()).toEqual([[ADA, 'You have left Paperboy']]);
  });
});

/** A provider that answers as told, then takes everything. */
function scripted(answers: Outcome[]): Provider & { readonly taken: Email[] } {
  const taken: Email[] = [];
  return {
    name: 'scripted',
    account: 'scripted',
    sliceMax: 1,
    keyLifeMs: 86_400_000,
    submit: async ([email]) => {
      const answer = answers.shift() ?? { kind: 'submitted', providerIds: ['p1'] };
      if (email !== undefined && answer.kind === 'submitted') taken.push(email);
      return answer;
    },
    close: async () => {},
    taken,
  };
}

describe('an alert', () => {
  const link = () =>
    addNotice(t.app.db, { kind: 'link', email: ADA, aboutId: 7, language: 'en' }, t.app.now());
  const halted: Outcome = { kind: 'halted', why: '403 the domain is not verified' };
  /** Nobody works off the queue: what was written down is handed over by the test itself. */
  const still = () => ({ ...t.app, queue: { ...t.app.queue, enqueue: async () => {} } });
  const alerts = () =>
    t.app.db.selectFrom('notices').where('kind', '=', 'alert').select(['id', 'email']).execute();

  test('says that the provider is halted, once a day, by a mail server of its own', async () => {
    const [provider, alertProvider] = [scripted([halted, halted]), scripted([])];
    const app = { ...still(), provider, alertProvider };
    await sendNotice(app, await link());
    t.setClock(`${today()}T09:00:00Z`);
    await sendNotice(app, await link());
    const [alert, ...more] = await alerts();
    expect([alert?.email, more]).toEqual([OPERATOR, []]);
    await sendNotice(app, Number(alert?.id));
    expect(provider.taken).toEqual([]);
    expect(alertProvider.taken).toMatchObject([
      { to: OPERATOR, subject: 'Paperboy: The mail provider takes nothing' },
    ]);
    expect(alertProvider.taken[0]?.text).toContain('403 the domain is not verified');
    expect(alertProvider.taken[0]?.html).not.toContain('href="https://paperboy.test/preferences');
  });

  test('of a mail server that is away too is kept, and holds nobody else back', async () => {
    const [provider, alertProvider] = [scripted([halted]), scripted([halted])];
    const app = { ...still(), provider, alertProvider };
    await sendNotice(app, await link());
    const [alert] = await alerts();
    expect(await sendNotice(app, Number(alert?.id))).toMatchObject({ kind: 'later' });
    t.setClock(`${today()}T10:00:00Z`);
    await sendNotice(app, Number(alert?.id));
    expect(alertProvider.taken).toHaveLength(1);
  });

  test('names an edition that does not add up, and one whose digests came too late', async () => {
    const { editionId } = await plannedFor(t, [ADA, 'grace@example.org']);
    t.setClock('2025-03-14T20:00:00Z');
    for (let sweep = 0; sweep < 3; sweep += 1) {
      await sweepLedger(t.app, 0); // the first asks for them: both are too late by now
      await t.drain();
    }
    await t.app.db
      .updateTable('editions')
      .set({ planned: 5 })
      .where('id', '=', editionId)
      .execute();
    await sweepLedger({ ...t.app }, 0); // another process: its first sweep counts all
    await t.drain();
    // Which sweep finds what hangs on how far the workers were.
    const told = await lettersOf(t, '2025-03-14');
    const textOf = (words: string) => told.find(({ subject }) => subject.includes(words))?.text;
    expect(told.map(({ to }) => to)).toEqual([OPERATOR, OPERATOR]);
    expect(textOf('Digests came too late and were left out')).toContain(`${editionId}: 2 of them`);
    expect(textOf('An edition does not add up')).toContain('5 planned but 2 in the ledger');
  });

  test('is nobody’s when nobody is to be told', async () => {
    const app = { ...still(), provider: scripted([halted]) };
    const config = { ...t.config, alerts: { to: undefined, mail: undefined } };
    await sendNotice({ ...app, alertProvider: app.provider, config }, await link());
    expect(await alerts()).toEqual([]);
  });
});
