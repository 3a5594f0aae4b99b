import { bestFirst } from '../../src/domain/rank/order.ts';
import { type Pool, type PoolPaper, preparePool } from '../../src/domain/rank/pool.ts';
import type { Profile } from '../../src/domain/rank/profile.ts';
import { newScores, scorePool } from '../../src/domain/rank/score.ts';
import type { Pools } from './archives.ts';
import type { Half, Task } from './read.ts';
import { profileOf } from './reader.ts';

const PAPERS = 300;
const PROFILES = 200;
const ROUNDS = 15;

/** Prints what scoring and ordering 300 papers costs for a subscriber, beside a loop that one would write first. */
export function cost(half: Half, tasks: readonly Task[], pools: Pools): void {
  const likes = tasks.filter(({ set, k }) => set === 'cuabs' && k >= 3).slice(0, PROFILES);
  const [first] = likes;
  const pool = first === undefined ? undefined : aDay(half, pools, first);
  if (pool === undefined || pool.papers.length === 0) {
    console.log('No task of set cuabs with three likes, or no paper of set hf: cost not measured.');
    return;
  }
  const profiles = likes.map((task) => profileOf(half, pools, task));
  const scores = newScores(pool);
  let sink = 0;
  const ours = perProfile(profiles, (profile) => {
    scorePool(pool, profile, scores);
    sink += bestFirst(pool, profile, scores)[0] ?? 0;
  });
  const naive = perProfile(profiles, (profile) => {
    sink += naively(pool, profile)[0]?.at ?? 0;
  });
  console.log(
    `cost of a subscriber, ${pool.papers.length} papers, score and order: ${ours.median.toFixed(0)} us of a core ` +
      `(least ${ours.least.toFixed(0)}); naive loop ${naive.median.toFixed(0)} us, ` +
      `${(naive.median / ours.median).toFixed(1)} times as much${sink < 0 ? '!' : ''}`,
  );
}

/** 300 papers with abstracts, as a day of a product has them. */
function aDay(half: Half, pools: Pools, { set }: Task): Pool {
  const papers: PoolPaper[] = [];
  for (const { id, text } of half.papers.values()) {
    if (!id.startsWith('hf:')) continue;
    const end = Math.max(0, text.indexOf('. '));
    papers.push({
      id,
      title: text.slice(0, end),
      abstract: text.slice(end),
      topics: [],
      categories: [],
      authors: [],
    });
    if (papers.length === PAPERS) break;
  }
  return preparePool(pools.model(set), papers);
}

/**
 * Microseconds of a core over some rounds. A core that others use too takes longer for the same, so that the least
 * tells what the work is and the median what it was today.
 */
function perProfile(
  profiles: readonly Profile[],
  run: (profile: Profile) => void,
): { median: number; least: number } {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = process.cpuUsage();
    for (const profile of profiles) run(profile);
    return process.cpuUsage(start).user / profiles.length;
  });
  rounds.sort((a, b) => a - b);
  return { median: rounds[ROUNDS >> 1] as number, least: rounds[0] as number };
}

/** The same products, each paper's terms in a map and each paper an object. */
function naively(pool: Pool, profile: Profile): { at: number; score: number }[] {
  const liked = new Map(Array.from(profile.terms, (term, at) => [term, profile.weights[at] ?? 0]));
  return pool.papers
    .map((_, at) => {
      let score = 0;
      pool.vectors[at]?.likeness.terms.forEach((term, place) => {
        score += (liked.get(term) ?? 0) * (pool.vectors[at]?.likeness.weights[place] ?? 0);
      });
      for (const [mine, theirs] of [
        [profile.meaning, pool.meanings],
        [profile.factor, pool.factors],
      ] as const) {
        score += mine.reduce(
          (sum, value, d) => sum + value * (theirs[at * mine.length + d] ?? 0),
          0,
        );
      }
      return { at, score };
    })
    .sort((a, b) => b.score - a.score);
}
