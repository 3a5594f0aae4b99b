import type { App } from './app.ts';
import { dayOf } from './domain/calendar.ts';
import { notifySoon } from './signup.ts';
import type { Balance } from './store/balance.ts';
import { addAlert } from './store/notices.ts';
import { deadSlices, failingSources, missingEditions } from './store/troubles.ts';

/** What an operator must hear of. */
interface Alert {
  /** Of one cause at most one mail leaves a day. */
  readonly cause: string;
  readonly heading: string;
  /** What happened and what to do, a line each. */
  readonly lines: readonly string[];
}

/**
 * Asks for a mail to PAPERBOY_ALERT_TO, if there is one. Never throws, and never holds anything up:
 * what it is about must not get worse because the alert does not leave either.
 */
export async function alertOperator(
  app: Pick<App, 'db' | 'queue' | 'now' | 'log' | 'config'>,
  { cause, heading, lines }: Alert,
): Promise<void> {
  const { to } = app.config.alerts;
  if (to === undefined) return;
  try {
    const now = app.now();
    const once = `${cause} ${dayOf(now, 'UTC')}`;
    const told = { heading, lines: [...lines] };
    await notifySoon(app, await addAlert(app.db, { email: to, cause: once, told }, now));
  } catch (err) {
    app.log.warn({ err, cause }, 'no alert could be written');
  }
}

/** The provider takes nothing until a person acts. */
export function alertHalted(app: Parameters<typeof alertOperator>[0], why: string): Promise<void> {
  return alertOperator(app, {
    cause: 'halted',
    heading: 'The mail provider takes nothing',
    lines: [
      `It says: ${why}`,
      'No email leaves until this is mended; what waits is kept, and Paperboy tries again by itself.',
      'Look: paperboy jobs. When it is mended and you do not want to wait: paperboy resume.',
    ],
  });
}

/** What of an edition's balance an operator must hear of. */
type Counts = Pick<Balance, 'editionId' | 'faults' | 'late' | 'unknown' | 'refused' | 'planned'>;

const REFUSED_MIN = 5;
const REFUSED_SHARE = 0.1;

/**
 * What the ledger's sweep found in editions: numbers that do not add up, digests that came too late, whose
 * fate is unknown, or that the provider refused in numbers.
 */
export async function alertEditions(
  app: Parameters<typeof alertOperator>[0],
  editions: readonly Counts[],
): Promise<void> {
  const unbalanced = editions.filter(({ faults }) => faults.length > 0);
  if (unbalanced.length > 0)
    await alertOperator(app, {
      cause: 'unbalanced',
      heading: 'An edition does not add up',
      lines: [
        ...unbalanced.map(({ editionId, faults }) => `${editionId}: ${faults.join('; ')}`),
        'Look: paperboy deliveries --edition ID.',
      ],
    });
  for (const { editionId, late, unknown, refused, planned } of editions) {
    if (late > 0)
      await alertOperator(app, {
        cause: `late ${editionId}`,
        heading: 'Digests came too late and were left out',
        lines: [
          `${editionId}: ${late} of them. Their hour was over before they could leave.`,
          'Look whether `run` was down, paused or held back: paperboy jobs, paperboy deliveries --edition ID.',
        ],
      });
    if (unknown > 0)
      await alertOperator(app, {
        cause: `unknown ${editionId}`,
        heading: 'Nobody knows whether digests went out',
        lines: [
          `${editionId}: ${unknown} of them got no answer, and asking again is no longer safe.`,
          `Look the addresses up at the provider (paperboy deliveries --edition ${editionId} --state unknown), then: paperboy resolve.`,
        ],
      });
    if (refused >= REFUSED_MIN && refused > planned * REFUSED_SHARE)
      await alertOperator(app, {
        cause: `refused ${editionId}`,
        heading: 'The mail provider refused many digests',
        lines: [
          `${editionId}: ${refused} of ${planned}.`,
          `Look why: paperboy deliveries --edition ${editionId} --state refused.`,
        ],
      });
  }
}

const FAILING_DAYS = 3;
const DAY_MS = 86_400_000;
const MISSED_MS = 2 * DAY_MS;
/** A freeze that was asked for takes seconds; the sweep asks again. */
const FROZEN_WITHIN_MS = 3_600_000;

/** What the sweep found beside editions' numbers: slices that died, days without an edition, sources that fail. */
export async function alertTroubles(
  app: Parameters<typeof alertOperator>[0],
  now: Date,
): Promise<void> {
  if (app.config.alerts.to === undefined) return;
  const dead = await deadSlices(app.db);
  if (dead.length > 0)
    await alertOperator(app, {
      cause: 'dead',
      heading: 'Digests wait that nothing will try again',
      lines: [
        ...dead.map(({ editionId, slices, why }) => `${editionId}: ${slices} slices. ${why ?? ''}`),
        'Look: paperboy jobs --dead. When the cause is mended: paperboy retry.',
      ],
    });
  const before = (ms: number) => new Date(now.getTime() - ms);
  const missing = await missingEditions(app.db, before(MISSED_MS), before(FROZEN_WITHIN_MS));
  for (const { editionId, why } of missing) {
    await alertOperator(app, {
      cause: `missing ${editionId}`,
      heading: 'A day has no edition',
      lines: [
        `${editionId}: ${why ?? 'its freeze was asked for and did not come to an end'}.`,
        'Its papers come with the next edition. Look: paperboy jobs --slots, paperboy jobs --dead.',
      ],
    });
  }
  for (const { source, looks, note } of await failingSources(app.db, now, FAILING_DAYS)) {
    await alertOperator(app, {
      cause: `source ${source}`,
      heading: 'A source fails for days',
      lines: [
        `${source}: all ${looks} looks of the last ${FAILING_DAYS} days failed. The newest: ${note ?? 'no reason was kept'}`,
        'Look: paperboy sources.',
      ],
    });
  }
}
