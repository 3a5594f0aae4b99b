import type { Paper, Signal } from './paper.ts';

/** A paper as its edition froze it, with what was known of it at the cut-off. */
export interface Candidate {
  readonly paper: Paper;
  readonly signal: Signal;
  /**
   * The edition day for which this paper is news: its listing day, or a later one when it came
   * after that day's cut-off. ISO day.
   */
  readonly newOn: string;
}

/** One frozen, dated, ranked issue of a digest. It never changes. */
export interface Edition {
  /** `<digest>/<date>`, e.g. `daily/2025-03-14`. */
  readonly id: string;
  readonly digest: string;
  /** The digest's name as readers see it, e.g. `Paperboy Daily`. */
  readonly title: string;
  /** ISO day. */
  readonly date: string;
  /** Cut-off: the instant for which the order was computed, ISO. */
  readonly cutOffAt: string;
  /** In trend order, best first. */
  readonly candidates: readonly Candidate[];
}

/** The id of a digest's edition of a day. */
export function editionId(digest: string, date: string): string {
  return `${digest}/${date}`;
}
