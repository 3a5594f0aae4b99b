import { type ArchivePaper, fitModel, type Model } from '../../src/domain/rank/model.ts';
import { type Pool, type PoolPaper, preparePool } from '../../src/domain/rank/pool.ts';
import type { BenchPaper, Half } from './read.ts';

const LIBRARIES = ['cua', 'cut', 'cuabs'];
const SEARCHED = ['cran', 'cacm'];
const ABSTRACTS = 'abstracts';

/**
 * Sets that share an archive. Readers of one library are fitted on that library; daily lists are fitted on all
 * abstracts that the half has; a collection that is searched is its own archive.
 */
export function archiveName(set: string): string {
  return [...LIBRARIES, ...SEARCHED].includes(set) ? set : ABSTRACTS;
}

/** A text as the product would have it: title and abstract. */
export function titled({ id, text }: BenchPaper): ArchivePaper {
  const set = setOf(id);
  if (set === 'cua') return { id, title: text, abstract: '' };
  if (set === 'cut') return { id, title: '', abstract: text };
  const end = text.indexOf('. ');
  if (end < 0) return { id, title: text, abstract: '' };
  return { id, title: text.slice(0, end), abstract: text.slice(end + 2) };
}

export interface Fitted {
  readonly model: Model;
  readonly papers: number;
  readonly readers: number;
  /** Of one core. */
  readonly seconds: number;
}

/** One model for each archive, fitted on archive papers and the community's likes alone. */
export function fitArchives(half: Half, sets: readonly string[]): Map<string, Fitted> {
  return new Map([...new Set(sets.map(archiveName))].map((name) => [name, fitOne(half, name)]));
}

export function fitOne(half: Half, name: string): Fitted {
  const papers = [...half.papers.values()].filter(({ id, role }) => isOf(name, setOf(id), role));
  const likes = half.readers.filter(({ user }) => setOf(user) === name).map(({ liked }) => liked);
  const start = process.cpuUsage();
  const counted = [...half.papers.values()].filter(
    ({ id, role }) => role === 'new' && archiveName(setOf(id)) === name,
  );
  const model = fitModel({
    papers: papers.map(titled),
    likes,
    counted: SEARCHED.includes(name) ? [] : counted.map(titled),
  });
  const seconds = process.cpuUsage(start).user / 1e6;
  return { model, papers: papers.length, readers: likes.length, seconds };
}

/** Whether an archive holds a paper: what a collection that is searched holds is all its archive. */
function isOf(name: string, set: string, role: BenchPaper['role']): boolean {
  if (SEARCHED.includes(name)) return set === name;
  return (
    role === 'archive' && (archiveName(set) === name || (name === ABSTRACTS && set === 'cuabs'))
  );
}

/** Pools are prepared when they are first asked for, and the last ones are kept. */
export class Pools {
  readonly #half: Half;
  readonly #fitted: ReadonlyMap<string, Fitted>;
  readonly #ready = new Map<string, Pool>();

  constructor(half: Half, fitted: ReadonlyMap<string, Fitted>) {
    this.#half = half;
    this.#fitted = fitted;
  }

  model(set: string): Model {
    return (this.#fitted.get(archiveName(set)) as Fitted).model;
  }

  get(name: string, set: string): Pool {
    const known = this.#ready.get(name);
    if (known !== undefined) return known;
    const ids = this.#half.pools.get(name) ?? [];
    const pool = preparePool(
      this.model(set),
      ids.map((id) => poolPaper(this.#half, id)),
    );
    if (this.#ready.size >= 4) this.#ready.delete(this.#ready.keys().next().value as string);
    this.#ready.set(name, pool);
    return pool;
  }
}

function poolPaper(half: Half, id: string): PoolPaper {
  const { title, abstract } = titled(half.papers.get(id) as BenchPaper);
  return { id, title, abstract, topics: [], categories: [], authors: [] };
}

export function setOf(id: string): string {
  return id.slice(0, id.indexOf(':'));
}
