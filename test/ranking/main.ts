import { spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../../src/config.ts';
import { embeddingScores } from '../../src/domain/rank/embedding.ts';
import { packModel } from '../../src/domain/rank/model.ts';
import { bestFirst } from '../../src/domain/rank/order.ts';
import type { Pool } from '../../src/domain/rank/pool.ts';
import { type Profile, packProfile } from '../../src/domain/rank/profile.ts';
import { newScores, type Scores, scorePool } from '../../src/domain/rank/score.ts';
import { openEmbedder } from '../../src/embedder.ts';
import { fitArchives, Pools } from './archives.ts';
import { cost } from './cost.ts';
import { type Half, readHalf, type Task } from './read.ts';
import { profileOf } from './reader.ts';
import { vectorsFor } from './vectors.ts';
import { Weighing } from './weighing.ts';

const USAGE = `Usage: npm run eval:ranking -- DIR --out FILE
  --partial             day pools only
  --sets a,b            tasks of these sets only
  --embeddings VECTORS  also rank with vectors of PAPERBOY_EMBEDDINGS_*, kept in this file; FILE holds the
                        order with them if they help
  --weight N            what they weigh (0.3)
  --weigh RESULTS       writes what \`paperboy embeddings weigh\` reads`;

/** Vectors to blend in, and what comes of it. */
interface Blend {
  readonly weight: number;
  readonly vectors: ReadonlyMap<string, Float32Array>;
  readonly weighing: Weighing;
}

/**
 * Writes a ranking for every task of a benchmark half, by the product's own ranker, and prints what it costs and,
 * where python3 and the half's scorer are there, the scorer's table.
 */
async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      partial: { type: 'boolean' },
      sets: { type: 'string' },
      embeddings: { type: 'string' },
      weight: { type: 'string', default: '0.3' },
      weigh: { type: 'string' },
    },
  });
  const [folder] = positionals;
  const weight = Number(values.weight);
  if (folder === undefined || positionals.length > 1 || values.out === undefined) {
    throw new Error(USAGE);
  }
  if (!(weight > 0)) throw new Error(`--weight: expected a number above 0, not ${values.weight}`);
  if (values.weigh !== undefined && values.embeddings === undefined) {
    throw new Error('--weigh needs --embeddings: without vectors there is nothing to weigh');
  }
  const embedder =
    values.embeddings === undefined ? undefined : openEmbedder(readConfig(process.env));
  if (values.embeddings !== undefined && embedder === undefined) {
    throw new Error(
      '--embeddings: set PAPERBOY_EMBEDDINGS_URL and _MODEL, or PAPERBOY_EMBEDDINGS_LOCAL',
    );
  }
  // Fitting takes minutes: a place that cannot be written to is told before.
  writeFileSync(values.out, '');
  const start = performance.now();
  const half = readHalf(folder);
  const tasks = chosen(half, values.sets?.split(','), values.partial === true);
  const withLikes = tasks.filter(({ liked, pool }) => liked.length > 0 && !pool.endsWith(':full'));
  const vectors =
    embedder === undefined || values.embeddings === undefined
      ? undefined
      : await vectorsFor(half, withLikes, embedder, values.embeddings).finally(() =>
          embedder.close(),
        );
  const blend = vectors && { weight, vectors, weighing: new Weighing(half) };
  const fitted = fitArchives(half, [...new Set(tasks.map(({ set }) => set))]);
  for (const [name, { model, papers, readers, seconds }] of fitted) {
    const megabytes = (packModel(model).length / 1e6).toFixed(1);
    console.log(
      `fitted ${name}: ${papers} papers, ${readers} readers, ${seconds.toFixed(1)} s of a core, packed ${megabytes} MB`,
    );
  }
  const pools = new Pools(half, fitted);
  const bytes: number[] = [];
  await rankAll(half, tasks, pools, values.out, bytes, blend);
  bytes.sort((a, b) => a - b);
  console.log(`${tasks.length} tasks ranked into ${values.out}, all in ${seconds(start)} s`);
  console.log(
    `bytes of a packed profile: median ${bytes[bytes.length >> 1]}, most ${bytes.at(-1)}`,
  );
  if (blend !== undefined && embedder !== undefined) {
    const { improves } = blend.weighing.told(embedder.model, weight);
    if (values.weigh !== undefined) blend.weighing.write(values.weigh);
    // What does not help is not blended, here as in the product.
    if (improves) renameSync(blended(values.out), values.out);
    else rmSync(blended(values.out));
  }
  cost(half, tasks, pools);
  score(folder, values.out, tasks.length < half.tasks.length);
}

