const PLACES = 10;

/**
 * nDCG@10 of an order for a task (Järvelin and Kekäläinen 2002), with gain 2^rel - 1 where answers are graded, as the
 * benchmark's scorer counts it. 0 when nothing answers.
 */
export function ndcg(order: readonly string[], answers: Readonly<Record<string, number>>): number {
  const graded = Object.values(answers).some((rel) => rel > 1);
  const gain = (rel: number) => (graded ? 2 ** rel - 1 : rel);
  const sum = (rels: readonly number[]) =>
    rels.slice(0, PLACES).reduce((all, rel, place) => all + gain(rel) / Math.log2(place + 2), 0);
  const best = sum(Object.values(answers).sort((a, b) => b - a));
  return best === 0 ? 0 : sum(order.map((id) => answers[id] ?? 0)) / best;
}
