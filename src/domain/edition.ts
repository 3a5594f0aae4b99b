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
  /** What the paper says in a sentence or two, see `summarise`. Absent in older editions. */
  readonly summary?: string;
  /** Absent: nobody touched it by hand. */
  readonly curated?: Curated;
  /** Why it stands where it stands in trend order. Absent in editions frozen before it was kept. */
  readonly trend?: Trend;
}

/** What a place in trend order was computed from, and what came of it: see `trendScore`. */
export interface Trend {
  readonly score: number;
  readonly votes: number;
  readonly comments: number;
  /** Votes of the 24 hours before the cut-off, as far as the looks of the sources tell them. */
  readonly rising: number;
  readonly ageDays: number;
  /**
   * missing: nobody had voted on anything of that list, so that the expected votes stand in for them; counted: the
   * votes decide, and what is expected only between equals.
   */
  readonly by: 'missing' | 'counted';
  /** Votes that the prior lets expect. Absent: there is no prior. */
  readonly expected?: number;
  readonly prior?: TrendPrior;
}

/** What was known of a paper when it was listed, as parts of a sum: above 0 speaks for more votes than usual. */
export interface TrendPrior {
  /** Sum of the parts, and of a constant: ln(1 + votes) above the usual. */
  readonly score: number;
  /** How earlier papers of its authors, organisation, submitter and code's owner did. */
  readonly people: number;
  readonly code: number;
  readonly project: number;
  readonly organisation: number;
  readonly authors: number;
  readonly title: number;
  readonly age: number;
  /** How many earlier papers `people` rests on; one of two known authors counts twice. */
  readonly papers: number;
}

/** What people said of a paper before the cut-off. */
export interface Curated {
  /** It stands first, among the pinned in the order in which they were pinned. */
  readonly pinned?: { readonly by: string; readonly at: string };
  /** Who submitted it by hand. */
  readonly submittedBy?: string;
  readonly note?: { readonly text: string; readonly by: string };
}

/** A source that an edition had to do without. */
export interface Lacking {
  readonly source: string;
  readonly why: string;
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
  /** How many editions of the digest were printed, with this one. Absent: not printed yet. */
  readonly number?: number;
  /** In trend order, best first. */
  readonly candidates: readonly Candidate[];
  /** Sources that failed before the cut-off. Absent: none. */
  readonly lacking?: readonly Lacking[];
}

/** The id of a digest's edition of a day. */
export function editionId(digest: string, date: string): string {
  return `${digest}/${date}`;
}
