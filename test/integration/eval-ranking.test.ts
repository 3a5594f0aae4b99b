import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/root.ts';
import { fakeEmbeddings } from '../support/fake-embeddings.ts';

const SUBJECTS = {
  tea: 'kettle infusion steeping tannin samovar',
  bridges: 'girder suspension cantilever truss pylon',
} as const;
const SUBJECT_OF = Object.keys(SUBJECTS) as (keyof typeof SUBJECTS)[];

/** Papers of two subjects, the one after the other. */
const papersOf = (set: string, role: 'archive' | 'new', count: number) =>
  Array.from({ length: count }, (_, at) => {
    const subject = SUBJECT_OF[at % 2] as keyof typeof SUBJECTS;
    return {
      id: `${set}:${role}${at}`,
      text: `A study of ${subject}, part ${at}. We measure ${SUBJECTS[subject]} again.`,
      role,
    };
  });
const papers = ['cuabs', 'hf'].flatMap((set) => [
  ...papersOf(set, 'archive', 12),
  ...papersOf(set, 'new', 6),
]);
const pools = ['cuabs', 'hf'].map((set) => ({
  pool: `${set}:day`,
  papers: papers.filter(({ id }) => id.startsWith(`${set}:new`)).map(({ id }) => id),
}));
const tasks = [
  {
    qid: 'a reader of bridges',
    set: 'cuabs',
    k: 3,
    liked: ['cuabs:archive1', 'cuabs:archive3', 'cuabs:archive5'],
    topics: [],
    pool: 'cuabs:day',
  },
  { qid: 'typed tea', set: 'hf', k: 0, liked: [], topics: ['kettle tea'], pool: 'hf:day' },
];
const likes = [{ user: 'cuabs:somebody', liked: ['cuabs:archive0', 'cuabs:archive2'] }];