function chosen({ tasks }: Half, sets: readonly string[] | undefined, partial: boolean): Task[] {
  return tasks.filter(
    ({ pool, set }) =>
      (sets === undefined || sets.includes(set)) &&
      !(partial && pool.endsWith(':full') && set.startsWith('cu')),
  );
}

const blended = (file: string) => `${file}.blended`;

async function rankAll(
  half: Half,
  tasks: readonly Task[],
  pools: Pools,
  file: string,
  bytes: number[],
  blend: Blend | undefined,
): Promise<void> {
  const out = createWriteStream(file);
  const outBlended = blend && createWriteStream(blended(file));
  // The same subscriber is asked of a day's pool and of the full one.
  const profiles = new Map<string, Profile>();
  const sorted = [...tasks].sort((a, b) => (a.pool < b.pool ? -1 : a.pool > b.pool ? 1 : 0));
  for (const task of sorted) {
    const key = JSON.stringify([task.set, task.liked, task.topics]);
    const profile = profiles.get(key) ?? profileOf(half, pools, task);
    if (!profiles.has(key)) bytes.push(packProfile(profile).length);
    profiles.set(key, profile);
    const pool = pools.get(task.pool, task.set);
    const scores = newScores(pool);
    scorePool(pool, profile, scores);
    const ranked = idsOf(pool, bestFirst(pool, profile, scores));
    const line = (ids: readonly string[]) => `${JSON.stringify({ qid: task.qid, ranked: ids })}\n`;
    out.write(line(ranked));
    if (blend === undefined) continue;
    addVectors(pool, task, scores, blend);
    const withThem = idsOf(pool, bestFirst(pool, profile, scores));
    outBlended?.write(line(withThem));
    if (task.liked.length > 0) blend.weighing.add(task, ranked, withThem);
  }
  await Promise.all([out, outBlended].map((stream) => stream && ended(stream)));
}

/** The product's blend, of a task's likes: see `value` in `src/domain/compose/tastes.ts`. */
function addVectors(pool: Pool, { liked }: Task, { total }: Scores, blend: Blend): void {
  const added = embeddingScores(
    liked.flatMap((id) => blend.vectors.get(id) ?? []),
    pool.papers.map(({ id }) => blend.vectors.get(id)),
    blend.weight,
  );
  for (let at = 0; at < total.length; at++) total[at] = (total[at] ?? 0) + (added[at] ?? 0);
}

function idsOf(pool: Pool, order: readonly number[]): string[] {
  return order.map((at) => pool.papers[at]?.id ?? '');
}

function ended(stream: ReturnType<typeof createWriteStream>): Promise<void> {
  return new Promise((done, failed) => {
    stream.on('error', failed);
    stream.end(done);
  });
}

function score(folder: string, file: string, partial: boolean): void {
  const scorer = [folder, dirname(resolve(folder))]
    .map((place) => join(place, 'score.py'))
    .find((path) => existsSync(path));
  if (scorer === undefined) {
    console.log(`No score.py in ${folder} or above it: not scored.`);
    return;
  }
  const args = [scorer, resolve(folder), resolve(file), ...(partial ? ['--partial'] : [])];
  const { error, status } = spawnSync('python3', args, { stdio: 'inherit' });
  if (error !== undefined) console.log(`No python3 here: not scored (${error.message}).`);
  else if (status !== 0) throw new Error(`${scorer} ended with ${status}.`);
}

function seconds(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(0);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
