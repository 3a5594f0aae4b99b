import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { packageRoot } from '../../src/root.ts';
import { openLocalModel } from '../../src/sources/local-embeddings.ts';
import { EmbeddingError } from '../../src/sources/vectors.ts';
import { TOKENS_MAX, tinyModelFiles, vocabulary, writeTinyModel } from './tiny-model.ts';

/**
 * Run by `.ci/local-model`: a local model with the real transformers.js and ONNX runtime, which are installed in the home
 * that is named.
 */
const home = resolve(process.argv[2] ?? '.');
const folder = join(home, 'a model of ours');
const modelsDir = join(home, 'models');
const ID = 'somebody/tiny-model';
writeTinyModel(folder);

/** The hub, over real HTTP, and which files were asked for. */
const asked: string[] = [];
const files = tinyModelFiles();
const hub = createServer(({ url = '' }, response) => {
  const path = url.replace(`/${ID}/resolve/main/`, '');
  asked.push(path);
  const bytes = files.get(path);
  if (bytes === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
});
await new Promise<void>((listening) => hub.listen(0, '127.0.0.1', listening));
const hubUrl = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
const options = { modelsDir, hubUrl, packageFolders: [home] };

async function embedOnce(source: string, texts: readonly string[]): Promise<number[][]> {
  const model = openLocalModel({ source, isFolder: source.startsWith('/'), ...options });
  try {
    return (await model.embed(texts)).map((vector) => [...vector]);
  } finally {
    model.close();
  }
}

/** What must come: the mean of the words' vectors, as long as 1. */
function meanOf(text: string): number[] {
  const unknown = vocabulary['[UNK]'] ?? [0, 0, 0];
  const rows = text
    .split(' ')
    .slice(0, TOKENS_MAX)
    .map((word) => vocabulary[word] ?? unknown);
  const sums = unknown.map((_, at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0));
  return sums.map((sum) => sum / Math.hypot(...sums));
}

function same(found: readonly number[][], texts: readonly string[]) {
  assert.equal(found.length, texts.length);
  for (const [n, text] of texts.entries()) {
    for (const [at, number] of meanOf(text).entries()) {
      const is = found[n]?.[at] ?? Number.NaN;
      assert.ok(Math.abs(is - number) < 1e-6, `${text}: ${found[n]} is not ${meanOf(text)}`);
    }
  }
}

interface Ended {
  readonly code: number | null;
  readonly told: Record<string, unknown>;
}

/** A command in the same home, with the model of the folder unless another is named. */
function paperboy(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const command = ['--import', 'tsx', 'src/cli/main.ts', ...args, '--json'];
  const child = spawn(process.execPath, command, {
    cwd: packageRoot(),
    env: {
      PATH: process.env.PATH,
      PAPERBOY_HOME: home,
      PAPERBOY_EMBEDDINGS_LOCAL: folder,
      HF_BASE_URL: hubUrl,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  return new Promise((told) =>
    child.once('close', (code) => told({ code, told: JSON.parse(stdout) })),
  );
}

const lengths = ['water', 'attention documents', 'kettles water temperature nonsense texts'];
const many = Array.from({ length: 20 }, (_, n) => lengths[n % 3] ?? '');

same(await embedOnce(folder, lengths), lengths);
same(await embedOnce(folder, many), many);
console.log('a folder: the mean of the words, whatever the texts are padded with');

const long = `${'attention '.repeat(TOKENS_MAX)}${'water '.repeat(5_000)}`;
same(await embedOnce(folder, [long]), [long]);
console.log(`a text of ${long.split(' ').length} words is cut at the model's ${TOKENS_MAX} tokens`);

await assert.rejects(embedOnce(join(home, 'nowhere'), ['water']), EmbeddingError);
assert.deepEqual(asked, []);
console.log('a folder, there or not: the hub was not asked');

same(await embedOnce(ID, lengths), lengths);
assert.ok(existsSync(join(modelsDir, ID, 'onnx/model.onnx')));
const count = asked.length;
assert.ok(count >= files.size, `${asked}`);
same(await embedOnce(ID, lengths), lengths);
assert.equal(asked.length, count);
console.log(`the hub: ${count} requests, and none the second time`);

await assert.rejects(embedOnce('somebody/nothing', ['water']), EmbeddingError);
rmSync(join(modelsDir, ID), { recursive: true });
const whole = files.get('onnx/model.onnx') ?? new Uint8Array();
files.set('onnx/model.onnx', whole.slice(0, 60));
await assert.rejects(embedOnce(ID, ['water']), EmbeddingError);
files.set('onnx/model.onnx', whole);
writeFileSync(join(folder, 'onnx/model.onnx'), 'not a model');
await assert.rejects(embedOnce(folder, ['water']), EmbeddingError);
writeTinyModel(folder);
console.log('no such model, a cut file, a file of something else: each an error in words');

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
same(await embedOnce(folder, Array(100).fill(long)), Array(100).fill(long));
delay.disable();
console.log(`100 long texts: this process was held for ${Math.round(delay.max / 1e6)} ms at most`);

const check = await paperboy(['embeddings', 'check']);
console.log('embeddings check', check);
assert.equal(check.code, 0);
assert.equal(check.told.model, `local:${folder}`);
assert.equal(check.told.dimensions, 3);
assert.equal(check.told.sensible, true);

const none = { PAPERBOY_EMBEDDINGS_LOCAL: join(home, 'nowhere') };
const failed = await paperboy(['embeddings', 'check'], none);
console.log('embeddings check', failed);
assert.equal(failed.code, 1);

const elsewhere = mkdtempSync(join(tmpdir(), 'paperboy-no-package-'));
const missing = await paperboy(['embeddings', 'check'], { PAPERBOY_HOME: elsewhere });
rmSync(elsewhere, { recursive: true });
console.log('embeddings check', missing);
assert.equal(missing.code, 1);
assert.match(
  String(missing.told.error),
  /is not installed: run npm install --ignore-scripts --prefix/,
);

const sample = join(home, 'papers.jsonl');
const rows = readFileSync('sample/papers.jsonl', 'utf8').trim().split('\n');
const undated = rows.map((row) => JSON.stringify({ ...JSON.parse(row), listedOn: undefined }));
writeFileSync(sample, undated.join('\n'));
const today = new Date().toISOString().slice(0, 10);
const ingested = await paperboy(['ingest', 'jsonl', sample, '--date', today]);
assert.equal(ingested.code, 0);
const run = await paperboy(['embeddings', 'run']);
console.log('embeddings run', run);
const status = await paperboy(['embeddings', 'status']);
assert.deepEqual([run.code, run.told.papers], [0, status.told.papers]);
assert.ok(Number(status.told.papers) > 0);
assert.deepEqual((await paperboy(['embeddings', 'run'])).told, { papers: 0, why: null });
hub.close();
console.log('local model: passed');
