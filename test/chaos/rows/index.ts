import type { Row } from '../row.ts';
import { conflicts } from './conflicts.ts';
import { renderedAfresh, withoutKey } from './controls.ts';
import { restoredCopy } from './copy.ts';
import { hangingProvider } from './hang.ts';
import { killsAtPlaces, randomKills, terminations } from './kills.ts';
import { busyThenQuota, errorsOnly, rateOverProcesses } from './limits.ts';
import { lyingNetwork } from './network.ts';
import { poison } from './poison.ts';
import { diskFull, postgresTroubles } from './postgres.ts';
import { redisTroubles } from './redis.ts';
import { forgetfulMailServer } from './smtp.ts';
import { oneTimetable } from './timetable.ts';
import { expiredKeys } from './unknown.ts';
import { unsubscribes } from './unsubscribe.ts';

/** Every row of the suite, in the order of its table, and the controls at its end. */
export const rows: readonly Row[] = [
  randomKills,
  killsAtPlaces,
  redisTroubles,
  postgresTroubles,
  lyingNetwork,
  busyThenQuota,
  errorsOnly,
  poison,
  hangingProvider,
  conflicts,
  expiredKeys,
  oneTimetable,
  unsubscribes,
  forgetfulMailServer,
  restoredCopy,
  diskFull,
  terminations,
  rateOverProcesses,
  withoutKey,
  renderedAfresh,
];
