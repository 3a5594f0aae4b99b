import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

const Id = z.string().min(1);
const BenchPaper = z.object({ id: Id, text: z.string(), role: z.enum(['archive', 'new']) });
const Reader = z.object({ user: Id, liked: z.array(Id) });
const BenchPool = z.object({ pool: Id, papers: z.array(Id).min(1) });
const Task = z.object({
  qid: Id,
  set: Id,
  k: z.number().int().min(0),
  liked: z.array(Id),
  topics: z.array(z.string()),
  pool: Id,
});

const Answers = z.object({ qid: Id, rel: z.record(Id, z.number().min(0)) });

export type BenchPaper = z.infer<typeof BenchPaper>;
export type Task = z.infer<typeof Task>;

/** One half of the ranking benchmark, as its folder holds it. */
export interface Half {
  readonly papers: ReadonlyMap<string, BenchPaper>;
  readonly readers: readonly z.infer<typeof Reader>[];
  readonly pools: ReadonlyMap<string, readonly string[]>;
  readonly tasks: readonly Task[];
  /** What answers a task, by its id; empty when the half keeps its answers to itself. */
  readonly answers: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

/** @throws Error that names the file, the line and what is wrong with it. */
export function readHalf(folder: string): Half {
  const papers = new Map<string, BenchPaper>();
  for (const { value, at } of lines(folder, 'papers.jsonl', BenchPaper)) {
    if (papers.has(value.id)) throw new Error(`${at}: paper ${value.id} stands here twice.`);
    papers.set(value.id, value);
  }
  const readers = lines(folder, 'community.jsonl', Reader).map(({ value }) => value);
  const pools = new Map<string, readonly string[]>();
  for (const { value, at } of lines(folder, 'pools.jsonl', BenchPool)) {
    for (const id of value.papers) known(papers, id, at);
    pools.set(value.pool, value.papers);
  }
  const tasks = lines(folder, 'tasks.jsonl', Task).map(({ value, at }) => {
    for (const id of value.liked) known(papers, id, at);
    if (!pools.has(value.pool)) throw new Error(`${at}: pools.jsonl has no pool ${value.pool}.`);
    return value;
  });
  const answers = new Map(
    (has(folder, 'qrels.jsonl') ? lines(folder, 'qrels.jsonl', Answers) : []).map(
      ({ value: { qid, rel } }) => [qid, rel] as const,
    ),
  );
  return { papers, readers, pools, tasks, answers };
}

function known(papers: ReadonlyMap<string, BenchPaper>, id: string, at: string): void {
  if (!papers.has(id)) throw new Error(`${at}: papers.jsonl has no paper ${id}.`);
}

function lines<T>(folder: string, name: string, schema: z.ZodType<T>): { value: T; at: string }[] {
  const found: { value: T; at: string }[] = [];
  read(folder, name)
    .split('\n')
    .forEach((line, index) => {
      if (line.trim() === '') return;
      const at = `${join(folder, name)}, line ${index + 1}`;
      const parsed = schema.safeParse(json(line, at));
      if (!parsed.success) throw new Error(`${at}: ${faults(parsed.error)}`);
      found.push({ value: parsed.data, at });
    });
  return found;
}

function faults({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || 'line'}: ${message}`).join('; ');
}

function json(line: string, at: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`${at}: not a JSON object: ${line.slice(0, 60)}`);
  }
}

function has(folder: string, name: string): boolean {
  return [name, `${name}.gz`].some((one) => existsSync(join(folder, one)));
}

function read(folder: string, name: string): string {
  const plain = join(folder, name);
  if (existsSync(plain)) return readFileSync(plain, 'utf8');
  const packed = `${plain}.gz`;
  if (!existsSync(packed)) {
    throw new Error(
      `${folder} has neither ${name} nor ${name}.gz. Name the folder of a benchmark half.`,
    );
  }
  try {
    return gunzipSync(readFileSync(packed)).toString('utf8');
  } catch (error) {
    throw new Error(`${packed} is not a whole gzip file.`, { cause: error });
  }
}
