import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Candidate } from '../../src/domain/edition.ts';
import { paperId } from '../../src/domain/paper.ts';
import { type Trending, trendOrder } from '../../src/domain/rank/trend.ts';
import { dayStandings, type TrendHistory, trendPrior } from '../../src/domain/rank/trend-prior.ts';
import { recordedDays } from '../../src/sources/recorded.ts';
import type { Listing } from '../../src/sources/source.ts';
import { meanAndError, ndcg, spearman } from './measures.ts';

/**
 * `npm run eval:trending -- DIR`: how well the trend order does on recorded Hugging Face days, before there are votes
 * and after. The history of a day ends three days before it, as at a freeze. docs/trending.md tells what the
 * rows mean.
 */
const [dir = ''] = process.argv.slice(2);
if (!existsSync(dir)) {
  console.error(
    'usage: npm run eval:trending -- DIR, a folder with months such as 2025-03.jsonl.gz',
  );
  process.exit(2);
}

const PAPERS_MIN = 8;
const TESTED = 0.2;
const HISTORY_DAYS = 180;
const SETTLED_DAYS = 3;
const RUNS_OF_CHANCE = 200;
const DAY_MS = 86_400_000;

interface Day {
  readonly day: string;
  readonly papers: readonly Trending[];
  readonly alone: TrendHistory;
}

const toCandidate = ({ record, signal }: Listing): Trending => ({
  paper: { ...record, id: paperId(record) },
  signal,
  newOn: record.listedOn,
});

async function readDays(): Promise<Day[]> {
  const days: Day[] = [];
  for await (const { day, pulled } of recordedDays(dir)) {
    const papers = pulled.listings.map(toCandidate);
    const votes = papers.map(({ paper, signal }) => ({ paper, source: '', ...signal }));
    if (papers.length > 0) days.push({ day, papers, alone: dayStandings(votes) });
  }
  return days;
}

/** The same sum that `src/store/trend.ts` asks the database for. */
function historyOf(days: readonly Day[], day: string): TrendHistory {
  const standings = new Map<string, { papers: number; sum: number }>();
  let papers = 0;
  let total = 0;
  for (const { day: earlier, alone } of days) {
    const ago = (Date.parse(day) - Date.parse(earlier)) / DAY_MS;
    if (ago < SETTLED_DAYS || ago >= HISTORY_DAYS) continue;
    papers += alone.papers;
    total += alone.usual * alone.papers;
    for (const [key, one] of alone.standings) {
      const standing = standings.get(key) ?? { papers: 0, sum: 0 };
      standings.set(key, standing);
      standing.papers += one.papers;
      standing.sum += one.sum;
    }
  }
  return { papers, usual: papers === 0 ? 0 : total / papers, standings };
}

const upvotesOf = ({ signal }: Candidate) => signal.upvotes;
const withoutVotes = (one: Trending): Trending => ({
  ...one,
  signal: { upvotes: 0, comments: 0, stars: 0, position: 0 },
});
/** Chance that is the same on every run: Lehmer's generator. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const days = await readDays();
const judged = days.filter(({ papers }) => papers.length >= PAPERS_MIN);
const tested = judged.slice(Math.floor(judged.length * (1 - TESTED)));
const asOf = (day: string) => new Date(Date.parse(day) + DAY_MS);

type Score = (one: Trending, history: TrendHistory) => number;
const part =
  (name: 'people' | 'code' | 'authors' | 'project' | 'organisation') =>
  (one: Trending, history: TrendHistory) =>
    trendPrior(one.paper, history)?.[name] ?? 0;
const random = chance(7);
const rows: [string, Score, number?][] = [
  ['chance', () => random(), RUNS_OF_CHANCE],
  ['stars, read with the votes (leaks)', ({ signal }) => signal.stars],
  ['has code', part('code')],
  ['number of authors', part('authors')],
  ['people: authors, organisation, code owner', part('people')],
];

/** nDCG@5 with votes as gains, Spearman and the overlap of the first five, of an order of each tested day. */
function judge(orderOf: (day: Day) => readonly Candidate[], runs = 1) {
  const measured = { ndcg: [] as number[], rho: [] as number[], top: [] as number[] };
  for (const day of tested) {
    const best = [...day.papers].sort((a, b) => upvotesOf(b) - upvotesOf(a));
    if (upvotesOf(best[0] as Trending) === 0) continue;
    for (let run = 0; run < runs; run++) {
      const order = orderOf(day);
      const votes = order.map((one) =>
        upvotesOf(day.papers.find(({ paper }) => paper.id === one.paper.id) as Trending),
      );
      const first = new Set(best.slice(0, 5).map(({ paper }) => paper.id));
      measured.ndcg.push(ndcg(votes, 5));
      measured.rho.push(
        spearman(
          votes.map((_, place) => -place),
          votes,
        ),
      );
      measured.top.push(order.slice(0, 5).filter(({ paper }) => first.has(paper.id)).length / 5);
    }
  }
  return measured;
}

