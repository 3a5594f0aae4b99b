import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import { dispatchDigest } from '../../src/dispatch.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { startAttempt } from '../../src/store/attempt.ts';
import { type Claim, claimSlice, LeaseLostError, releaseSlice } from '../../src/store/slices.ts';
import { freezeMembers } from '../../src/store/taking.ts';
import { submitSlice } from '../../src/submit.ts';
import { sweepLedger } from '../../src/sweep.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { type FakeResend, startFakeResend } from '../support/fake-resend.ts';
import { balanceOf, DAY, deliveries } from '../support/morning.ts';
import { plannedFor, readersOf } from '../support/readers.ts';
import { resendSettings } from '../support/resend-settings.ts';

const LEASE_MS = 10_000;
const ROUNDS = 8;

let fake: FakeResend;
let one: TestApp;
let other: TestApp;
beforeAll(async () => {
  fake = await startFakeResend();
  one = await openTestApp(resendSettings(fake));
  other = await one.second();
});
afterAll(async () => {
  await other.close();
  await one.close();
  await fake.close();
});

/** Two processes, and a slice for these readers that nobody has taken. */
async function planned(readers = readersOf(2)) {
  const { editionId, slices } = await plannedFor(one, readers);
  other.setClock(one.app.now());
  const before = fake.accepted.length;
  const asked = fake.requests.length;
  return {
    editionId,
    slices,
    sliceId: slices[0] ?? '',
    addressees: () => fake.accepted.slice(before).map(({ email }) => [email.to].flat()[0]),
    requests: () => fake.requests.slice(asked),
  };
}

const claim = (by: TestApp, sliceId: string, token: string) =>
  claimSlice(by.app.db, sliceId, { token, leaseMs: LEASE_MS, now: by.app.now() });

function held(claimed: Claim) {
  if (claimed.kind !== 'claimed') throw new Error(`not claimed but ${claimed.kind}`);
  return claimed.slice;
}

function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

const sliceRow = (sliceId: string) =>
  one.app.db
    .selectFrom('slices')
    .where('id', '=', sliceId)
    .select(['state', 'lease_token', 'fingerprint', 'next_try_at'])
    .executeTakeFirstOrThrow();

describe('two workers and one slice', () => {
  test('of ten that claim it at once, one wins', async () => {
    const { sliceId } = await planned(readersOf(1));
    for (let round = 0; round < ROUNDS; round += 1) {
      const claims = await Promise.all(
        Array.from({ length: 10 }, (_, n) => claim(n % 2 === 0 ? one : other, sliceId, `w${n}`)),
      );
      const [winner, ...others] = claims.filter(({ kind }) => kind === 'claimed').map(held);
      expect(others).toEqual([]);
      expect((await sliceRow(sliceId)).lease_token).toBe(winner?.token);
      if (winner !== undefined) {
        await releaseSlice(one.app.db, winner, new Date(0), 'for the next round');
      }
    }
  });

  test('when both are asked to submit it, the readers get one email', async () => {
    const { editionId, sliceId, addressees, requests } = await planned();
    await Promise.all([one, other, one, other].map(({ app }) => jobs.submit.run({ sliceId }, app)));
    expect(addressees()).toEqual(readersOf(2));
    expect(requests()).toHaveLength(1);
    expect(await balanceOf(one, editionId)).toMatchObject({ submitted: 2, open: 0 });
  });

  test('two queues that work side by side share many slices, each once', async () => {
    const readers = readersOf(201);
    const { editionId, slices, addressees, requests } = await planned(readers);
    expect(slices).toHaveLength(3);
    await one.app.queue.enqueueAll(
      'submit',
      slices.map((sliceId) => ({ sliceId })),
    );
    await Promise.all([one.drain(), other.drain()]);
    expect(addressees().sort()).toEqual([...readers].sort());
    expect(requests()).toHaveLength(3);
    expect(await balanceOf(one, editionId)).toMatchObject({ submitted: 201, open: 0 });
  });
});

