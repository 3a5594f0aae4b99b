/** A paper that stands in the digest, with what was folded into it. */
export interface Placed {
  readonly index: number;
  readonly also: number[];
}

const ALSO_MAX = 3;
/** How much of the distance between the best and the worst score a twin of what stands already would lose. */
const REPETITION_COSTS = 0.3;

/**
 * Takes a paper into the digest; one that says nearly the same as a paper which stands there already is folded
 * into that one instead.
 * @returns where it stands; undefined when it was folded.
 */
export function place(
  placed: Placed[],
  index: number,
  same: (a: number, b: number) => boolean,
): Placed | undefined {
  for (const one of placed) {
    if (!same(one.index, index)) continue;
    if (one.also.length < ALSO_MAX) one.also.push(index);
    return undefined;
  }
  const own = { index, also: [] };
  placed.push(own);
  return own;
}

/**
 * The candidates in an order that does not say the same thing ten times: each time the one whose score, less
 * what it repeats of those before it, is highest (maximal marginal relevance, Carbonell and Goldstein, SIGIR
 * 1998). Scores count by their place between the lowest and the highest of the candidates.
 * @param candidates best first.
 * @param before what stands in the digest already.
 * @param costs what a twin of one that stands already loses, as a part of the distance between best and worst.
 */
export function* diverse(
  candidates: readonly number[],
  before: readonly number[],
  score: (index: number) => number,
  alike: (a: number, b: number) => number,
  costs = REPETITION_COSTS,
): Generator<number> {
  const left = [...candidates];
  const highest = score(left[0] ?? 0);
  const span = Math.max(highest - score(left.at(-1) ?? 0), Number.MIN_VALUE);
  const repeats = new Map(
    left.map((index) => [
      index,
      before.reduce((most, one) => Math.max(most, alike(one, index)), 0),
    ]),
  );
  const worth = (index: number) =>
    (score(index) - highest) / span - costs * (repeats.get(index) ?? 0);
  while (left.length > 0) {
    const best = left.reduce((a, b) => (worth(b) > worth(a) ? b : a));
    left.splice(left.indexOf(best), 1);
    yield best;
    for (const index of left) {
      repeats.set(index, Math.max(repeats.get(index) ?? 0, alike(best, index)));
    }
  }
}
