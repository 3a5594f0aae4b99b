/**
 * Keeps what was worked out for the last `most` questions, each for `ms`: pages of one answer and crawlers ask
 * again at once, and an answer costs some tenths of a second.
 */
export function recent<T>(most: number, ms: number, work: (question: string) => Promise<T>) {
  const kept = new Map<string, { until: number; answer: Promise<T> }>();
  return (question: string): Promise<T> => {
    const now = performance.now();
    const known = kept.get(question);
    if (known !== undefined && known.until > now) return known.answer;
    const answer = work(question);
    answer.catch(() => kept.delete(question));
    kept.delete(question);
    kept.set(question, { until: now + ms, answer });
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    return answer;
  };
}
