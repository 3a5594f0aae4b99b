import { spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bestFirst } from '../../src/domain/rank/order.ts';
import { type Profile, packProfile } from '../../src/domain/rank/profile.ts';
import { newScores, scorePool } from '../../src/domain/rank/score.ts';
import { fitArchives, Pools } from './archives.ts';
import { cost } from './cost.ts';
import { type Half, readHalf, type Task } from './read.ts';
import { profileOf } from './reader.ts';

/**
 * Writes a ranking for every task of a benchmark half, by the product's own ranker, and prints what it costs and,
 * where python3 and the half's scorer are there, the scorer's table.
 */
async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { out: { type: 'string' }, partial: { type: 'boolean' } },
  });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1 || values.out === undefined) {
    throw new Error('Usage: npm run eval:ranking -- DIR --out FILE [--partial: day pools only]');
  }
  // Fitting takes minutes: a place that cannot be written to is told before.
  writeFileSync(values.out, '');
  const start = performance.now();
  const half = readHalf(folder);
  const partial = values.partial === true;
  const tasks = partial
    ? half.tasks.filter(({ pool, set }) => !(pool.endsWith(':full') && set.startsWith('cu')))
    : half.tasks;
  const fitted = fitArchives(half, [...new Set(tasks.map(({ set }) => set))]);
  for (const [name, { papers, readers, seconds }] of fitted) {
    console.log(`fitted ${name}: ${papers} papers, ${readers} readers, ${seconds.toFixed(1)} s`);
  }
  const pools = new Pools(half, fitted);
  const bytes: number[] = [];
  await rankAll(half, tasks, pools, values.out, bytes);
  bytes.sort((a, b) => a - b);
  console.log(`${tasks.length} tasks ranked into ${values.out}, all in ${seconds(start)} s`);
  console.log(
    `bytes of a packed profile: median ${bytes[bytes.length >> 1]}, most ${bytes.at(-1)}`,
  );
  cost(half, tasks, pools);
  score(folder, values.out, partial);
}

async function rankAll(
  half: Half,
  tasks: readonly Task[],
  pools: Pools,
  file: string,
  bytes: number[],
): Promise<void> {
  const out = createWriteStream(file);
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
    const ranked = bestFirst(pool, profile, scores).map((at) => pool.papers[at]?.id);
    out.write(`${JSON.stringify({ qid: task.qid, ranked })}\n`);
  }
  await new Promise<void>((done, failed) => {
    out.on('error', failed);
    out.end(done);
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
