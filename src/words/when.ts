import { clockTime } from '../domain/calendar.ts';
import type { Preferences } from '../domain/preferences.ts';
import type { Words } from './words.ts';

/** When somebody's digest comes: `every day at 07:00, Europe/Berlin time`. */
export function whenWords(preferences: Preferences, words: Words): string {
  const { cadence, weekday, hour, timeZone } = preferences;
  return words.when(cadence, words.weekdays[weekday - 1] ?? '', clockTime(hour), timeZone);
}
