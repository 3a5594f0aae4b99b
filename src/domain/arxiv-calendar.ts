import { DateTime } from 'luxon';

const ZONE = 'America/New_York';
/** What comes in before that hour is announced in the evening, and stands on the next day's list. */
const CUT_OFF_HOUR = 14;
const MONDAY = 1;
const FRIDAY = 5;

/**
 * The day on whose list arXiv puts what was submitted at a moment: Monday to Friday. Its holidays are
 * not known here; what they hold back is taken for listed on the day before.
 * @see https://info.arxiv.org/help/availability.html
 */
export function announcedOn(submitted: Date): string {
  const at = DateTime.fromJSDate(submitted, { zone: ZONE });
  let closing = at.startOf('day');
  if (at >= cutOffOf(closing)) closing = closing.plus({ days: 1 });
  while (closing.weekday > FRIDAY) closing = closing.plus({ days: 1 });
  return closing.plus({ days: closing.weekday === FRIDAY ? 3 : 1 }).toFormat('yyyy-MM-dd');
}

/**
 * When what stands on a day's list was submitted: from the first moment, before the last one.
 * `undefined` on Saturdays and Sundays, which have no list.
 */
export function submissionsOf(day: string): { from: Date; before: Date } | undefined {
  const list = DateTime.fromISO(day, { zone: ZONE });
  if (list.weekday > FRIDAY) return undefined;
  const closing = list.minus({ days: list.weekday === MONDAY ? 3 : 1 });
  const opening = closing.minus({ days: closing.weekday === MONDAY ? 3 : 1 });
  return { from: cutOffOf(opening).toJSDate(), before: cutOffOf(closing).toJSDate() };
}

function cutOffOf(day: DateTime): DateTime {
  return day.startOf('day').set({ hour: CUT_OFF_HOUR });
}
