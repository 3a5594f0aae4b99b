import type { Candidate, Trend } from '../edition.ts';
import type { Signal } from '../paper.ts';
import { expectedVotes, type TrendHistory, trendPrior } from './trend-prior.ts';

/** A candidate, and what the trend order needs that no reader of the edition does. */
export interface Trending extends Candidate {
  /** Whose votes it has, else where it was seen first. Absent: one list for all that lack it. */
  readonly source?: string;
  /** Upvotes 24 hours before the cut-off. Absent: nobody had looked by then. */
  readonly earlier?: number;
}

/** What `trendScore` reads. */
export type TrendInput = Omit<Trend, 'score' | 'prior'>;

const DAY_MS = 86_400_000;
/** A score has six digits: enough to tell papers apart, and fit to be printed. */
const MICRO = 1_000_000;
/** After two days those who wanted to vote have voted: nothing is expected any longer. */
const PRIOR_MS_MAX = 2 * DAY_MS;
const NO_HISTORY: TrendHistory = { papers: 0, usual: 0, standings: new Map() };

/**
 * How much a paper is talked about: the logarithm of its votes (a comment counts half, a vote of the last day half
 * as much again), less one for every day since it was listed. So a paper keeps its place against one of the
 * next day with about 2.7 times fewer votes. While nobody has voted on its list, the expected votes stand in for
 * them; afterwards they are worth less than half a vote, and decide between equals only.
 */
export function trendScore({ votes, comments, rising, ageDays, by, expected = 0 }: TrendInput) {
  const counted = votes + (comments + rising) / 2;
  const prior = by === 'missing' ? expected : (0.4 * expected) / (expected + 10);
  return Math.round((Math.log1p(counted + prior) - ageDays) * MICRO) / MICRO;
}

/**
 * Best first, each with what put it there. Equal scores keep the source's own order (a page without votes is a
 * ranked list, and no prior moves it); ties end on the id, so that the same papers always make the same edition.
 * @param history of earlier papers' votes; without it there is no prior.
 */
export function trendOrder(
  candidates: readonly Trending[],
  asOf: Date,
  history: TrendHistory = NO_HISTORY,
): Candidate[] {
  const voted = new Set(candidates.filter(hasVotes).map(listOf));
  const scored = candidates.map((trending) => {
    const { source: _, earlier: __, ...candidate } = trending;
    return { ...candidate, trend: trendOf(trending, asOf, history, voted.has(listOf(trending))) };
  });
  return scored.sort(
    (a, b) =>
      b.trend.score - a.trend.score || place(a.signal) - place(b.signal) || byId(a.paper, b.paper),
  );
}

function trendOf(
  candidate: Trending,
  asOf: Date,
  history: TrendHistory,
  listHasVotes: boolean,
): Trend {
  const { paper, signal, earlier } = candidate;
  const { upvotes: votes, comments, position } = signal;
  const ageMs = ageOf(paper, asOf);
  const ranked = position > 0 && !listHasVotes;
  const prior = ranked || !mayHavePrior(paper, asOf) ? undefined : trendPrior(paper, history);
  const input: TrendInput = {
    votes,
    comments,
    rising: rising(votes, earlier, ageMs),
    ageDays: ageMs / DAY_MS,
    by: listHasVotes ? 'counted' : 'missing',
    ...(prior === undefined ? {} : { expected: expectedVotes(prior, history) ?? 0 }),
  };
  return { score: trendScore(input), ...input, ...(prior === undefined ? {} : { prior }) };
}

/** Whether a paper is so young that its votes may still be missing: only then is its people's history read. */
export function mayHavePrior(paper: Pick<Candidate['paper'], 'listedOn'>, asOf: Date): boolean {
  return ageOf(paper, asOf) < PRIOR_MS_MAX;
}

function ageOf({ listedOn }: Pick<Candidate['paper'], 'listedOn'>, asOf: Date): number {
  return Math.max(0, asOf.getTime() - Date.parse(`${listedOn}T00:00:00Z`));
}

/** Votes of the last 24 hours; of a paper that nobody looked at before, its even share of them. */
function rising(votes: number, earlier: number | undefined, ageMs: number): number {
  if (earlier !== undefined) return Math.max(0, votes - earlier);
  return Math.round(votes * Math.min(1, DAY_MS / Math.max(1, ageMs)) * 100) / 100;
}

function hasVotes({ signal }: Trending): boolean {
  return signal.upvotes + signal.comments > 0;
}

/** What a source listed on one day: whoever votes there sees all of it. */
function listOf({ source = '', paper }: Trending): string {
  return `${paper.listedOn} ${source}`;
}

function place({ position }: Signal): number {
  return position || Number.MAX_SAFE_INTEGER;
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** The pinned ones first, in the order in which they were pinned; the others as they stand. */
export function pinnedFirst(candidates: readonly Candidate[]): Candidate[] {
  const pinned = candidates
    .filter(({ curated }) => curated?.pinned !== undefined)
    .sort((a, b) => (pinnedAt(a) < pinnedAt(b) ? -1 : pinnedAt(a) > pinnedAt(b) ? 1 : 0));
  return [...pinned, ...candidates.filter(({ curated }) => curated?.pinned === undefined)];
}

function pinnedAt({ curated }: Candidate): string {
  return curated?.pinned?.at ?? '';
}
