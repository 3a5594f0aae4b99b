import type { Candidate } from '../edition.ts';
import { summarise } from './summarise.ts';

/** A candidate's summary as its edition froze it; of an edition that is older than summaries, made now. */
export function summaryOf({ summary, paper }: Pick<Candidate, 'summary' | 'paper'>): string {
  return summary ?? summarise(paper.abstract, paper.title);
}
