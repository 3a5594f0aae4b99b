import type { Composition } from '../../src/domain/composition.ts';
import type { Candidate } from '../../src/domain/edition.ts';
import type { PaperRecord, Signal } from '../../src/domain/paper.ts';
import type { DigestInput } from '../../src/render/render.ts';

/** A candidate whose title is as given; its arXiv id is made of `number`. */
export function candidateOf(
  record: Partial<PaperRecord> = {},
  number = 1,
  signal: Partial<Signal> = {},
): Candidate {
  const arxivId = `2503.${String(number).padStart(5, '0')}`;
  return {
    paper: {
      id: arxivId,
      arxivId,
      title: `Paper number ${number}: reading in the morning`,
      abstract: `We read paper ${number}. It is good. It is long.`,
      authors: ['Ada Lovelace', 'Alan Turing'],
      topics: ['reading'],
      categories: ['cs.CL', 'cs.AI'],
      codeUrl: `https://github.com/example/reading-${number}`,
      projectUrl: `https://example.org/reading/${number}`,
      publishedAt: '2025-03-12T10:00:00Z',
      listedOn: '2025-03-14',
      ...record,
    },
    signal: { upvotes: 12, comments: 1, stars: 0, position: number, ...signal },
    newOn: '2025-03-14',
  };
}

/** Candidates numbered from 1, each with the given fields. */
export function candidatesOf(count: number, record: Partial<PaperRecord> = {}): Candidate[] {
  return Array.from({ length: count }, (_, i) => candidateOf(record, i + 1));
}

/** A delivery of all these papers, in the full layout unless told. */
export function digestInput(
  candidates: readonly Candidate[],
  {
    layout = 'full',
    composition = candidates.map(({ paper }) => ({
      paperId: paper.id,
      reason: { kind: 'topic', topics: ['reading'] },
    })),
  }: { layout?: DigestInput['addressee']['layout']; composition?: Composition } = {},
): DigestInput {
  return {
    edition: {
      id: 'daily/2025-03-14',
      digest: 'daily',
      title: 'Paperboy Daily',
      date: '2025-03-14',
      cutOffAt: '2025-03-14T04:00:00Z',
      candidates,
    },
    frame: {
      from: 'Paperboy <paperboy@example.org>',
      baseUrl: 'https://papers.example.org:8443',
      listId: 'daily.papers.example.org',
      postalAddress: 'Paperboy, 1 Example Street, 10115 Berlin',
      keyId: 'k1',
    },
    subscriberId: 17,
    addressee: { email: 'reader@example.com', layout, language: 'en' },
    composition,
    links: {
      view: 'https://papers.example.org/view/k1.17.abc/daily/2025-03-14',
      preferences: 'https://papers.example.org/preferences/k1.17.def',
      unsubscribe: 'https://papers.example.org/unsubscribe/k1.17.ghi',
      feedback: 'https://papers.example.org/feedback/k1.17.jkl',
    },
    sentAt: '2025-03-14T07:00:00.000Z',
  };
}