describe('a worker that loses its lease', () => {
  /** `one` holds the slice, is away longer than its lease, and `other` takes it over. */
  async function takenOver() {
    const slice = await planned();
    const old = held(await claim(one, slice.sliceId, 'old'));
    expect(await claim(other, slice.sliceId, 'early')).not.toMatchObject({ kind: 'claimed' });
    other.setClock(new Date(other.app.now().getTime() + LEASE_MS + 1_000));
    const now = held(await claim(other, slice.sliceId, 'new'));
    expect(now.attempts).toBe(old.attempts + 1);
    return { ...slice, old, now };
  }

  test('freezes, pins and releases nothing any more', async () => {
    const { sliceId, old } = await takenOver();
    const at = one.app.now();
    const { db } = one.app;
    await expect(
      freezeMembers(
        db,
        old,
        [],
        {
          tastesOf: async () => new Map(),
          decide: () => ({ kind: 'skipped', why: 'by the old holder' }),
        },
        at,
      ),
    ).rejects.toThrow(LeaseLostError);
    await expect(
      startAttempt(db, old, {
        fingerprint: 'old',
        key: 'old',
        daily: undefined,
        missed: () => false,
        provider: { account: 'any', keyLifeMs: Number.POSITIVE_INFINITY },
        probe: false,
        emails: 2,
        dueAfter: new Date(0),
        now: at,
      }),
    ).rejects.toThrow(LeaseLostError);
    await releaseSlice(db, old, at, 'by the old holder');
    expect(await sliceRow(sliceId)).toMatchObject({
      state: 'submitting',
      lease_token: 'new',
      fingerprint: null,
    });
  });

  test('splits nothing when its answer, a refusal, comes after the other holder began', async () => {
    const { editionId, sliceId, addressees } = await planned();
    const answer = signal();
    const asked = signal();
    const provider: Provider = {
      ...one.app.provider,
      submit: async () => {
        asked.give();
        await answer.given;
        return { kind: 'refused', why: 'HTTP 413 of a proxy on the way', culprits: [] };
      },
    };
    const slow = submitSlice({ ...one.app, provider }, sliceId);
    await asked.given;
    other.setClock(new Date(other.app.now().getTime() + 600_000));
    // The other holder hands it over while the old one still waits for its answer.
    const { submit } = other.app.provider;
    const handing: Provider = {
      ...other.app.provider,
      submit: async (emails, key) => {
        answer.give();
        await slow;
        return submit(emails, key);
      },
    };
    await submitSlice({ ...other.app, provider: handing }, sliceId);
    await sweepLedger(other.app, 0);
    await Promise.all([one.drain(), other.drain()]);
    expect(addressees()).toEqual(readersOf(2));
    expect(await balanceOf(one, editionId)).toMatchObject({ submitted: 2, open: 0 });
  });

  test('changes nothing of what the other holder got through, whatever its own answer is', async () => {
    const { editionId, sliceId, addressees } = await planned();
    fake.fault({ accept: true, delayMs: 700 });
    const slow = jobs.submit.run({ sliceId }, one.app);
    await expect.poll(() => sliceRow(sliceId)).toMatchObject({ fingerprint: expect.any(String) });
    other.setClock(new Date(other.app.now().getTime() + 600_000));
    await jobs.submit.run({ sliceId }, other.app); // 409, the same key is in flight: perhaps
    await slow;
    await sweepLedger(other.app, 0);
    await Promise.all([one.drain(), other.drain()]);
    expect(addressees()).toEqual(readersOf(2));
    expect(await balanceOf(one, editionId)).toMatchObject({ submitted: 2, open: 0 });
  });

  test('is succeeded by another that sends the same bytes, also with another clock', async () => {
    const { editionId, sliceId, requests, addressees } = await planned();
    fake.fault({ accept: true, answer: 'drop' });
    await jobs.submit.run({ sliceId }, one.app);
    other.setClock(`${DAY}T09:00:00Z`);
    await jobs.submit.run({ sliceId }, other.app);
    const [first, second] = requests();
    expect(second?.body).toBe(first?.body);
    expect(addressees()).toEqual(readersOf(2));
    expect(await balanceOf(one, editionId)).toMatchObject({ submitted: 2, open: 0 });
  });
});

test('dispatched by six processes at once, an edition is planned once', async () => {
  const { editionId, sliceId } = await planned(readersOf(5));
  const digest = editionId.split('/')[0] ?? '';
  await one.app.db.deleteFrom('deliveries').execute();
  await one.app.db.deleteFrom('slices').execute();
  await one.app.db.updateTable('editions').set({ planned: 0 }).execute();
  const planners = [one, other, one, other, one, other];
  const made = await Promise.all(planners.map(({ app }) => dispatchDigest(app, digest)));
  expect(made.flat()).toEqual([sliceId]);
  expect(await deliveries(one, editionId)).toHaveLength(5);
  expect(await balanceOf(one, editionId)).toMatchObject({ planned: 5, open: 5 });
});
