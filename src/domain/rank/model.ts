import { type Counts, countTerms } from './analyse.ts';
import { type Background, backgroundOf, noBackground, sampleOf } from './background.ts';
import { type Community, factorOf, fitCommunity, NEIGHBOURS, support } from './community.ts';
import { emptyMeaning, fitMeaning, type Meaning, meaningOf } from './meaning.ts';
import { readModel, writeModel } from './model-bytes.ts';
import {
  type ArchiveIndex,
  emptyIndex,
  find,
  indexArchive,
  NeighbourSearch,
} from './neighbours.ts';
import { type Corpus, textVectors, unit } from './vector.ts';

/** A paper of the archive, which the model is fitted on. */
export interface ArchivePaper {
  readonly id: string;
  readonly title: string;
  readonly abstract: string;
}

/** What is known of papers in general before an edition: fitted by night, pinned by the edition. */
export interface Model {
  /** Ids of the archive papers in ascending order; a paper's number is its place here. */
  readonly ids: readonly string[];
  /** How many papers the words were counted in: these and others. */
  readonly counted: number;
  /** Mean number of words of a paper, those of the title counted twice. */
  readonly wordsMean: number;
  /** Terms of two archive papers or more in ascending order, and in how many each of them stands. */
  readonly terms: Uint32Array;
  readonly documents: Uint32Array;
  readonly meaning: Meaning;
  readonly index: ArchiveIndex;
  readonly community: Community;
  /** How the archive's meanings and factors are distributed, those that its papers would have as new ones. */
  readonly usual: { readonly meaning: Background; readonly readers: Background };
}

/** The model of the very first day: no archive, so that the pool alone says which words are rare. */
export const emptyModel: Model = {
  ids: [],
  counted: 0,
  wordsMean: 0,
  terms: new Uint32Array(0),
  documents: new Uint32Array(0),
  meaning: emptyMeaning,
  index: emptyIndex,
  community: { readers: 0, factors: new Int8Array(0), lengths: new Float32Array(0) },
  usual: { meaning: noBackground, readers: noBackground },
};

/**
 * Fits a model on the archive and on what consenting readers liked of it. Deterministic: the same papers and
 * likes, in whatever order, make the same model.
 * @param likes one list of archive papers' ids per consenting reader; unknown ids are passed over.
 * @param counted other papers, which only tell how rare words are.
 */
export function fitModel({
  papers,
  likes,
  counted = [],
}: {
  readonly papers: readonly ArchivePaper[];
  readonly likes: readonly (readonly string[])[];
  readonly counted?: readonly ArchivePaper[];
}): Model {
  const unique = new Map(papers.map((paper) => [paper.id, paper]));
  const sorted = [...unique.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const counts = sorted.map(({ title, abstract }) => countTerms(title, abstract));
  const others = counted.map(({ title, abstract }) => countTerms(title, abstract));
  const { single, double, wordsMean } = documentsOf([...counts, ...others]);
  const corpus: Corpus = {
    papers: counts.length + others.length,
    wordsMean,
    documents: (term) => (single.get(term) ?? 0) + (double.get(term) ?? 0),
  };
  const texts = counts.map((one) => textVectors(corpus, one));
  const vectors = texts.map(({ likeness }) => likeness);
  const index = indexArchive(vectors, corpus);
  const search = new NeighbourSearch(index);
  const ids = sorted.map(({ id }) => id);
  const kept = new Map([...single, ...double].filter(([, count]) => count > 1));
  const terms = Uint32Array.from(kept.keys()).sort();
  const near = (paper: number) =>
    search.of(vectors[paper] as (typeof vectors)[number], NEIGHBOURS, paper);
  const meaning = fitMeaning(
    texts.map(({ query }) => unit(query)),
    single,
  );
  const community = fitCommunity(sorted.length, numbered(likes, ids), near);
  const sample = sampleOf(sorted.length);
  return {
    ids,
    counted: corpus.papers,
    // As it will be read from bytes: a fitted model ranks as its packed one does.
    wordsMean: Math.fround(wordsMean),
    terms,
    documents: terms.map((term) => corpus.documents(term)),
    meaning,
    index,
    community,
    usual: {
      meaning: backgroundOf(
        sample.map((paper) => meaningOf(meaning, (texts[paper] as (typeof texts)[number]).query)),
      ),
      readers:
        support(community) === 0
          ? noBackground
          : backgroundOf(sample.map((paper) => factorOf(community, near(paper)))),
    },
  };
}

/** In how many texts each term stands, and how long a text is in the mean. */
export function documentsOf(counts: readonly Counts[]): {
  single: Map<number, number>;
  double: Map<number, number>;
  wordsMean: number;
} {
  const single = new Map<number, number>();
  const double = new Map<number, number>();
  let words = 0;
  for (const one of counts) {
    for (const [term, count] of one.single) {
      single.set(term, (single.get(term) ?? 0) + 1);
      words += count;
    }
    for (const term of one.double.keys()) double.set(term, (double.get(term) ?? 0) + 1);
  }
  return { single, double, wordsMean: counts.length === 0 ? 0 : words / counts.length };
}

/** Each reader's liked papers as numbers, each once; readers in an order of their own, so that the input's is none. */
function numbered(likes: readonly (readonly string[])[], ids: readonly string[]): number[][] {
  const numbers = new Map(ids.map((id, number) => [id, number]));
  const lists = likes.map((liked) =>
    [...new Set(liked.flatMap((id) => numbers.get(id) ?? []))].sort((a, b) => a - b),
  );
  const kept = lists.filter((list) => list.length > 0);
  return kept
    .map((list) => ({ list, key: list.join(' ') }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ list }) => list);
}

/** A model as bytes, for a column or a file. */
export function packModel(model: Model): Uint8Array {
  return writeModel(model);
}

/** @throws Error when the bytes are foreign, of another version, or cut. */
export function unpackModel(bytes: Uint8Array): Model {
  return readModel(bytes);
}

/** In how many archive papers the term stands; 0 for one that fewer than two have. */
export function documentsWith(model: Model, term: number): number {
  const at = find(model.terms, term);
  return at < 0 ? 0 : (model.documents[at] as number);
}

/** The archive as what a text is weighed against. */
export function archiveOf(model: Model): Corpus {
  return {
    papers: Math.max(1, model.counted),
    wordsMean: model.wordsMean,
    documents: (term) => documentsWith(model, term),
  };
}

/** A model's places of ids, and its search for neighbours, made when they are first asked for. */
interface Lookups {
  readonly places: ReadonlyMap<string, number>;
  readonly search: NeighbourSearch;
}
const lookups = new WeakMap<Model, Lookups>();

/** What is looked up in a model, kept for as long as the model is. */
export function lookupsOf(model: Model): Lookups {
  let known = lookups.get(model);
  if (known === undefined) {
    known = {
      places: new Map(model.ids.map((id, number) => [id, number])),
      search: new NeighbourSearch(model.index),
    };
    lookups.set(model, known);
  }
  return known;
}
