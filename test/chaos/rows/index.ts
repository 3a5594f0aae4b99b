import type { Row } from '../row.ts';
import { killsAtPlaces, randomKills, terminations } from './kills.ts';

/** Every row of the suite, in the order of its table. */
export const rows: readonly Row[] = [randomKills, killsAtPlaces, terminations];