function print(name: string, { ndcg: gains, rho, top }: ReturnType<typeof judge>) {
  const days = tested.length;
  const [mean, error] = meanAndError(gains, days);
  const cells = [
    `${mean.toFixed(3)} ± ${error.toFixed(3)}`,
    meanAndError(rho, days)[0].toFixed(3),
    meanAndError(top, days)[0].toFixed(3),
  ];
  console.log(`| ${name.padEnd(46)} | ${cells.join(' | ')} |`);
}

console.log(
  `${days.length} days; tested: the last ${tested.length} of the ${judged.length} with ${PAPERS_MIN} papers or more, from ${tested[0]?.day}`,
);
console.log(
  '| order | nDCG@5 ± standard error | Spearman | top-5 overlap |\n| --- | --- | --- | --- |',
);
for (const [name, score, runs] of rows) {
  print(
    name,
    judge(({ day, papers }) => {
      const history = historyOf(days, day);
      const scored = papers.map((one) => ({ one, score: score(one, history) }));
      return scored
        .sort((a, b) => b.score - a.score || (a.one.paper.id < b.one.paper.id ? -1 : 1))
        .map(({ one }) => one);
    }, runs),
  );
}
const cold = ({ day, papers }: Day) =>
  trendOrder(papers.map(withoutVotes), asOf(day), historyOf(days, day));
print('trend order before votes (goal .68)', judge(cold));
print(
  'trend order with the votes (goal: Spearman .97)',
  judge(({ day, papers }) => trendOrder(papers, asOf(day), historyOf(days, day))),
);

interface Recorded {
  readonly listedOn: string;
  readonly snapshots: readonly {
    readonly committedAt: string;
    readonly papers: Record<string, { readonly upvotes: number; readonly numComments: number }>;
  }[];
}

/** Votes at several moments of a day, where they are recorded beside the folder. */
const snapshots = join(dir, '../fixtures/hf-upvote-snapshots.json');
if (existsSync(snapshots)) {
  console.log('\nFirst look against the last votes of the same day:');
  for (const { listedOn, snapshots: looks } of JSON.parse(
    readFileSync(snapshots, 'utf8'),
  ) as Recorded[]) {
    const first = looks[0];
    const last = looks.at(-1)?.papers ?? {};
    const ids = Object.keys(first?.papers ?? {}).filter((id) => id in last);
    if (first === undefined || ids.length < PAPERS_MIN) continue;
    const seen = ids.map((id): Trending => {
      const { upvotes = 0, numComments: comments = 0 } = first.papers[id] ?? {};
      const known = days
        .flatMap(({ papers }) => papers)
        .find(({ paper }) => paper.id === id)?.paper;
      const paper = known ?? {
        id,
        title: id,
        abstract: id,
        authors: [],
        topics: [],
        categories: [],
        listedOn,
      };
      return {
        paper: { ...paper, listedOn },
        signal: { upvotes, comments, stars: 0, position: 0 },
        newOn: listedOn,
      };
    });
    const order = trendOrder(seen, new Date(first.committedAt), historyOf(days, listedOn));
    const votes = order.map(({ paper }) => last[paper.id]?.upvotes ?? 0);
    const kept = spearman(
      votes.map((_, place) => -place),
      votes,
    );
    console.log(
      `${listedOn}: ${ids.length} papers, ${looks.length} looks, Spearman ${kept.toFixed(3)}`,
    );
  }
}
