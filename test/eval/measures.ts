/** Normalised discounted cumulative gain of the first `depth`, the gains in the order that is judged. */
export function ndcg(gains: readonly number[], depth: number): number {
  const ideal = [...gains].sort((a, b) => b - a);
  return discounted(gains, depth) / discounted(ideal, depth);
}

function discounted(gains: readonly number[], depth: number): number {
  return gains.slice(0, depth).reduce((sum, gain, place) => sum + gain / Math.log2(place + 2), 0);
}

/** Spearman's rank correlation, ties at their mean rank; 0 when one side is all ties. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (a.length + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (const [place, rank] of x.entries()) {
    const [dx, dy] = [rank - middle, (y[place] ?? middle) - middle];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}

function ranks(numbers: readonly number[]): number[] {
  const sorted = [...numbers].sort((a, b) => a - b);
  return numbers.map((number) => (sorted.indexOf(number) + sorted.lastIndexOf(number)) / 2 + 1);
}

/** The mean, and its standard error over so many independent days. */
export function meanAndError(numbers: readonly number[], days: number): [number, number] {
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const spread = numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / numbers.length;
  return [mean, Math.sqrt(spread / days)];
}
