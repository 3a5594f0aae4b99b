/*
 * What diversity costs, measured: `npm run eval:diversity -- DIR [every]` reads a half of the ranking benchmark and prints, for
 * several prices of repetition, nDCG@10 and how alike the first ten papers are. Every `every`th task of a day's pool.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { diverse } from '../../src/domain/compose/diverse.ts';
import { emptyModel, fitModel, type Model } from '../../src/domain/rank/model.ts';
import { type Pool, preparePool } from '../../src/domain/rank/pool.ts';
import { buildProfile } from '../../src/domain/rank/profile.ts';
import { newScores, scorePool, similarity } from '../../src/domain/rank/score.ts';

const SETS = ['hf', 'cuabs', 'ax'];
const PRICES = [0, 0.1, 0.2, 0.3, 0.5];
const DEPTH = 10;
const WEIGHED = 30;

interface Task {
  readonly qid: string;
  readonly set: string;
  readonly liked: readonly string[];
  readonly topics: readonly string[];
  readonly pool: string;
}

const [dir = '', every = '5'] = process.argv.slice(2);
if (dir === '') {
  console.error(
    'usage: npm run eval:diversity -- DIR [EVERY]: the folder of papers.jsonl.gz and the others',
  );
  process.exit(2);
}

function rows<T>(name: string): T[] {
  const text = gunzipSync(readFileSync(join(dir, `${name}.jsonl.gz`))).toString();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

const papers = new Map(
  rows<{ id: string; text: string; role: string }>('papers').map(({ id, text, role }) => {
    const end = text.indexOf('. ');
    const [title, abstract] = end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 2)];
    return [id, { id, title, abstract, role, topics: [], categories: [], authors: [] }] as const;
  }),
);
const pools = new Map(
  rows<{ pool: string; papers: string[] }>('pools').map((one) => [one.pool, one.papers]),
);
const relevant = new Map(
  rows<{ qid: string; rel: Record<string, number> }>('qrels').map((one) => [one.qid, one.rel]),
);
const tasks = rows<Task>('tasks').filter(({ pool }) => !pool.endsWith(':full'));

function modelOf(set: string): Model {
  const archive = [...papers.values()].filter(
    ({ id, role }) => role === 'archive' && id.startsWith(`${set}:`),
  );
  return archive.length === 0 ? emptyModel : fitModel({ papers: archive, likes: [] });
}

const discount = (gains: readonly number[]) =>
  gains.slice(0, DEPTH).reduce((sum, gain, place) => sum + gain / Math.log2(place + 2), 0);

function ndcg(ids: readonly string[], rel: Record<string, number>): number {
  const ideal = discount(Object.values(rel).sort((a, b) => b - a));
  return ideal === 0 ? 0 : discount(ids.map((id) => rel[id] ?? 0)) / ideal;
}

/** Mean similarity of the pairs among the first ten. */
function alikeness(pool: Pool, order: readonly number[]): number {
  const first = order.slice(0, DEPTH);
  const pairs = first.flatMap((a, at) => first.slice(at + 1).map((b) => similarity(pool, a, b)));
  return pairs.reduce((sum, one) => sum + one, 0) / Math.max(1, pairs.length);
}

for (const set of SETS) {
  const some = tasks.filter((one) => one.set === set).filter((_, at) => at % Number(every) === 0);
  const model = modelOf(set);
  const prepared = new Map<string, Pool>();
  const sums = PRICES.map(() => ({ gain: 0, alike: 0 }));
  for (const task of some) {
    const ids = pools.get(task.pool) ?? [];
    const pool =
      prepared.get(task.pool) ??
      preparePool(
        model,
        ids.flatMap((id) => papers.get(id) ?? []),
      );
    prepared.set(task.pool, pool);
    const profile = buildProfile(model, {
      liked: task.liked.flatMap((id) => {
        const paper = papers.get(id);
        return paper === undefined ? [] : [{ ...paper, ageDays: 0, weight: 1 }];
      }),
      disliked: [],
      topics: task.topics,
      excluded: [],
      categories: [],
      authors: [],
      organisations: [],
    });
    const scores = newScores(pool);
    scorePool(pool, profile, scores);
    const score = (index: number) => scores.total[index] as number;
    const best = pool.papers
      .map((_, index) => index)
      .sort((a, b) => score(b) - score(a) || a - b)
      .slice(0, WEIGHED);
    PRICES.forEach((price, at) => {
      const order = [...diverse(best, [], score, (a, b) => similarity(pool, a, b), price)];
      const sum = sums[at] as { gain: number; alike: number };
      sum.gain += ndcg(
        order.map((index) => pool.papers[index]?.id ?? ''),
        relevant.get(task.qid) ?? {},
      );
      sum.alike += alikeness(pool, order);
    });
  }
  console.log(`${set}: ${some.length} tasks`);
  for (const [at, price] of PRICES.entries()) {
    const { gain, alike } = sums[at] as { gain: number; alike: number };
    const mean = (sum: number) => (sum / Math.max(1, some.length)).toFixed(4);
    console.log(`  price ${price}: nDCG@10 ${mean(gain)}, alikeness ${mean(alike)}`);
  }
}
