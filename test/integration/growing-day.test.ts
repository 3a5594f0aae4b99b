import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { backfill } from '../../src/backfill.ts';
import { freezeEdition } from '../../src/freeze.ts';
import { ingest } from '../../src/ingest.ts';
import { parseHfDaily } from '../../src/sources/hf-daily.ts';
import { SourceError } from '../../src/sources/source.ts';
import { listIngestRuns } from '../../src/store/ingest-runs.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { freezeMorning, freshDigest, outboxOf, tick, titlesIn } from '../support/morning.ts';

const [FRIDAY, SATURDAY] = ['2025-03-14', '2025-03-15'];
const TITLES = ['Kettles', 'Robots in Rome', 'Slow Proofs'];
const [KETTLES = '', ROBOTS = '', PROOFS = ''] = TITLES;
const ADA = 'ada@example.org';

let t: TestApp;
let digest: string;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  digest = await freshDigest(t);
  t.setClock('2025-03-01T00:00:00Z');
  await t.subscribe(ADA, { digests: [digest] });
});

/** A look at the list of a day as it stands at a moment: titles with their votes. */
function look(at: string, votes: Record<string, number>, day = FRIDAY) {
  t.setClock(at);
  const rows = Object.entries(votes).map(([title, upvotes]) => ({
    paper: { id: `2503.0000${TITLES.indexOf(title) + 1}`, title, summary: 'Words.', upvotes },
  }));
  return ingest(t.app, { source: 'hf-daily', input: day }, () => parseHfDaily(rows, { date: day }));
}

async function morning(date: string, frozenAt = `${date}T05:00:00Z`) {
  t.setClock(frozenAt);
  await freezeMorning(t, digest, date);
  t.setClock(`${date}T07:00:00Z`);
  await tick(t, digest);
  return titlesIn((await outboxOf(t, `${digest}/${date}`)).get(ADA)?.text, TITLES);
}

const candidates = async (date: string) =>
  (await freezeEdition(t.app, digest, date)).edition.candidates.map(
    ({ paper, signal }) => `${paper.title} ${signal.upvotes}`,
  );

describe('a day that grows', () => {
  test('is read until the cut-off: late papers are in, votes rise, each kept with its moment', async () => {
    await look(`${FRIDAY}T01:00:00Z`, { [KETTLES]: 3 });
    await look(`${FRIDAY}T03:00:00Z`, { [KETTLES]: 5, [ROBOTS]: 2 });
    await look(`${FRIDAY}T04:30:00Z`, { [KETTLES]: 6, [ROBOTS]: 9 });
    expect(await morning(FRIDAY)).toEqual([ROBOTS, KETTLES]);
    const signals = await t.app.db.selectFrom('signals').select('upvotes').orderBy('at').execute();
    expect(signals.map(({ upvotes }) => upvotes).sort()).toEqual([2, 3, 5, 6, 9].sort());
  });

  test('a freeze that is late knows no more than one in time; the rest is news of the next edition', async () => {
    await look(`${FRIDAY}T04:30:00Z`, { [KETTLES]: 3, [ROBOTS]: 2 });
    await look(`${FRIDAY}T05:20:00Z`, { [KETTLES]: 3, [ROBOTS]: 50, [PROOFS]: 4 });
    expect(await morning(FRIDAY, `${FRIDAY}T05:40:00Z`)).toEqual([KETTLES, ROBOTS]);
    expect(await candidates(FRIDAY)).toEqual([`${KETTLES} 3`, `${ROBOTS} 2`]);
    expect(await morning(SATURDAY)).toEqual([PROOFS]);
    expect(await candidates(SATURDAY)).toContain(`${ROBOTS} 50`);
  });

  test('an installation that starts after the cut-off takes what it has', async () => {
    await look(`${FRIDAY}T05:20:00Z`, { [KETTLES]: 3 });
    expect(await morning(FRIDAY, `${FRIDAY}T05:40:00Z`)).toEqual([KETTLES]);
  });
});

