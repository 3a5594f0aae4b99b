import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import type { App } from '../../src/app.ts';
import { goOn } from '../../src/operate.ts';
import { EVERYTHING, pause, resume } from '../../src/store/brakes.ts';
import { cancelEdition } from '../../src/store/operate.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { type FakeResend, type Fault, startFakeResend } from '../support/fake-resend.ts';
import { balanceOf } from '../support/morning.ts';
import { plannedFor, readersOf } from '../support/readers.ts';
import { resendSettings } from '../support/resend-settings.ts';

let fake: FakeResend;
let t: TestApp;
let limited: TestApp;
let before: number;
beforeAll(async () => {
  fake = await startFakeResend();
  t = await openTestApp(resendSettings(fake));
  limited = await openTestApp({ ...resendSettings(fake), PAPERBOY_MAILS_PER_DAY: '4' });
});
afterAll(async () => {
  await limited.close();
  await t.close();
  await fake.close();
});
beforeEach(() => {
  before = fake.requests.length;
});

const requests = () => fake.requests.length - before;
const submit = (sliceId: string, app: App = t.app) => jobs.submit.run({ sliceId }, app);
const halted: Fault = { answer: { status: 403, body: '{"name":"invalid_api_key"}' } };
const refused: Fault = { answer: { status: 422, body: '{"name":"validation_error"}' } };
const unanswered: Fault = { accept: true, answer: { status: 502, body: '' } };

/** One slice for three readers. */
async function planned() {
  const { editionId, slices } = await plannedFor(t, readersOf(3));
  const sliceRow = () =>
    t.app.db
      .selectFrom('slices')
      .where('id', '=', slices[0] ?? '')
      .select(['state', 'in_doubt_since'])
      .executeTakeFirstOrThrow();
  return { editionId, sliceId: slices[0] ?? '', sliceRow };
}

describe('the last look before a request', () => {
  test('sees a pause that came while the slice was rendered', async () => {
    const { editionId, sliceId, sliceRow } = await planned();
    const ending = await submit(sliceId, {
      ...t.app,
      edition: async (id) => {
        await pause(t.app.db, EVERYTHING, 'a bad title', t.app.now());
        return t.app.edition(id);
      },
    });
    expect(ending).toEqual({ kind: 'done' });
    expect(requests()).toBe(0);
    expect(await sliceRow()).toEqual({ state: 'open', in_doubt_since: null });

    await resume(t.app.db, EVERYTHING);
    await goOn(t.app);
    await t.drain();
    expect(await balanceOf(t, editionId)).toMatchObject({ submitted: 3 });
  });

  test('sees other bytes than at the first attempt, and puts nothing in doubt', async () => {
    const { editionId, sliceId, sliceRow } = await planned();
    fake.fault(halted);
    await submit(sliceId);
    await resume(t.app.db, 'provider');
    await t.app.db.updateTable('slices').set({ next_try_at: null }).execute();
    const ending = await submit(sliceId, {
      ...t.app,
      edition: async (id) => {
        const live = await t.app.edition(id);
        const upgraded: typeof live.render = (...args) => ({
          ...live.render(...args),
          subject: 'An upgrade',
        });
        return { ...live, render: upgraded };
      },
    });
    expect(ending).toMatchObject({ kind: 'dead', why: expect.stringContaining('differently') });
    expect(requests()).toBe(1);
    expect(await sliceRow()).toEqual({ state: 'dead', in_doubt_since: null });
    expect(await cancelEdition(t.app.db, editionId, t.app.now())).toBe(3);
  });

  test('sees another account: it would not recognise the repeat of what is in doubt', async () => {
    const { editionId, sliceId } = await planned();
    const other = await t.second({ RESEND_API_KEY: 're_other' });
    try {
      fake.fault(unanswered);
      await submit(sliceId);
      await t.app.db.updateTable('slices').set({ next_try_at: null }).execute();
      const ending = await submit(sliceId, other.app);
      expect(ending).toMatchObject({ kind: 'dead', why: expect.stringContaining('recognise') });
    } finally {
      await other.close();
    }
    expect(requests()).toBe(1);
    expect(await balanceOf(t, editionId)).toMatchObject({ unknown: 3 });
  });
});

describe('a limit of mails per day', () => {
  test('smaller than a slice makes smaller slices; what gets too late is skipped', async () => {
    const { editionId, slices } = await plannedFor(limited, readersOf(6));
    expect(slices).toHaveLength(2);
    const endings = [];
    for (const slice of slices) endings.push(await submit(slice, limited.app));
    expect(endings).toMatchObject([{ kind: 'done' }, { kind: 'later', afterMs: 3_600_000 }]);
    expect(await balanceOf(limited, editionId)).toMatchObject({ submitted: 4, open: 2 });

    limited.setClock('2025-03-14T13:30:00Z');
    expect(await submit(slices[1] ?? '', limited.app)).toEqual({ kind: 'done' });
    expect(await balanceOf(limited, editionId)).toMatchObject({ submitted: 4, skipped: 2 });
  });

  test('counts a slice that is split once', async () => {
    const { editionId, slices } = await plannedFor(limited, readersOf(4));
    fake.fault(refused);
    await limited.app.queue.enqueue('submit', { sliceId: slices[0] ?? '' });
    await limited.drain();
    expect(requests()).toBe(3);
    expect(await balanceOf(limited, editionId)).toMatchObject({ submitted: 4, open: 0 });
  });
});
