import { countTerms, hash32, wordsOf } from './analyse.ts';
import type { Model } from './model.ts';
import { textVector } from './vector.ts';

/** A paper that may be chosen, with what is known of it. */
export interface PoolPaper {
  readonly id: string;
  readonly title: string;
  readonly abstract: string;
  /** Keywords in the source's own words. */
  readonly topics: readonly string[];
  /** arXiv categories: `cs.CL`. */
  readonly categories: readonly string[];
  readonly authors: readonly string[];
  readonly organisation?: string | undefined;
}

/** An edition's papers with their features, built once; papers keep the places that they were given in. */
export interface Pool {
  readonly model: Model;
  readonly papers: readonly PoolPaper[];
  /** Local numbers of the terms that stand in the pool. */
  readonly termAt: ReadonlyMap<number, number>;
  /** Of term t the postings `starts[t]` to `starts[t + 1]`: which paper, and with which weight. */
  readonly starts: Uint32Array;
  readonly postingPaper: Uint32Array;
  readonly postingWeight: Float32Array;
  /** Of paper p the terms `paperStarts[p]` to `paperStarts[p + 1]`, ascending, with their weights. */
  readonly paperStarts: Uint32Array;
  readonly paperTerms: Uint32Array;
  readonly paperWeights: Float32Array;
  /** Places of the papers in the order of their ids: what ends a tie. */
  readonly tieRank: Uint32Array;
  /** Hashes of the names of each paper's authors and organisation, and of its categories. */
  readonly names: readonly PaperNames[];
}

export interface PaperNames {
  readonly authors: ReadonlyMap<number, string>;
  readonly organisations: ReadonlyMap<number, string>;
  readonly categories: ReadonlyMap<number, string>;
}

/** Works out the features of an edition's papers. The order of `papers` changes no score. */
export function preparePool(model: Model, papers: readonly PoolPaper[]): Pool {
  const counts = papers.map((paper) => countTerms(paper.title, paper.abstract, ...paper.topics));
  const inPool = new Map<number, number>();
  for (const { single, double } of counts) {
    for (const term of single.keys()) inPool.set(term, (inPool.get(term) ?? 0) + 1);
    for (const term of double.keys()) inPool.set(term, (inPool.get(term) ?? 0) + 1);
  }
  const also = (term: number) => inPool.get(term) ?? 0;
  const vectors = counts.map((one) => textVector(model, one, also, papers.length));

  const terms = [...inPool.keys()].sort((a, b) => a - b);
  const termAt = new Map(terms.map((term, at) => [term, at]));
  const total = vectors.reduce((sum, vector) => sum + vector.terms.length, 0);
  const starts = new Uint32Array(terms.length + 1);
  const paperStarts = new Uint32Array(papers.length + 1);
  const paperTerms = new Uint32Array(total);
  const paperWeights = new Float32Array(total);
  vectors.forEach((vector, paper) => {
    const from = paperStarts[paper] as number;
    paperStarts[paper + 1] = from + vector.terms.length;
    paperTerms.set(vector.terms, from);
    paperWeights.set(vector.weights, from);
    for (const term of vector.terms) {
      const at = (termAt.get(term) as number) + 1;
      starts[at] = (starts[at] as number) + 1;
    }
  });
  for (let t = 0; t < terms.length; t++) {
    starts[t + 1] = (starts[t + 1] as number) + (starts[t] as number);
  }
  const next = starts.slice();
  const postingPaper = new Uint32Array(total);
  const postingWeight = new Float32Array(total);
  vectors.forEach((vector, paper) => {
    vector.terms.forEach((term, at) => {
      const t = termAt.get(term) as number;
      const place = next[t] as number;
      next[t] = place + 1;
      postingPaper[place] = paper;
      postingWeight[place] = vector.weights[at] as number;
    });
  });
  return {
    model,
    papers,
    termAt,
    starts,
    postingPaper,
    postingWeight,
    paperStarts,
    paperTerms,
    paperWeights,
    tieRank: tieRanks(papers),
    names: papers.map(namesOf),
  };
}

/** The hash under which a name is compared: letters and digits alone, in lower case, without accents. */
export function nameHash(name: string): number {
  return hash32(
    name
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim(),
  );
}

function namesOf(paper: PoolPaper): PaperNames {
  const hashed = (names: readonly string[]) => new Map(names.map((name) => [nameHash(name), name]));
  return {
    authors: hashed(paper.authors),
    organisations: hashed(paper.organisation === undefined ? [] : [paper.organisation]),
    categories: hashed(paper.categories),
  };
}

function tieRanks(papers: readonly PoolPaper[]): Uint32Array {
  const order = papers.map(({ id }, at) => ({ id, at }));
  order.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.at - b.at));
  const ranks = new Uint32Array(papers.length);
  order.forEach(({ at }, rank) => {
    ranks[at] = rank;
  });
  return ranks;
}

/** The paper's words as written, by term: for reasons. A term of two words is written with a space. */
export function writtenTerms(paper: PoolPaper): Map<number, string> {
  const written = new Map<number, string>();
  for (const text of [paper.title, paper.abstract, ...paper.topics]) {
    let before: { surface: string; stem: string } | undefined;
    for (const word of wordsOf(text)) {
      const single = hash32(word.stem) >>> 8;
      if (!written.has(single)) written.set(single, word.surface);
      if (before !== undefined) {
        const pair = hash32(`${before.stem} ${word.stem}`) >>> 8;
        if (!written.has(pair)) written.set(pair, `${before.surface} ${word.surface}`);
      }
      before = word;
    }
  }
  return written;
}
