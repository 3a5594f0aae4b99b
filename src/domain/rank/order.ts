import { exclusions } from './excluded.ts';
import type { Pool } from './pool.ts';
import type { Profile } from './profile.ts';
import { type Scores, STEP } from './score.ts';

/** Digits of the radix sort: eight bits. */
const BASE = 256;
const TWO_32 = 2 ** 32;

/** Places of the papers, best first, without those that the profile excludes; ties end on the paper's id. */
export function bestFirst(pool: Pool, profile: Profile, { total }: Scores): number[] {
  const order = ranked(total, pool.byId);
  const out = exclusions(pool, profile);
  const best: number[] = [];
  for (let rank = 0; rank < order.length; rank++) {
    const paper = order[rank] as number;
    if (out?.[paper] !== 1) best.push(paper);
  }
  return best;
}

/**
 * A radix sort of how far each total is below the highest, in steps: comparing papers with each other costs several
 * times as much, because no processor can foretell how a comparison ends.
 * @param byId the papers in the order that ends ties; the sort is stable.
 */
function ranked(total: Float64Array, byId: Uint32Array): Uint32Array {
  const count = total.length;
  let highest = Number.NEGATIVE_INFINITY;
  let lowest = Number.POSITIVE_INFINITY;
  for (let at = 0; at < count; at++) {
    highest = Math.max(highest, total[at] as number);
    lowest = Math.min(lowest, total[at] as number);
  }
  // Totals are whole steps, so these are whole numbers, exact below 2^53.
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  for (let at = 0; at < count; at++) {
    const below = (highest - (total[at] as number)) / STEP;
    high[at] = Math.floor(below / TWO_32);
    low[at] = below - (high[at] as number) * TWO_32;
  }
  let left = (highest - lowest) / STEP;
  let from = Uint32Array.from(byId);
  let to = new Uint32Array(count);
  const starts = new Uint32Array(BASE);
  for (let digit = 0; left >= 1; digit++) {
    sortBy(digit < 4 ? low : high, (digit % 4) * 8, from, to, starts);
    [from, to] = [to, from];
    left /= BASE;
  }
  return from;
}

/** One pass: by eight bits of the keys, papers with the same in the order that they are in. */
function sortBy(
  keys: Uint32Array,
  shift: number,
  from: Uint32Array,
  to: Uint32Array,
  starts: Uint32Array,
): void {
  starts.fill(0);
  for (let at = 0; at < keys.length; at++) {
    const digit = ((keys[at] as number) >>> shift) & (BASE - 1);
    starts[digit] = (starts[digit] as number) + 1;
  }
  let sum = 0;
  for (let digit = 0; digit < BASE; digit++) {
    const size = starts[digit] as number;
    starts[digit] = sum;
    sum += size;
  }
  for (let at = 0; at < from.length; at++) {
    const paper = from[at] as number;
    const digit = ((keys[paper] as number) >>> shift) & (BASE - 1);
    const place = starts[digit] as number;
    starts[digit] = place + 1;
    to[place] = paper;
  }
}
