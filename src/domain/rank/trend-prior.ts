import type { Trend, TrendPrior } from '../edition.ts';
import type { Paper } from '../paper.ts';

/** How the earlier papers of a person, an organisation or a code host's owner did. */
export interface Standing {
  readonly papers: number;
  /** Sum over those papers of ln(1 + votes), less the mean of what was listed with them. */
  readonly sum: number;
}

/** What the votes of earlier days say, of those who stand behind the papers of an edition. */
export interface TrendHistory {
  /** Earlier papers that had votes to get. */
  readonly papers: number;
  /** Mean of ln(1 + votes) over these. */
  readonly usual: number;
  readonly standings: ReadonlyMap<string, Standing>;
}

/** What stands behind a paper, for `daysStandings`. */
export interface Voted {
  readonly paper: Pick<Paper, 'authors' | 'organisation' | 'submittedBy' | 'codeUrl'>;
  readonly source: string;
  readonly upvotes: number;
}

/** With fewer earlier papers than that nothing is predicted. */
export const HISTORY_PAPERS_MIN = 100;
/** Of a long list of authors the first and the last count: the longest on arXiv holds 3,303. */
const FIRST_AUTHORS = 40;
const LAST_AUTHORS = 10;
/** So many invented papers of the usual success stand beside those of a person: a mean of few is no mean. */
const SHRINK_ONE = 2;
const SHRINK_ALL = 3;
const NO_STANDING: Standing = { papers: 0, sum: 0 };

/**
 * Weights of a ridge regression of ln(1 + votes), less its day's mean, on the Hugging Face days of
 * 2024-06 to 2025-09, rounded; docs/trending.md tells how they were found. `organisation` is set as its two
 * sisters, for no day of that time names one. `level` makes the mean of those days 0.
 */
const WEIGHTS = {
  best: 0.18,
  last: 0.18,
  known: 0.1,
  together: 0.25,
  code: 0.25,
  project: 0.22,
  organisation: 0.2,
  authors: 0.22,
  title: -0.24,
  age: -0.17,
  level: 0.26,
};
/** Days from publication to listing when nothing tells them. */
const USUAL_DAYS = 3;
const DAY_MS = 86_400_000;

/**
 * The names under which the success of a paper's people is kept: its authors, its organisation, who submitted it
 * and whose code it links to.
 */
export function standingKeys({ authors, organisation, submittedBy, codeUrl }: Voted['paper']) {
  const owner = codeOwner(codeUrl);
  const few = authors.length <= FIRST_AUTHORS + LAST_AUTHORS;
  const counted = few
    ? authors
    : [...authors.slice(0, FIRST_AUTHORS), ...authors.slice(-LAST_AUTHORS)];
  const keys = counted.map(authorKey);
  if (organisation !== undefined) keys.push(`organisation:${plain(organisation)}`);
  if (submittedBy !== undefined) keys.push(`submitter:${plain(submittedBy)}`);
  if (owner !== undefined) keys.push(`code:${owner}`);
  return [...new Set(keys)];
}

/**
 * How well the papers of one listing day did against each other. A source on whose list nobody voted says
 * nothing and is left out.
 */
export function dayStandings(day: readonly Voted[]): TrendHistory {
  const standings = new Map<string, { papers: number; sum: number }>();
  let papers = 0;
  let total = 0;
  for (const list of listsWithVotes(day)) {
    const usual = mean(list.map(({ upvotes }) => Math.log1p(upvotes)));
    papers += list.length;
    total += usual * list.length;
    for (const { paper, upvotes } of list) {
      for (const key of standingKeys(paper)) {
        const standing = standings.get(key) ?? { papers: 0, sum: 0 };
        standings.set(key, standing);
        standing.papers += 1;
        standing.sum += Math.log1p(upvotes) - usual;
      }
    }
  }
  return { papers, usual: papers === 0 ? 0 : total / papers, standings };
}

/**
 * What can be expected of a paper before anybody voted on it, from what is known when it is listed: how earlier
 * papers of its people did (shrunk towards the usual), code, project page, organisation, number of authors, length of
 * the title, days since publication. Stars are not read: they come with the votes.
 * @returns `undefined` when the history is too short.
 */
export function trendPrior(paper: Paper, history: TrendHistory): TrendPrior | undefined {
  if (history.papers < HISTORY_PAPERS_MIN) return undefined;
  const { authors, codeUrl, projectUrl, organisation, title } = paper;
  const known = standingKeys(paper).map((key) => history.standings.get(key) ?? NO_STANDING);
  const best = known.map(shrunk).sort((a, b) => b - a);
  const lastAuthor = authors.at(-1);
  const last = lastAuthor === undefined ? undefined : history.standings.get(authorKey(lastAuthor));
  const papers = known.reduce((count, one) => count + one.papers, 0);
  const sum = known.reduce((total, one) => total + one.sum, 0);
  const people =
    WEIGHTS.best * ((best[0] ?? 0) + (best[1] ?? 0) + (best[2] ?? 0)) +
    WEIGHTS.last * shrunk(last ?? NO_STANDING) +
    WEIGHTS.known * Math.log1p(papers) +
    WEIGHTS.together * (sum / (papers + SHRINK_ALL));
  const parts = {
    people: round(people),
    code: codeUrl === undefined ? 0 : WEIGHTS.code,
    project: projectUrl === undefined ? 0 : WEIGHTS.project,
    organisation: organisation === undefined ? 0 : WEIGHTS.organisation,
    authors: round(WEIGHTS.authors * Math.log1p(authors.length)),
    title: round(WEIGHTS.title * Math.log1p(title.length)),
    age: round(WEIGHTS.age * Math.log1p(daysBefore(paper))),
  };
  const score = Object.values(parts).reduce((all, part) => all + part, WEIGHTS.level);
  return { score: round(score), ...parts, papers };
}

/** The votes that a prior lets expect, at least 0. */
export function expectedVotes(prior: TrendPrior, history: TrendHistory): Trend['expected'] {
  return round(Math.max(0, Math.expm1(history.usual + prior.score)));
}

/** The lists of a day that somebody voted on, each of one source. */
function listsWithVotes(day: readonly Voted[]): Voted[][] {
  const lists = new Map<string, Voted[]>();
  for (const one of day) {
    const list = lists.get(one.source);
    if (list === undefined) lists.set(one.source, [one]);
    else list.push(one);
  }
  return [...lists.values()].filter((list) => list.some(({ upvotes }) => upvotes > 0));
}

function shrunk({ papers, sum }: Standing): number {
  return sum / (papers + SHRINK_ONE);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** Four digits: enough to tell papers apart, and the same on every machine however its logarithm ends. */
function round(number: number): number {
  return Math.round(number * 10_000) / 10_000;
}

function authorKey(name: string): string {
  return `author:${plain(name)}`;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\s+/g, ' ').trim();
}

/** `qwenlm` of `https://github.com/QwenLM/Qwen3`. */
function codeOwner(url: string | undefined): string | undefined {
  return /^https?:\/\/(?:www\.)?git(?:hub|lab)\.com\/([^/?#]{1,80})/i
    .exec(url ?? '')?.[1]
    ?.toLowerCase();
}

function daysBefore({ publishedAt, listedOn }: Paper): number {
  if (publishedAt === undefined) return USUAL_DAYS;
  const ms = Date.parse(listedOn) - Date.parse(publishedAt.slice(0, 10));
  return Math.max(0, ms / DAY_MS);
}
