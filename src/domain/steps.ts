/** Work in steps, between which others may have their turn. */
export type Steps<T> = Generator<void, T>;

/** All steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Maps a list, with a step after every so many of it. */
export function* inSteps<T, U>(
  list: readonly T[],
  aStep: number,
  map: (one: T, at: number) => U,
): Steps<U[]> {
  const mapped: U[] = [];
  for (const [at, one] of list.entries()) {
    if (at > 0 && at % aStep === 0) yield;
    mapped.push(map(one, at));
  }
  return mapped;
}
