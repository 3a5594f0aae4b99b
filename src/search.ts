import type { App } from './app.ts';
import { answer, type Found, related } from './domain/compose/query.ts';
import type { Paper } from './domain/paper.ts';
import { newestModel } from './store/rank-models.ts';
import { papersWith, papersWithSome } from './store/search.ts';

type Tools = Pick<App, 'db' | 'model'>;

/** So many are found by their words before they are put in order by the ranker. */
const LOOKED_AT = 150;
const NEIGHBOURS_LOOKED_AT = 60;

/** The archive's papers that answer a query, best first, at most `limit`. */
export async function searchArchive(app: Tools, query: string, limit: number): Promise<Found[]> {
  const papers = await papersWith(app.db, query, Math.max(LOOKED_AT, limit));
  if (papers.length === 0) return [];
  return answer(await model(app), papers, query).slice(0, limit);
}

/** The archive's papers that are closest to one, at most `limit`; none when nothing is close. */
export async function relatedPapers(app: Tools, paper: Paper, limit: number): Promise<Paper[]> {
  const about = [paper.title, ...paper.topics].join(' ');
  const papers = await papersWithSome(app.db, about, NEIGHBOURS_LOOKED_AT);
  const close = related(await model(app), paper, papers);
  return close.slice(0, limit).map((found) => found.paper);
}

async function model(app: Tools) {
  const newest = await newestModel(app.db);
  return (await app.model(newest?.version ?? 0)).model;
}
