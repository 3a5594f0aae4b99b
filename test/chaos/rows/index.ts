import type { Row } from '../row.ts';
import { killsAtPlaces, randomKills, terminations } from './kills.ts';
import { lyingNetwork } from './network.ts';
import { diskFull, postgresTroubles } from './postgres.ts';
import { redisTroubles } from './redis.ts';

/** Every row of the suite, in the order of its table. */
export const rows: readonly Row[] = [
  randomKills,
  killsAtPlaces,
  redisTroubles,
  postgresTroubles,
  lyingNetwork,
  diskFull,
  terminations,
];
