import fc from 'fast-check';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { dueFor, type Schedule } from '../../src/domain/calendar.ts';

const schedule = (over: Partial<Schedule> = {}): Schedule => ({
  timeZone: 'UTC',
  hour: 7,
  cadence: 'daily',
  weekday: 1,
  ...over,
});
const friday = new Date('2025-03-14T05:00:00Z');
const due = (over: Partial<Schedule>, cutOff = friday) =>
  dueFor(schedule(over), cutOff)?.at.toISOString();

test.each([
  [{ timeZone: 'Europe/Berlin', hour: 7 }, '2025-03-14T06:00:00.000Z'],
  [{ timeZone: 'Europe/Berlin', hour: 6 }, '2025-03-14T05:00:00.000Z'], // at the very cut-off
  [{ timeZone: 'Europe/Berlin', hour: 5 }, '2025-03-15T04:00:00.000Z'], // gone today: tomorrow
  [{ timeZone: 'America/New_York', hour: 7 }, '2025-03-14T11:00:00.000Z'],
  [{ timeZone: 'Asia/Tokyo', hour: 7 }, '2025-03-14T22:00:00.000Z'], // Saturday morning there
  [{ timeZone: 'Pacific/Auckland', hour: 7 }, '2025-03-14T18:00:00.000Z'],
  [{ timeZone: 'Asia/Kolkata', hour: 11 }, '2025-03-14T05:30:00.000Z'],
])('%j is due at %s', (over, at) => {
  expect(due(over)).toBe(at);
});

test('a weekday reader in Tokyo skips the edition that would come on Saturday', () => {
  expect(due({ timeZone: 'Asia/Tokyo', cadence: 'weekdays' })).toBeUndefined();
  expect(due({ timeZone: 'Europe/Rome', cadence: 'weekdays' })).toBe('2025-03-14T06:00:00.000Z');
});

test('a weekly reader gets the one day they chose, as their own calendar names it', () => {
  const days = [1, 2, 3, 4, 5, 6, 7];
  const tokyo = days.filter((weekday) =>
    due({ timeZone: 'Asia/Tokyo', cadence: 'weekly', weekday }),
  );
  expect(tokyo).toEqual([6]);
});

test('news goes back to the last digest: one day, three on Mondays, seven weekly', () => {
  const monday = new Date('2025-03-17T05:00:00Z');
  expect(dueFor(schedule(), monday)?.lookbackDays).toBe(1);
  expect(dueFor(schedule({ cadence: 'weekdays' }), monday)?.lookbackDays).toBe(3);
  expect(dueFor(schedule({ cadence: 'weekdays' }), friday)?.lookbackDays).toBe(1);
  expect(dueFor(schedule({ cadence: 'weekly' }), monday)?.lookbackDays).toBe(7);
});

test('an hour that the day leaves out moves on, one that comes twice counts the first time', () => {
  const newYork = (hour: number, cutOff: string) =>
    due({ timeZone: 'America/New_York', hour }, new Date(cutOff));
  expect(newYork(2, '2025-03-09T05:00:00Z')).toBe('2025-03-09T07:00:00.000Z'); // 03:00 EDT
  expect(newYork(1, '2025-11-02T04:30:00Z')).toBe('2025-11-02T05:00:00.000Z'); // 01:00 EDT
});

const zones = [
  'UTC',
  'America/New_York',
  'Europe/London',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Asia/Kolkata',
];

test('a daily reader gets one digest a local day all year, and the news of every edition once', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 47 }).map((half) => half / 2),
      fc.integer({ min: 0, max: 23 }),
      (timeZone, hour, cutOffHour) => {
        const mornings: DateTime[] = [];
        let news = 0;
        for (let day = 0; day < 366; day += 1) {
          const cutOff = new Date(Date.UTC(2025, 0, 1 + day, cutOffHour));
          const one = dueFor(schedule({ timeZone, hour }), cutOff);
          if (one === undefined) continue;
          expect(one.at.getTime()).toBeGreaterThanOrEqual(cutOff.getTime());
          expect(one.at.getTime() - cutOff.getTime()).toBeLessThanOrEqual(25 * 3_600_000);
          mornings.push(DateTime.fromJSDate(one.at, { zone: timeZone }));
          news += one.lookbackDays;
        }
        expect(new Set(mornings.map((morning) => morning.toISODate())).size).toBe(mornings.length);
        expect(mornings.length).toBeGreaterThanOrEqual(365);
        expect(news).toBe(366);
      },
    ),
    { numRuns: 8 },
  );
}, 60_000);

test('a clock change that puts two editions on one morning leaves the newer, with both days of news', () => {
  const london = schedule({ timeZone: 'Europe/London', hour: 3 });
  const at = (day: string) => dueFor(london, new Date(`${day}T03:00:00Z`));
  expect(at('2025-10-25')).toBeUndefined();
  expect(at('2025-10-26')).toEqual({ at: new Date('2025-10-26T03:00:00Z'), lookbackDays: 2 });
});
