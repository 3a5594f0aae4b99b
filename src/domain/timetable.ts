import { Cron } from 'croner';
import { dayOf } from './calendar.ts';
import { type Digest, freezePattern, worthFreezingHours } from './digest.ts';
import { sourceName } from './source-setting.ts';

/** One line of the timetable: at the times of a pattern, ask for a job. */
export interface Entry {
  /** In the ledger: `freeze daily`. */
  readonly name: string;
  /** Cron pattern, seconds optional. */
  readonly pattern: string;
  readonly timeZone: string;
  readonly job: 'ingest' | 'freeze' | 'dispatch' | 'fit' | 'forget';
  payload(slot: Date): Record<string, unknown>;
  /** After an outage: run every missed slot (a freeze has its own day) or only the newest. */
  readonly catchUp: 'each' | 'newest';
  /** A missed slot older than this is skipped. */
  readonly latestByHours: number;
}

/** Of the whole installation, whatever its digests. */
const FORGET: Entry = {
  name: 'forget',
  pattern: '40 3 * * *',
  timeZone: 'UTC',
  job: 'forget',
  payload: () => ({}),
  catchUp: 'newest',
  latestByHours: 24,
};

/** In the quiet hour before the first cut-off, so that the editions of the day rank by it. */
const FIT: Entry = {
  name: 'fit',
  pattern: '10 2 * * *',
  timeZone: 'UTC',
  job: 'fit',
  payload: () => ({}),
  catchUp: 'newest',
  latestByHours: 24,
};

/** What has to happen when: for each digest look at the sources, freeze, see who is due; fit; forget. */
export function timetable(digests: readonly Digest[]): Entry[] {
  const ofDigests = digests
    .filter(({ off }) => !off)
    .flatMap((digest) => {
      const { name, timeZone, latestByHours } = digest;
      const common = { timeZone, latestByHours };
      return [
        ...digest.sources.map(
          (source): Entry => ({
            ...common,
            name: `ingest ${sourceName(source)} for ${name}`,
            pattern: digest.ingestAt,
            job: 'ingest',
            payload: () => ({ source }),
            catchUp: 'newest',
          }),
        ),
        {
          ...common,
          name: `freeze ${name}`,
          pattern: freezePattern(digest),
          job: 'freeze',
          payload: (slot) => ({ digest: name, date: dayOf(slot, timeZone) }),
          catchUp: 'each',
          latestByHours: worthFreezingHours(digest),
        },
        {
          ...common,
          name: `dispatch ${name}`,
          pattern: '* * * * *',
          job: 'dispatch',
          payload: () => ({ digest: name }),
          catchUp: 'newest',
        },
      ] satisfies Entry[];
    });
  return [...ofDigests, FIT, FORGET];
}

/** Why the times of an entry cannot be told, with its name and the remedy; undefined when they can. */
export function entryFault(entry: Entry): string | undefined {
  try {
    nextSlot(entry, new Date(0));
    return undefined;
  } catch (error) {
    return `${entry.name}: pattern "${entry.pattern}", time zone "${entry.timeZone}": ${(error as Error).message}; mend the digest (\`paperboy digests FILE.json\`) or turn it off (\`paperboy digests off NAME\`)`;
  }
}

/** Guards against a clock that jumps by years. */
const SLOTS_MAX = 10_000;

/**
 * The slots of an entry after `after` and not after `until`, oldest first: at most the newest
 * 10,000. Across a clock change a slot that the day leaves out comes at the next time there is, one
 * that comes twice comes once (croner's rule).
 */
export function slotsBetween(
  entry: Pick<Entry, 'pattern' | 'timeZone'>,
  after: Date,
  until: Date,
): Date[] {
  const cron = new Cron(entry.pattern, { timezone: entry.timeZone, paused: true });
  const slots: Date[] = [];
  for (let slot = cron.nextRun(after); slot !== null && slot <= until; slot = cron.nextRun(slot)) {
    slots.push(slot);
    if (slots.length > SLOTS_MAX) slots.shift();
  }
  return slots;
}

/** The next slot of an entry after a moment. */
export function nextSlot(
  entry: Pick<Entry, 'pattern' | 'timeZone'>,
  after: Date,
): Date | undefined {
  const cron = new Cron(entry.pattern, { timezone: entry.timeZone, paused: true });
  return cron.nextRun(after) ?? undefined;
}

/** What becomes of a slot whose time has come. */
export interface Ruling {
  readonly slot: Date;
  /** Why it is not run; undefined when it is. */
  readonly skipWhy: string | undefined;
}

const HOUR_MS = 3_600_000;

/**
 * The catch-up rule: a missed slot is run once if it is young enough, else skipped. Of work that a
 * later slot does as well (looking at a source, seeing who is due) only the newest slot counts.
 */
export function rule(entry: Entry, slots: readonly Date[], now: Date): Ruling[] {
  const counting = entry.catchUp === 'newest' ? slots.slice(-1) : slots;
  return counting.map((slot) => {
    const lateHours = (now.getTime() - slot.getTime()) / HOUR_MS;
    const tooLate = lateHours > entry.latestByHours;
    return {
      slot,
      skipWhy: tooLate
        ? `missed by ${Math.floor(lateHours)} h, at most ${entry.latestByHours} h`
        : undefined,
    };
  });
}