let folder: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-eval-'));
  out = join(folder, 'ranking.jsonl');
  write('papers.jsonl', papers);
  write('community.jsonl', likes);
  write('pools.jsonl', pools);
  write('tasks.jsonl', tasks);
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, rows: readonly object[]): void {
  writeFileSync(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs what `npm run eval:ranking` runs. */
const evaluate = (...args: string[]) => evaluateWith({}, ...args);

function evaluateWith(settings: Record<string, string>, ...args: string[]): Promise<Ended> {
  const program = ['--import', 'tsx', 'test/ranking/main.ts', ...args];
  const options = { cwd: packageRoot(), env: { ...process.env, ...settings } };
  return new Promise((resolve) => {
    execFile(process.execPath, program, options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

const rankedIn = (file: string) =>
  new Map(
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { qid: string; ranked: string[] })
      .map((one) => [one.qid, one.ranked]),
  );

test('every task of a benchmark half is ranked, and the command says what it costs', async () => {
  writeFileSync(
    join(folder, 'papers.jsonl.gz'),
    gzipSync(readFileSync(join(folder, 'papers.jsonl'))),
  );
  rmSync(join(folder, 'papers.jsonl'));
  const { code, stdout, stderr } = await evaluate(folder, '--out', out);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const ranked = rankedIn(out);
  expect([...ranked.keys()].sort()).toEqual(tasks.map(({ qid }) => qid).sort());
  const numbers = (qid: string) => ranked.get(qid)?.map((id) => Number(id.at(-1)) % 2);
  expect(numbers('a reader of bridges')).toEqual([1, 1, 1, 0, 0, 0]);
  expect(numbers('typed tea')).toEqual([0, 0, 0, 1, 1, 1]);
  expect(stdout).toContain('2 tasks ranked into');
  expect(stdout).toMatch(
    /cost of a subscriber, 18 papers.* \d+ us of a core \(least \d+\); naive loop \d+ us/,
  );
  expect(stdout).toContain(`No score.py in ${folder} or above it: not scored.`);
});

describe('with embeddings', () => {
  // The fake's vectors count letters: backwards, a text has the same vector and no word in common.
  const likedText = papers.find(({ id }) => id === 'cuabs:archive0')?.text ?? '';
  const BACKWARDS = 'cuabs:new9';
  const backwards = { id: BACKWARDS, text: [...likedText].reverse().join(''), role: 'new' };
  const likers = Array.from({ length: 40 }, (_, at) => ({
    ...{ qid: `reader ${at}`, set: 'cuabs', k: 1, topics: [], pool: 'cuabs:day' },
    liked: ['cuabs:archive0'],
  }));
  const results = () => JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
  const run = async (url: string) =>
    evaluateWith(
      { PAPERBOY_EMBEDDINGS_URL: url, PAPERBOY_EMBEDDINGS_MODEL: 'small' },
      ...[folder, '--out', out, '--weight', '50'],
      ...['--embeddings', join(folder, 'vectors.jsonl'), '--weigh', join(folder, 'results.json')],
    );
  const answer = (id: string) =>
    write(
      'qrels.jsonl',
      likers.map(({ qid }) => ({ qid, rel: { [id]: 1 } })),
    );

  test('what helps is blended and can be weighed, what does not is not; vectors are asked for once', async () => {
    const fake = await fakeEmbeddings();
    write('papers.jsonl', [...papers, backwards]);
    const [day, ...others] = pools;
    write('pools.jsonl', [{ ...day, papers: [...(day?.papers ?? []), BACKWARDS] }, ...others]);
    write('tasks.jsonl', [...likers, ...tasks]);
    expect((await evaluate(folder, '--out', out)).code).toBe(0);
    const plain = rankedIn(out);
    const [byWords = ''] = plain.get('reader 0') ?? [];
    expect(byWords).not.toBe(BACKWARDS);

    answer(BACKWARDS);
    const helped = await run(fake.url);
    expect(helped.code, helped.stderr).toBe(0);
    expect(helped.stdout).toContain('small with weight 50 helps');
    expect(helped.stdout).toMatch(/one like: 40 tasks, nDCG@10 0\.\d+ without, .* \+0\.\d+/);
    const place = (ranked: Map<string, string[]>) =>
      ranked.get('reader 0')?.indexOf(BACKWARDS) ?? -1;
    expect(place(rankedIn(out))).toBeLessThan(place(plain));
    expect(rankedIn(out).get('typed tea')).toEqual(plain.get('typed tea'));
    expect(results().with).toHaveLength(40);
    expect(results().with[0]).toBeGreaterThan(results().without[0]);
    const asked = fake.asked.length;

    answer(byWords);
    const useless = await run(fake.url);
    expect(useless.stdout).toContain('small with weight 50 does not help');
    expect(rankedIn(out)).toEqual(plain);
    expect(results().without).toEqual(new Array(40).fill(1));
    expect(fake.asked).toHaveLength(asked);
  });

  test('without an endpoint, or one that fails, it says so', async () => {
    write('tasks.jsonl', likers);
    expect(await run('')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('PAPERBOY_EMBEDDINGS_URL'),
    });
    const fake = await fakeEmbeddings();
    fake.trick = { status: 500 };
    expect(await run(fake.url)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('answered 500'),
    });
  });
});

test('what is wrong with a benchmark is said with its file and line', async () => {
  const says = async (fault: () => void, words: string) => {
    fault();
    const { code, stderr } = await evaluate(folder, '--out', out);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(1);
  };
  const tasksAt = join(folder, 'tasks.jsonl');
  await says(
    () => writeFileSync(tasksAt, `${JSON.stringify(tasks[0])}\n\n{"qid": "cut off`),
    `${tasksAt}, line 3: not a JSON object: {"qid": "cut off`,
  );
  await says(
    () => write('tasks.jsonl', [{ ...tasks[0], k: 'three' }]),
    `${tasksAt}, line 1: k: Invalid input: expected number`,
  );
  await says(
    () => write('tasks.jsonl', [tasks[0] ?? {}, { ...tasks[1], pool: 'hf:night' }]),
    `${tasksAt}, line 2: pools.jsonl has no pool hf:night.`,
  );
  await says(
    () => rmSync(tasksAt),
    `${folder} has neither tasks.jsonl nor tasks.jsonl.gz. Name the folder of a benchmark half.`,
  );
  await says(
    () => writeFileSync(`${tasksAt}.gz`, 'not packed'),
    `${tasksAt}.gz is not a whole gzip file.`,
  );
});

test('without a folder the command tells how it is called, and where it cannot write it says so at once', async () => {
  const nowhere = join(folder, 'nowhere', 'ranking.jsonl');
  expect((await evaluate(folder, '--out', nowhere)).stderr).toContain(`open '${nowhere}'`);
  const { code, stderr } = await evaluate('--out', out);
  expect(code).toBe(1);
  expect(stderr).toContain('Usage: npm run eval:ranking -- DIR --out FILE');
});
