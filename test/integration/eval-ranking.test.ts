import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packageRoot } from '../../src/root.ts';

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

/** Runs what `npm run eval:ranking` runs. */
function evaluate(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = ['--import', 'tsx', 'test/ranking/main.ts', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, program, { cwd: packageRoot() }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

test('every task of a benchmark half is ranked, and the command says what it costs', async () => {
  writeFileSync(
    join(folder, 'papers.jsonl.gz'),
    gzipSync(readFileSync(join(folder, 'papers.jsonl'))),
  );
  rmSync(join(folder, 'papers.jsonl'));
  const { code, stdout, stderr } = await evaluate(folder, '--out', out);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const ranked = new Map(
    readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { qid: string; ranked: string[] })
      .map((one) => [one.qid, one.ranked]),
  );
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
