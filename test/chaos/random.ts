/** Choices that a seed decides: the same seed and name make the same ones, in the same order. */
export interface Random {
  /** From 0, below 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  pick<T>(list: readonly T[]): T;
  /** The same values in another order. */
  shuffled<T>(list: readonly T[]): T[];
}

/** A stream of its own for every name, so that leaving out a row changes no other row's choices. */
export function random(seed: number, name: string): Random {
  let state = seed >>> 0;
  for (const char of name) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193) >>> 0;
  const next = () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    int,
    pick: <T>(list: readonly T[]) => list[int(0, list.length - 1)] as T,
    shuffled: <T>(list: readonly T[]) => {
      const left = [...list];
      return list.map(() => left.splice(int(0, left.length - 1), 1)[0] as T);
    },
  };
}

/** As many of each value as its share of `count` says, but at least one, in the seed's order. */
export function deck<T>(
  dice: Random,
  count: number,
  shares: readonly (readonly [value: T, share: number])[],
  rest: T,
): T[] {
  const chosen = shares.flatMap(([value, share]) =>
    Array.from({ length: Math.max(1, Math.round(count * share)) }, () => value),
  );
  const filled = Array.from({ length: Math.max(0, count - chosen.length) }, () => rest);
  return dice.shuffled([...chosen, ...filled]);
}
