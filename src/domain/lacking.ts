import type { Lacking } from './edition.ts';

/** The newest look at one input of a source: a day, a file, an address. */
export interface LastLook {
  readonly source: string;
  readonly input: string;
  readonly failed: boolean;
  /** In words, when it failed. */
  readonly note: string | null;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The sources that an edition has to do without: those whose newest look at something failed before
 * the cut-off. Days before its window do not matter to it, nor does a source that nobody uses.
 * @param before ISO day: the last one that is outside of the window.
 */
export function lackingSources(
  sources: readonly string[],
  looks: readonly LastLook[],
  before: string,
): Lacking[] {
  return sources.flatMap((source) => {
    const failed = looks.find(
      (look) =>
        look.source === source && look.failed && !(DAY.test(look.input) && look.input <= before),
    );
    return failed === undefined ? [] : [{ source, why: failed.note ?? 'it failed' }];
  });
}
