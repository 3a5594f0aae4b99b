import type { PaperRecord, Signal } from '../domain/paper.ts';

/** One paper as a source lists it. */
export interface Listing {
  readonly record: PaperRecord;
  readonly signal: Signal;
  /** The source tells of it again, as of a replaced version: known, it is updated; unknown, left out. */
  readonly again?: boolean;
}

/** What could not be read: where, and why in words with the remedy. */
export interface Rejection {
  /** 1-based line, row or block of the input. */
  readonly at: number;
  readonly why: string;
}

/** What a pull brought: everything that could be read, and everything that could not. */
export interface Pulled {
  readonly listings: readonly Listing[];
  readonly rejections: readonly Rejection[];
  /** Requests that it took, repeated ones included. Default: 0, it was a file. */
  readonly requests?: number;
  /** What the source says about itself, in words: why it lists nothing, what it left out. */
  readonly note?: string;
  /** What was in the way and was overcome: refusals, broken answers. */
  readonly troubles?: readonly string[];
  /** arXiv ids of papers that the source has no more. */
  readonly withdrawn?: readonly string[];
}

/** The input as a whole is unusable: nothing of it was taken. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  /** That it took to find out. */
  requests?: number;
}
