import type { App } from './app.ts';
import { dayOf } from './domain/calendar.ts';
import { notifySoon } from './signup.ts';
import { addAlert } from './store/notices.ts';

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

/** What the ledger's sweep found in editions: numbers that do not add up, digests that came too late. */
export async function alertEditions(
  app: Parameters<typeof alertOperator>[0],
  editions: readonly { editionId: string; faults: readonly string[]; late: number }[],
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
  for (const { editionId, late } of editions) {
    if (late === 0) continue;
    await alertOperator(app, {
      cause: `late ${editionId}`,
      heading: 'Digests came too late and were left out',
      lines: [
        `${editionId}: ${late} of them. Their hour was over before they could leave.`,
        'Look whether `run` was down, paused or held back: paperboy jobs, paperboy deliveries --edition ID.',
      ],
    });
  }
}
