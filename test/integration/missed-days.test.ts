import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import { dispatchDigest } from '../../src/dispatch.ts';
import type { Preferences } from '../../src/domain/preferences.ts';
import { freezeEdition } from '../../src/freeze.ts';
import { cancelEdition } from '../../src/store/operate.ts';
import { whoGets } from '../../src/who-gets.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import {
  deliveries,
  freezeMorning,
  freshDigest,
  listPapers,
  outboxOf,
  states,
  tick,
  titlesIn,
} from '../support/morning.ts';

const days = ['2025-03-11', '2025-03-12', '2025-03-13', '2025-03-14', '2025-03-15'] as const;
const [TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY] = days;
const titleOf = (date: string) => `Kettles of ${date}`;
const TITLES = days.map(titleOf);
const ADA = 'ada@example.org';

let t: TestApp;
let digest: string;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  digest = await freshDigest(t);
  t.setClock('2025-03-10T12:00:00Z');
  await join(ADA);
});

const join = (email: string, preferences: Partial<Preferences> = {}) =>
  t.subscribe(email, { digests: [digest], ...preferences });

/** A paper is listed at four; at five the edition is frozen, unless nobody does it. */
async function day(date: string, { frozen = true } = {}): Promise<string> {
  t.setClock(`${date}T04:00:00Z`);
  await listPapers(t, [titleOf(date)], { date });
  t.setClock(`${date}T05:00:00Z`);
  return frozen ? freezeMorning(t, digest, date) : `${digest}/${date}`;
}

async function send(date: string, hour = '07'): Promise<void> {
  t.setClock(`${date}T${hour}:00:00Z`);
  await tick(t, digest);
}

async function received(date: string, email = ADA): Promise<string[]> {
  const titles = titlesIn((await outboxOf(t, `${digest}/${date}`)).get(email)?.text, TITLES);
  return titles.map((title) => title.slice(-10)).sort();
}

describe('the papers of a day come a day later when its edition was', () => {
  test('cancelled', async () => {
    await day(WEDNESDAY);
    await send(WEDNESDAY);
    await cancelEdition(t.app.db, await day(THURSDAY), t.app.now());
    await send(THURSDAY);
    await day(FRIDAY);
    await send(FRIDAY);
    expect(await received(FRIDAY)).toEqual([THURSDAY, FRIDAY]);
  });

  test('never frozen', async () => {
    await day(WEDNESDAY);
    await send(WEDNESDAY);
    await day(THURSDAY, { frozen: false });
    await day(FRIDAY);
    await send(FRIDAY);
    expect(await received(FRIDAY)).toEqual([THURSDAY, FRIDAY]);
  });

  test('too late, and on a day after that not again', async () => {
    await day(WEDNESDAY);
    await send(WEDNESDAY, '20');
    expect(Object.values(await states(t, `${digest}/${WEDNESDAY}`))).toEqual([
      expect.stringContaining('skipped: too late'),
    ]);
    await day(THURSDAY);
    await send(THURSDAY);
    await day(FRIDAY);
    await send(FRIDAY);
    expect(await received(THURSDAY)).toEqual([WEDNESDAY, THURSDAY]);
    expect(await received(FRIDAY)).toEqual([FRIDAY]);
    const [delivery] = await deliveries(t, `${digest}/${THURSDAY}`);
    expect(delivery).toMatchObject({ state: 'submitted' });
  });

  test('refused by the provider', async () => {
    await day(WEDNESDAY);
    await send(WEDNESDAY);
    await day(THURSDAY);
    t.setClock(`${THURSDAY}T07:00:00Z`);
    const [sliceId = ''] = await dispatchDigest(t.app, digest);
    const refused = { kind: 'refused', why: 'no such address', culprits: [] } as const;
    const provider = { ...t.app.provider, submit: async () => refused };
    await jobs.submit.run({ sliceId }, { ...t.app, provider });
    expect(await states(t, `${digest}/${THURSDAY}`)).toEqual({
      [ADA]: 'refused: no such address',
    });
    await day(FRIDAY);
    await send(FRIDAY);
    expect(await received(FRIDAY)).toEqual([THURSDAY, FRIDAY]);
  });

  test('the same for who joined and never got one, but not what was before they joined', async () => {
    await day(TUESDAY);
    t.setClock(`${TUESDAY}T12:00:00Z`);
    await join('new@example.org');
    await cancelEdition(t.app.db, await day(WEDNESDAY), t.app.now());
    await day(THURSDAY);
    await send(THURSDAY);
    expect(await received(THURSDAY, 'new@example.org')).toEqual([WEDNESDAY, THURSDAY]);
  });
});

test('a dry run says the same, and so does the first edition of a digest: the day, whoever waits how long', async () => {
  await day(WEDNESDAY, { frozen: false });
  await day(THURSDAY);
  await cancelEdition(t.app.db, `${digest}/${THURSDAY}`, t.app.now());
  await day(FRIDAY);
  const verdicts = [];
  for await (const verdict of whoGets(t.app, `${digest}/${FRIDAY}`, t.app.now(), undefined)) {
    verdicts.push(verdict.papers.map(({ title }) => title.slice(-10)).sort());
  }
  expect(verdicts).toEqual([[THURSDAY, FRIDAY]]);
});

test('no further back than the window of the digest', async () => {
  await t.app.db
    .updateTable('digests')
    .set({
      settings: JSON.stringify({ name: digest, title: 'Daily', windowDays: 2 }),
    })
    .where('name', '=', digest)
    .execute();
  await day(TUESDAY);
  await send(TUESDAY);
  await day(WEDNESDAY, { frozen: false });
  await day(THURSDAY, { frozen: false });
  await freezeEdition(t.app, digest, await day(FRIDAY, { frozen: false }).then(() => FRIDAY));
  await send(FRIDAY);
  expect(await received(FRIDAY)).toEqual([THURSDAY, FRIDAY]);
  const { lookback_days } = await t.app.db
    .selectFrom('deliveries')
    .where('edition_id', '=', `${digest}/${FRIDAY}`)
    .select('lookback_days')
    .executeTakeFirstOrThrow();
  expect(lookback_days).toBe(2);
  await day(SATURDAY);
  await send(SATURDAY);
  expect(await received(SATURDAY)).toEqual([SATURDAY]);
});
