import { finish, inSteps, type Steps } from '../steps.ts';
import { countTerms, termOf, wordsOf } from './analyse.ts';
import { factorOf, NEIGHBOURS, ownFactor, support } from './community.ts';
import { DIMENSIONS } from './dense.ts';
import { meaningOf } from './meaning.ts';
import { documentsOf, documentsWith, lookupsOf, type Model } from './model.ts';
import { nameHash } from './names.ts';
import { type Postings, postingsOf } from './postings.ts';
import { type Corpus, type TextVectors, textVectors } from './vector.ts';

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
  /** Pool and archive together: what the texts were weighed against. */
  readonly corpus: Corpus;
  readonly vectors: readonly TextVectors[];
  /** The pool's papers by term, weighed for likeness and for typed queries. */
  readonly postings: Postings;
  /** `DIMENSIONS` numbers of length 1 for each paper: its meaning, and whom it will be liked by. */
  readonly meanings: Float32Array;
  readonly factors: Float32Array;
  /** The papers in the order of their ids, and each one's place in it: what ends a tie. */
  readonly byId: Uint32Array;
  readonly tieRank: Uint32Array;
  readonly authors: Named;
  readonly organisations: Named;
  readonly categories: Named;
}

/** Which papers carry a name, by its hash, and how it is written. */
export type Named = ReadonlyMap<
  number,
  { readonly name: string; readonly papers: readonly number[] }
>;

/** Works out the features of an edition's papers. The order of `papers` changes no score. */
export function preparePool(model: Model, papers: readonly PoolPaper[]): Pool {
  return finish(preparingPool(model, papers));
}

/** Papers worked on between two steps: a few hundredths of a second. */
const PAPERS_A_STEP = 25;

/** The same in steps, between which others may have their turn. */
export function* preparingPool(model: Model, papers: readonly PoolPaper[]): Steps<Pool> {
  const counts = yield* inSteps(papers, PAPERS_A_STEP, (paper) =>
    countTerms(paper.title, paper.abstract, ...paper.topics),
  );
  const { single, double, wordsMean } = documentsOf(counts);
  const archive = model.counted;
  const all = Math.max(1, archive + papers.length);
  const corpus: Corpus = {
    papers: all,
    wordsMean: (archive * model.wordsMean + papers.length * wordsMean) / all,
    documents: (term) =>
      documentsWith(model, term) + (single.get(term) ?? 0) + (double.get(term) ?? 0),
  };
  yield;
  const vectors = yield* inSteps(counts, PAPERS_A_STEP, (one) => textVectors(corpus, one));
  const meanings = new Float32Array(papers.length * DIMENSIONS);
  const factors = new Float32Array(papers.length * DIMENSIONS);
  yield* inSteps(vectors, PAPERS_A_STEP, ({ query, likeness }, at) => {
    meanings.set(meaningOf(model.meaning, query), at * DIMENSIONS);
    if (support(model.community) === 0) return;
    const { places, search } = lookupsOf(model);
    const place = places.get(papers[at]?.id ?? '');
    const own = place === undefined ? undefined : ownFactor(model.community, place);
    factors.set(own ?? factorOf(model.community, search.of(likeness, NEIGHBOURS)), at * DIMENSIONS);
  });
  const postings = postingsOf(vectors);
  yield;
  return {
    model,
    papers,
    corpus,
    vectors,
    postings,
    meanings,
    factors,
    ...idOrder(papers),
    authors: named(papers.map((paper) => paper.authors)),
    organisations: named(papers.map(({ organisation: one }) => (one === undefined ? [] : [one]))),
    categories: named(papers.map((paper) => paper.categories)),
  };
}

function named(names: readonly (readonly string[])[]): Named {
  const found = new Map<number, { name: string; papers: number[] }>();
  names.forEach((list, paper) => {
    for (const name of list) {
      const hash = nameHash(name);
      const known = found.get(hash);
      if (known === undefined) found.set(hash, { name, papers: [paper] });
      else if (known.papers.at(-1) !== paper) known.papers.push(paper);
    }
  });
  return found;
}

function idOrder(papers: readonly PoolPaper[]): { byId: Uint32Array; tieRank: Uint32Array } {
  const order = papers.map(({ id }, at) => ({ id, at }));
  order.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.at - b.at));
  const tieRank = new Uint32Array(papers.length);
  order.forEach(({ at }, rank) => {
    tieRank[at] = rank;
  });
  return { byId: Uint32Array.from(order, ({ at }) => at), tieRank };
}

/** A paper's reasons are told to many subscribers. */
const writtenIn = new WeakMap<PoolPaper, ReadonlyMap<number, string>>();

/** The paper's words as written, by term: for reasons. A term of two words is written with a space. */
export function writtenTerms(paper: PoolPaper): ReadonlyMap<number, string> {
  const known = writtenIn.get(paper);
  if (known !== undefined) return known;
  const written = new Map<number, string>();
  writtenIn.set(paper, written);
  const keep = (term: number, text: string) => {
    if (!written.has(term)) written.set(term, text);
  };
  for (const text of [paper.title, paper.abstract, ...paper.topics]) {
    let before: { surface: string; stem: string } | undefined;
    for (const word of wordsOf(text)) {
      keep(termOf(word.stem), word.surface);
      if (before !== undefined) {
        keep(termOf(before.stem, word.stem), `${before.surface} ${word.surface}`);
      }
      before = word;
    }
  }
  return written;
}
