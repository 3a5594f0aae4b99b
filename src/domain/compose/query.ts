import type { Paper } from '../paper.ts';
import type { Model } from '../rank/model.ts';
import { preparePool } from '../rank/pool.ts';
import { buildProfile } from '../rank/profile.ts';
import { newScores, scorePool, similarity } from '../rank/score.ts';
import { phraseFinder } from './phrases.ts';

/** A paper with how well it answers a query, or how close it is to another. */
export interface Found {
  readonly paper: Paper;
  readonly score: number;
}

/** What a literal match of the whole query adds, by how prominently it stands there. */
const LITERAL = 2;

/**
 * Orders papers by how well they answer a query: by the features that digests are ranked with, and higher where the
 * query stands as it was typed. Ties end on the id.
 * @param typed with quotes and words to leave out, which have done their work when the papers were found.
 */
export function answer(model: Model, papers: readonly Paper[], typed: string): Found[] {
  const query = typed.replace(/(?<=^|\s)-\S+|["“”]/gu, ' ');
  const pool = preparePool(model, papers);
  const asked = buildProfile(model, {
    liked: [],
    disliked: [],
    topics: [query],
    excluded: [],
    categories: [],
    authors: [],
    organisations: [],
  });
  // Who else likes a paper says nothing of whether it answers: with many readers it would drown the words.
  const profile = { ...asked, factor: new Float32Array(asked.factor.length) };
  const scores = newScores(pool);
  scorePool(pool, profile, scores);
  const literal = new Map(
    phraseFinder(papers)(query).map(({ index, score }) => [index, LITERAL * score]),
  );
  return bestFirst(
    papers.map((paper, at) => ({
      paper,
      score: (scores.total[at] as number) + (literal.get(at) ?? 0),
    })),
  );
}

/** Papers by how close they are to one; it itself is left out, and so is what is not close. */
export function related(model: Model, paper: Paper, others: readonly Paper[]): Found[] {
  const papers = others.filter(({ id }) => id !== paper.id);
  const pool = preparePool(model, [paper, ...papers]);
  return bestFirst(
    papers.map((one, at) => ({ paper: one, score: similarity(pool, 0, at + 1) })),
  ).filter(({ score }) => score >= RELATED_MIN);
}

const RELATED_MIN = 0.05;

function bestFirst(found: Found[]): Found[] {
  return found.sort((a, b) => b.score - a.score || (a.paper.id < b.paper.id ? -1 : 1));
}
