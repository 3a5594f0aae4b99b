import { describe, expect, test } from 'vitest';
import { Digest, NewDigest } from '../../src/domain/digest.ts';
import {
  type Entry,
  entryFault,
  nextSlot,
  rule,
  slotsBetween,
  timetable,
} from '../../src/domain/timetable.ts';

const daily = Digest.parse({
  name: 'daily',
  title: 'Daily',
  freezeAt: '02:30',
  timeZone: 'America/New_York',
  latestByHours: 6,
});
const entries = timetable([daily]);
const entry = (name: string) => entries.find((one) => one.name === name) as Entry;
const freeze = entry('freeze daily');
const dispatch = entry('dispatch daily');
const between = (after: string, until: string, of = freeze) =>
  slotsBetween(of, new Date(after), new Date(until)).map((slot) => slot.toISOString());

describe('the timetable of a digest', () => {
  test('looks at its sources, freezes at its cut-off and sees every minute who is due', () => {
    expect(
      entries.map(({ name, job, pattern, timeZone }) => [name, job, pattern, timeZone]),
    ).toEqual([
      ['ingest hf-daily for daily', 'ingest', '*/30 * * * *', 'America/New_York'],
      ['freeze daily', 'freeze', '30 2 * * *', 'America/New_York'],
      ['dispatch daily', 'dispatch', '* * * * *', 'America/New_York'],
      ['fit', 'fit', '10 2 * * *', 'UTC'],
      ['forget', 'forget', '40 3 * * *', 'UTC'],
    ]);
    expect(timetable([]).map(({ name }) => name)).toEqual(['fit', 'forget']);
  });

  test('freezes the day of its own calendar, not that of UTC', () => {
    const auckland = timetable([{ ...daily, timeZone: 'Pacific/Auckland' }])[1] as Entry;
    const slot = nextSlot(auckland, new Date('2025-03-13T00:00:00Z'));
    expect(slot?.toISOString()).toBe('2025-03-13T13:30:00.000Z');
    expect(auckland.payload(slot as Date)).toEqual({ digest: 'daily', date: '2025-03-14' });
  });
});

describe('a digest that is wrong', () => {
  const faultsOf = (settings: object) =>
    (NewDigest.safeParse({ name: 'daily', title: 'Daily', ...settings }).error?.issues ?? []).map(
      ({ path, message }) => `${path}: ${message}`,
    );

  test('is refused with the field and what is expected', () => {
    expect(faultsOf({ timeZone: 'Europe/Berlin', ingestAt: '0 5 * * 1-5' })).toEqual([]);
    expect(faultsOf({ ingestAt: 'every day at noon' })).toEqual([
      expect.stringMatching(/^ingestAt: expected a cron pattern such as .* "every day at noon"/),
    ]);
    expect(faultsOf({ ingestAt: '0 0 31 2 *' })).toEqual([
      expect.stringContaining('such a time never comes'),
    ]);
    expect(faultsOf({ timeZone: 'Mars/Olympus' })).toEqual([
      'timeZone: expected an IANA time zone such as Europe/Berlin, but it is "Mars/Olympus"',
    ]);
  });

  test('and was stored all the same is told by name, entry by entry', () => {
    const told = timetable([daily, { ...daily, name: 'bad', ingestAt: 'noon' }]).flatMap(
      (one) => entryFault(one) ?? [],
    );
    expect(told).toEqual([expect.stringMatching(/^ingest hf-daily for bad: pattern "noon"/)]);
  });

  test('and one that is turned off asks for nothing', () => {
    expect(timetable([{ ...daily, off: true }]).map(({ name }) => name)).toEqual(['fit', 'forget']);
  });
});

describe('slots', () => {
  test('lie after the one end and not after the other', () => {
    expect(between('2025-03-14T06:30:00Z', '2025-03-16T06:30:00Z')).toEqual([
      '2025-03-15T06:30:00.000Z',
      '2025-03-16T06:30:00.000Z',
    ]);
    expect(between('2025-03-14T06:30:00Z', '2025-03-14T06:29:00Z')).toEqual([]);
  });

  test('come once a day all year, also when the clocks change', () => {
    const year = between('2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z');
    const days = year.map((slot) => freeze.payload(new Date(slot)).date);
    expect(new Set(days).size).toBe(365);
    expect(days).toHaveLength(365);
  });

  test('an hour that the day leaves out moves on, one that comes twice counts the first time', () => {
    expect(between('2025-03-09T00:00:00Z', '2025-03-10T00:00:00Z')).toEqual([
      '2025-03-09T07:00:00.000Z', // 03:00 EDT
    ]);
    const autumn = { ...freeze, pattern: '30 1 * * *' };
    expect(between('2025-11-02T00:00:00Z', '2025-11-03T00:00:00Z', autumn)).toEqual([
      '2025-11-02T05:30:00.000Z', // 01:30 EDT
    ]);
  });

  test('of every minute are all there on a day of 23 or 25 hours', () => {
    expect(between('2025-03-09T05:00:00Z', '2025-03-10T04:00:00Z', dispatch)).toHaveLength(23 * 60);
    expect(between('2025-11-02T04:00:00Z', '2025-11-03T05:00:00Z', dispatch)).toHaveLength(25 * 60);
  });

  test('of a clock that jumped by years are the newest ten thousand', () => {
    const slots = between('2025-01-01T00:00:00Z', '2025-01-10T00:00:00Z', dispatch);
    expect(slots).toHaveLength(10_000);
    expect(slots.at(-1)).toBe('2025-01-10T00:00:00.000Z');
  });

  test('split at any moment are the same slots', () => {
    const [from, to] = ['2025-03-08T00:00:00Z', '2025-03-11T00:00:00Z'];
    for (const middle of ['2025-03-09T06:30:00Z', '2025-03-09T07:00:00Z', '2025-03-09T07:00:01Z']) {
      expect([...between(from, middle), ...between(middle, to)]).toEqual(between(from, to));
    }
  });
});

describe('the catch-up rule', () => {
  const at = (hoursAgo: number) => new Date(now.getTime() - hoursAgo * 3_600_000);
  const now = new Date('2025-03-14T12:00:00Z');
  const ruled = (of: Entry, hoursAgo: number[]) =>
    rule(of, hoursAgo.map(at), now).map(({ slot, skipWhy }) => [
      (now.getTime() - slot.getTime()) / 3_600_000,
      skipWhy,
    ]);

  test('runs each missed freeze that is young enough, and skips the others with the reason', () => {
    expect(ruled(freeze, [54, 31, 29, 5])).toEqual([
      [54, 'missed by 54 h, at most 30 h'],
      [31, 'missed by 31 h, at most 30 h'],
      [29, undefined],
      [5, undefined],
    ]);
  });

  test('of looking and of seeing who is due, only the newest slot counts', () => {
    expect(ruled(dispatch, [3, 2, 1])).toEqual([[1, undefined]]);
    expect(ruled(entry('ingest hf-daily for daily'), [30, 7])).toEqual([
      [7, 'missed by 7 h, at most 6 h'],
    ]);
  });

  test('is exact at its edge', () => {
    expect(ruled(freeze, [30])).toEqual([[30, undefined]]);
    const [late] = rule(freeze, [new Date(at(30).getTime() - 1)], now);
    expect(late?.skipWhy).toBe('missed by 30 h, at most 30 h');
  });

  test('of no slots is nothing', () => {
    expect(rule(freeze, [], now)).toEqual([]);
    expect(rule(dispatch, [], now)).toEqual([]);
  });
});
