const ROUNDS_MIN = 3;
const ROUNDS_MAX = 10;
const SHORT_CHARS = 20_000;
/** Linear work takes ten times as long, quadratic a hundred times. */
const LONGER = 10;
const RATIO_MAX = 40;
/** What a garbage collector may add to nothing. */
const SHORTEST_MS = 0.5;

/**
 * Whether reading a piece over and over takes time in proportion to how often. It compares the best
 * of several runs, taken in turns; speed does not matter.
 */
export function linear(work: (text: string) => unknown, piece: string): boolean {
  const short = piece.repeat(SHORT_CHARS / piece.length);
  const long = piece.repeat((LONGER * SHORT_CHARS) / piece.length);
  let bestShort = Number.POSITIVE_INFINITY;
  let bestLong = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    bestShort = Math.min(
      bestShort,
      msOf(() => work(short)),
    );
    bestLong = Math.min(
      bestLong,
      msOf(() => work(long)),
    );
    const sound = bestLong < RATIO_MAX * Math.max(bestShort, SHORTEST_MS);
    if (sound && round >= ROUNDS_MIN) return true;
  }
  return false;
}

/** What the processor spent: on a busy machine the clock tells of others. */
function msOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
