import type { Edition } from '../edition.ts';
import type { Embedded } from '../rank/embedding.ts';
import { emptyModel, type Model } from '../rank/model.ts';
import { nameKey } from '../rank/names.ts';
import { type Pool, preparingPool } from '../rank/pool.ts';
import { newScores, type Scores, similarity } from '../rank/score.ts';
import { paperText } from '../rank/topics.ts';
import { finish, inSteps, type Steps } from '../steps.ts';
import { type FindPhrase, finderIn } from './phrases.ts';

/** An edition with what every composition of it needs, worked out once. */
export interface Prepared {
  readonly edition: Edition;
  readonly pool: Pool;
  /** What the edition pinned of embeddings; absent: they weighed nothing by then. */
  readonly embedded: Embedded | undefined;
  readonly find: FindPhrase;
  /** Places of the papers of each author and of each organisation, by `nameKey`. */
  readonly authors: ReadonlyMap<string, readonly number[]>;
  readonly organisations: ReadonlyMap<string, readonly number[]>;
  /** How alike two papers are, 0 to 1; asked for again it costs nothing. */
  alike(a: number, b: number): number;
  /** Whether two papers say nearly the same. */
  same(a: number, b: number): boolean;
  /** Room for the scores of one subscriber after the other. */
  readonly scratch: Scratch;
}

interface Scratch {
  readonly scores: Scores;
  /** What a literal match of a typed topic adds to a paper's score. */
  readonly literal: Float64Array;
}

/** Two papers whose words are so much alike say nearly the same. */
const NEARLY_THE_SAME = 0.6;
/** With fewer words a text does not say enough to be taken for a copy of another. */
const TELLING = 30;

/** @param model the one that the edition pinned; absent: none was fitted by then. */
export function prepare(
  edition: Edition,
  model: Model = emptyModel,
  embedded?: Embedded,
): Prepared {
  return finish(preparing(edition, model, embedded));
}

/** The same in steps, between which others may have their turn. */
export function* preparing(edition: Edition, model: Model, embedded?: Embedded): Steps<Prepared> {
  const papers = edition.candidates.map(({ paper }) => paper);
  const pool = yield* preparingPool(model, papers);
  const texts = yield* inSteps(papers, PAPERS_A_STEP, paperText);
  const find = finderIn(texts);
  yield;
  const alike = kept(papers.length, (a, b) => similarity(pool, a, b));
  const tells = texts.map(({ title, abstract }) => {
    const distinct = new Set(`${title}${abstract}`.split(' '));
    return distinct.size >= TELLING;
  });
  return {
    edition,
    pool,
    embedded,
    find,
    authors: placesOf(papers.map(({ authors }) => authors)),
    organisations: placesOf(papers.map(({ organisation }) => [organisation ?? ''])),
    alike,
    same: (a, b) => tells[a] === true && tells[b] === true && alike(a, b) >= NEARLY_THE_SAME,
    scratch: { scores: newScores(pool), literal: new Float64Array(papers.length) },
  };
}

const PAPERS_A_STEP = 50;

function placesOf(names: readonly (readonly string[])[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  names.forEach((some, index) => {
    for (const key of new Set(some.map(nameKey))) {
      const list = places.get(key);
      if (key === '') continue;
      if (list === undefined) places.set(key, [index]);
      else list.push(index);
    }
  });
  return places;
}

/** A symmetric measure that is worked out once for each pair. */
function kept(size: number, measure: (a: number, b: number) => number) {
  const known = new Float32Array(size * size).fill(-1);
  return (a: number, b: number) => {
    const at = a < b ? a * size + b : b * size + a;
    if ((known[at] as number) < 0) known[at] = measure(a, b);
    return known[at] as number;
  };
}
