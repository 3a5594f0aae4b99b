import { Cron } from 'croner';
import { z } from 'zod';
import { instantOf } from './calendar.ts';
import { isTimeZone } from './preferences.ts';
import { SourceSetting } from './source-setting.ts';

/** `HH:MM`, 24 hours. */
const WallClock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM, e.g. 05:00');

/** A configured publication: its name, where its papers come from, when its day closes. */
export const Digest = z.strictObject({
  /** In ids and links: `daily`. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'expected lower-case letters, digits and -'),
  /** As readers see it. */
  title: z.string().min(1).max(80),
  /** What the timetable ingests for it. */
  sources: z.array(SourceSetting).default([{ source: 'hf-daily', list: 'day' }]),
  /** How often to look at the sources: a cron pattern in `timeZone`. */
  ingestAt: z.string().default('*/30 * * * *'),
  /** Cut-off of the day, wall clock in `timeZone`. What is listed later is news of the next day. */
  freezeAt: WallClock.default('05:00'),
  timeZone: z.string().default('UTC'),
  /** Days back from which an edition takes papers; a weekly reader needs seven. */
  windowDays: z.number().int().min(1).max(31).default(7),
  candidatesMax: z.number().int().min(1).max(2000).default(500),
  /** A delivery this much later than its hour is skipped, not sent. */
  latestByHours: z.number().int().min(1).max(24).default(6),
  template: z.string().default('digest'),
  /** Nothing is asked for by itself any more; what there is of it stays. */
  off: z.boolean().default(false),
});
export type Digest = z.infer<typeof Digest>;

/** A digest as it is saved: what the timetable could not follow is refused, with the field and the remedy. */
export const NewDigest = Digest.superRefine(({ ingestAt, timeZone }, context) => {
  const issue = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (!isTimeZone(timeZone)) {
    issue('timeZone', `expected an IANA time zone such as Europe/Berlin, but it is "${timeZone}"`);
  }
  const why = patternFault(ingestAt);
  if (why !== undefined) {
    issue(
      'ingestAt',
      `expected a cron pattern such as */30 * * * *, but it is "${ingestAt}" (${why})`,
    );
  }
});

/** Why a cron pattern cannot be followed; undefined when it can. */
function patternFault(pattern: string): string | undefined {
  try {
    const cron = new Cron(pattern, { timezone: 'UTC', paused: true });
    return cron.nextRun() === null ? 'such a time never comes' : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What there is before an operator configures anything. */
export const defaultDigest: Digest = Digest.parse({ name: 'daily', title: 'Paperboy Daily' });

/** The cut-off instant of a digest's edition of a day. */
export function cutOff(digest: Pick<Digest, 'freezeAt' | 'timeZone'>, date: string): Date {
  return instantOf(date, digest.freezeAt, digest.timeZone);
}

/** A local morning comes at most a day after the cut-off. */
export const MORNINGS_HOURS = 24;

/** How long after its cut-off an edition is still in time for somebody: for whose hour comes last, or is just late enough. */
export function worthFreezingHours(digest: Pick<Digest, 'latestByHours'>): number {
  return MORNINGS_HOURS + digest.latestByHours;
}

/** The cron pattern of a digest's cut-off. */
export function freezePattern(digest: Pick<Digest, 'freezeAt'>): string {
  const [hour, minute] = digest.freezeAt.split(':').map(Number);
  return `${minute} ${hour} * * *`;
}
