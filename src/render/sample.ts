import { digestView } from './digest-view.ts';
import { openGallery } from './view.ts';

/**
 * A view with every field and both forms of a paper, against which a template is checked as it is
 * loaded.
 */
export function sampleView(): object {
  const candidates = [candidate('2503.00001'), candidate('2503.00002')];
  const view = digestView(
    {
      edition: {
        id: 'sample/2025-03-14',
        digest: 'sample',
        title: 'Paperboy Sample',
        date: '2025-03-14',
        cutOffAt: '2025-03-14T04:00:00Z',
        number: 1,
        candidates,
      },
      frame: {
        from: 'Paperboy <paperboy@example.org>',
        baseUrl: 'https://example.org',
        listId: 'sample.example.org',
        postalAddress: '1 Sample Street',
        keyId: 'sample',
      },
      subscriberId: 1,
      addressee: {
        email: 'reader@example.org',
        layout: 'full',
        language: 'en',
        week: {
          listed: 2,
          about: [{ name: 'cs.CL', papers: 2 }],
          best: '2503.00002',
          missed: ['2503.00002'],
        },
      },
      composition: [
        {
          paperId: '2503.00001',
          reason: { kind: 'topic', topics: ['samples'] },
          section: 'yours',
          also: ['2503.00002'],
        },
        {
          paperId: '2503.00002',
          reason: { kind: 'trending', rank: 2, of: 2, upvotes: 3 },
          section: 'trending',
        },
      ],
      links: {
        view: 'https://example.org/view',
        preferences: 'https://example.org/preferences',
        unsubscribe: 'https://example.org/unsubscribe',
        feedback: 'https://example.org/feedback/k1.17.jkl',
      },
      sentAt: '2025-03-14T07:00:00Z',
    },
    {
      gallery: openGallery(),
      byId: new Map(candidates.map((one) => [one.paper.id, one])),
      fullMax: 1,
      shorter: 'compact',
    },
  );
  return { ...view, subject: view.lead };
}

function candidate(arxivId: string) {
  return {
    paper: {
      id: arxivId,
      arxivId,
      title: `A sample paper, number ${arxivId}`,
      abstract: 'We look at samples. They are fine.',
      authors: ['Ada Lovelace'],
      topics: ['samples'],
      categories: ['cs.CL'],
      publishedAt: '2025-03-13T00:00:00Z',
      listedOn: '2025-03-14',
    },
    signal: { upvotes: 3, comments: 0, stars: 0, position: 1 },
    newOn: '2025-03-14',
  };
}
