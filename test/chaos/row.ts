import type { Audit } from './audit.ts';
import type { Bench } from './bench.ts';
import type { Stage } from './stage.ts';

/** One fault of the suite. */
export interface Row {
  /** As `--rows` names it. */
  readonly id: string;
  readonly fault: string;
  /** Whether `--quick` runs it. */
  readonly quick?: boolean;
  /** It measures time, or needs what others use: nothing runs beside it. */
  readonly alone?: boolean;
  run(bench: Bench): Promise<Finding>;
}

/** A promise, and whether it was kept. */
export interface Check {
  readonly promise: string;
  readonly kept: boolean;
}

export interface Finding {
  /** Absent when the row is not about deliveries. */
  readonly audit?: Audit;
  readonly checks: readonly Check[];
  /** The counts that this row is about. */
  readonly other: string;
}

export const check = (promise: string, kept: boolean): Check => ({ promise, kept });

/** What must hold whatever happened, unless a row says otherwise. */
export function promises(audit: Audit): Check[] {
  return [
    check(
      `all ${audit.recipients} planned, not ${audit.planned}`,
      audit.planned === audit.recipients,
    ),
    check(`none lost, not ${audit.lost}`, audit.lost === 0),
    check(`none repeated, not ${audit.repeated}`, audit.repeated === 0),
    check(`none left open, not ${audit.open}`, audit.open === 0),
    check(`every id at its delivery, not ${audit.mismatched} elsewhere`, audit.mismatched === 0),
    check(`nobody who was left out, not ${audit.strays}`, audit.strays === 0),
    check(`balanced, not: ${audit.faults.join('; ')}`, audit.faults.length === 0),
  ];
}

/** No process gave up. */
export function stood({ crashes, logbook }: Stage): Check {
  const ends = crashes.map(({ code, signal }) => code ?? signal).join(', ');
  return check(`no process ended by itself (${ends}), see ${logbook.path}`, crashes.length === 0);
}

/** Nobody but the deliberately unknown is unknown or refused. */
export function clean({ unknown, refused, suppressed, skipped }: Audit): Check {
  const others = unknown + refused + suppressed + skipped;
  return check(
    `all submitted, not ${unknown} unknown, ${refused} refused, ${suppressed} suppressed, ${skipped} skipped`,
    others === 0,
  );
}
