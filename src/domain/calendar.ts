import { DateTime } from 'luxon';
import type { Preferences } from './preferences.ts';

/** What of the preferences decides when a digest is due. Many subscribers share one. */
export type Schedule = Pick<Preferences, 'timeZone' | 'hour' | 'cadence' | 'weekday'>;

/** When an edition is due for a schedule, and how many days of news it brings whoever got the one before. */
export interface Due {
  readonly at: Date;
  readonly lookbackDays: number;
}

/**
 * The first local morning at or after the edition's cut-off, if the schedule wants that day.
 * Every local day has one such hour, also when the clocks change: an hour that the day leaves out
 * moves to the next one there is, an hour that comes twice counts the first time. Where a clock
 * change would bring two editions on one morning, only the newer one is due, with the news of both.
 * @returns undefined when the edition is not due for this schedule.
 */
export function dueFor(schedule: Schedule, cutOffAt: Date): Due | undefined {
  const due = wantedMorning(schedule, cutOffAt);
  if (due === undefined) return undefined;
  return { at: due.toJSDate(), lookbackDays: daysSinceLast(schedule, cutOffAt) };
}

const WEEK_DAYS = 7;
const FRIDAY = 5;

/** Editions since the last one that was due for this schedule, this one included. */
function daysSinceLast(schedule: Schedule, cutOffAt: Date): number {
  for (let days = 1; days < WEEK_DAYS; days += 1) {
    if (wantedMorning(schedule, daysLater(cutOffAt, -days)) !== undefined) return days;
  }
  return WEEK_DAYS;
}

function wantedMorning(schedule: Schedule, cutOffAt: Date): DateTime | undefined {
  const due = nextMorning(schedule, cutOffAt);
  const overtaken = due.hasSame(nextMorning(schedule, daysLater(cutOffAt, 1)), 'day');
  return wants(schedule, due.weekday) && !overtaken ? due : undefined;
}

/** The mornings that were worked out last: thousands of schedules share a few, and a zone's rules are slow. */
const mornings = new Map<string, DateTime>();
const MORNINGS_KEPT = 20_000;

function nextMorning({ timeZone, hour }: Schedule, from: Date): DateTime {
  const key = `${timeZone} ${hour} ${from.getTime()}`;
  const known = mornings.get(key);
  if (known !== undefined) return known;
  const local = DateTime.fromJSDate(from, { zone: timeZone });
  const time = { hour: Math.floor(hour), minute: (hour % 1) * 60 };
  const today = local.startOf('day').set(time);
  const morning = today >= local ? today : local.plus({ days: 1 }).startOf('day').set(time);
  if (mornings.size >= MORNINGS_KEPT) mornings.clear();
  mornings.set(key, morning);
  return morning;
}

function wants({ cadence, weekday }: Schedule, day: number): boolean {
  if (cadence === 'weekly') return day === weekday;
  return cadence === 'daily' || day <= FRIDAY;
}

function daysLater(instant: Date, days: number): Date {
  return DateTime.fromJSDate(instant, { zone: 'utc' }).plus({ days }).toJSDate();
}

/** Parses the `schedule` word that the store keeps beside the preferences. */
export function parseSchedule(word: string): Schedule {
  const [timeZone = 'UTC', hour, cadence, weekday] = word.split(' ');
  return {
    timeZone,
    hour: Number(hour),
    cadence: cadence as Schedule['cadence'],
    weekday: Number(weekday),
  };
}

/** The instant of a wall-clock time on a day in a zone, e.g. `2025-03-14`, `05:00`, `UTC`. */
export function instantOf(day: string, time: string, timeZone: string): Date {
  return DateTime.fromISO(`${day}T${time}`, { zone: timeZone }).toJSDate();
}

/** The calendar day of an instant in a zone. */
export function dayOf(at: Date, timeZone: string): string {
  return DateTime.fromJSDate(at, { zone: timeZone }).toFormat('yyyy-MM-dd');
}

/** A day, `days` later (or earlier when negative). */
export function addDays(day: string, days: number): string {
  return DateTime.fromISO(day, { zone: 'utc' }).plus({ days }).toFormat('yyyy-MM-dd');
}

/** An hour of the preferences as a clock shows it: 7 is `07:00`, 2.5 is `02:30`. */
export function clockTime(hour: number): string {
  return `${String(Math.floor(hour)).padStart(2, '0')}:${hour % 1 === 0 ? '00' : '30'}`;
}

/** `Fri 07:00` in the zone, for tables. */
export function localTime(at: Date, timeZone: string): string {
  return DateTime.fromJSDate(at, { zone: timeZone }).toFormat('ccc HH:mm', { locale: 'en' });
}