describe('a run', () => {
  test('says why nothing was new, and what a failure was', async () => {
    expect(await look(`${FRIDAY}T01:00:00Z`, { [KETTLES]: 3 })).toMatchObject({
      new: 1,
      note: null,
    });
    expect(await look(`${FRIDAY}T02:00:00Z`, { [KETTLES]: 4 })).toMatchObject({
      note: 'the same id as at an earlier look',
    });
    expect(await look(`${SATURDAY}T02:00:00Z`, { [KETTLES]: 4 }, SATURDAY)).toMatchObject({
      note: 'the same id as the day before',
    });
    expect(await look(`${SATURDAY}T03:00:00Z`, {}, SATURDAY)).toMatchObject({
      note: 'Saturday: Hugging Face lists nothing',
    });
    const down = () => Promise.reject(Object.assign(new SourceError('HTTP 503'), { requests: 3 }));
    await expect(ingest(t.app, { source: 'feed', input: 'x' }, down)).rejects.toThrow('HTTP 503');
    const [newest, ...earlier] = await listIngestRuns(t.app.db, { limit: 10 });
    expect(newest).toMatchObject({ source: 'feed', failed: true, note: 'HTTP 503', requests: 3 });
    expect(earlier).toHaveLength(4);
    expect(await listIngestRuns(t.app.db, { source: 'feed', limit: 10 })).toHaveLength(1);
  });

  test('that fails stops no edition, and the edition and its emails say what they lack', async () => {
    await look(`${FRIDAY}T03:00:00Z`, { [KETTLES]: 3 });
    t.setClock(`${FRIDAY}T04:00:00Z`);
    const down = () => Promise.reject(new SourceError('HTTP 503'));
    await ingest(t.app, { source: 'hf-daily', input: FRIDAY }, down).catch(() => {});
    expect(await morning(FRIDAY)).toEqual([KETTLES]);
    const { edition } = await freezeEdition(t.app, digest, FRIDAY);
    expect(edition.lacking).toEqual([{ source: 'hf-daily', why: 'HTTP 503' }]);
    const text = (await outboxOf(t, edition.id)).get(ADA)?.text;
    expect(text).toContain('Without hf-daily, which could not be read this time.');
  });
});

describe('a backfill', () => {
  const days = { source: 'hf-daily', from: '2024-05-27', to: '2024-05-30' };
  const run = (pull: (day: string) => void, stop = new AbortController()) =>
    backfill(t.app, {
      ...days,
      signal: stop.signal,
      look: (day) =>
        ingest(t.app, { source: 'hf-daily', input: day }, () => {
          pull(day);
          return parseHfDaily([], { date: day });
        }),
    });

  test('goes on where it stopped, and tries failed days again', async () => {
    const asked: string[] = [];
    const stop = new AbortController();
    const first = await run((day) => {
      asked.push(day);
      if (day.endsWith('28')) stop.abort();
    }, stop);
    expect(first).toMatchObject({ read: 2, stopped: true, failed: [] });

    const second = await run((day) => {
      asked.push(day);
      if (day.endsWith('29')) throw new SourceError('HTTP 500');
    });
    expect(second).toMatchObject({ read: 1, doneBefore: 2, stopped: false });
    expect(second.failed).toEqual([{ day: '2024-05-29', why: 'HTTP 500' }]);
    expect(asked.map((day) => day.slice(-2))).toEqual(['27', '28', '29', '30', '29', '29']);

    expect(await run(() => {})).toMatchObject({ read: 1, doneBefore: 3, failed: [] });
    expect(await run(() => {})).toMatchObject({ read: 0, doneBefore: 4 });
  });

  test('reads a day again whose list may have grown since', async () => {
    t.setClock('2024-05-30T12:00:00Z');
    expect(await run(() => {})).toMatchObject({ read: 4 });
    expect(await run(() => {})).toMatchObject({ read: 2, doneBefore: 2 });
  });
});
