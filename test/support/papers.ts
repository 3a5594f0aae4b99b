import type { Candidate, Edition } from '../../src/domain/edition.ts';
import type { Paper, PaperRecord, Signal } from '../../src/domain/paper.ts';

export const record = (over: Partial<PaperRecord> = {}): PaperRecord => ({
  title: 'A Small Model That Reads Slowly',
  abstract: 'We train a small model. It reads slowly and well.',
  authors: ['Ada Okafor'],
  topics: [],
  categories: [],
  listedOn: '2025-03-14',
  ...over,
});

export const signal = (over: Partial<Signal> = {}): Signal => ({
  upvotes: 0,
  comments: 0,
  stars: 0,
  position: 0,
  ...over,
});

export const paper = (over: Partial<Paper> = {}): Paper => ({
  id: over.id ?? over.arxivId ?? '2503.00001',
  ...record(over),
});

export const candidate = (
  over: Partial<Paper> = {},
  votes: Partial<Signal> = {},
  newOn = '2025-03-14',
): Candidate => ({ paper: paper(over), signal: signal(votes), newOn });

export const edition = (
  candidates: readonly Candidate[],
  over: Partial<Edition> = {},
): Edition => ({
  id: 'daily/2025-03-14',
  digest: 'daily',
  title: 'Paperboy Daily',
  date: '2025-03-14',
  cutOffAt: '2025-03-14T05:00:00.000Z',
  candidates,
  ...over,
});
