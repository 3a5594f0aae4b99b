import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Trending, trendOrder, trendScore } from '../../src/domain/rank/trend.ts';
import {
  dayStandings,
  HISTORY_PAPERS_MIN,
  standingKeys,
  type TrendHistory,
  trendPrior,
} from '../../src/domain/rank/trend-prior.ts';
import { candidate, paper } from '../support/papers.ts';

const asOf = new Date('2025-03-14T05:00:00Z');
const ada = { papers: 6, sum: 9 };
const history: TrendHistory = {
  papers: HISTORY_PAPERS_MIN,
  usual: Math.log1p(8),
  standings: new Map([['author:ada okafor', ada]]),
};
const ids = (candidates: readonly { readonly paper: { readonly id: string } }[]) =>
  candidates.map(({ paper: { id } }) => id);
const nobody = { authors: ['Nobody Yet'] };

describe('while nobody has voted', () => {
  it('people whose papers did well come first, then who shows code', () => {
    const order = trendOrder(
      [
        candidate({ id: 'plain', ...nobody }),
        candidate({ id: 'code', ...nobody, codeUrl: 'https://github.com/a/b' }),
        candidate({ id: 'ada' }),
      ],
      asOf,
      history,
    );
    expect(ids(order)).toEqual(['ada', 'code', 'plain']);
    expect(order.map(({ trend }) => trend?.by)).toEqual(['missing', 'missing', 'missing']);
  });

  it('a ranked page keeps its own order', () => {
    const pages = [
      candidate({ id: 'second' }, { position: 2 }),
      candidate({ id: 'first', ...nobody }, { position: 1 }),
    ];
    expect(ids(trendOrder(pages, asOf, history))).toEqual(['first', 'second']);
  });

  it('a short history predicts nothing', () => {
    const short = { ...history, papers: HISTORY_PAPERS_MIN - 1 };
    expect(trendPrior(paper(), short)).toBeUndefined();
    expect(
      ids(trendOrder([candidate({ id: 'b' }), candidate({ id: 'a', ...nobody })], asOf, short)),
    ).toEqual(['a', 'b']);
  });

  it('votes on one list leave another list as it is', () => {
    const of = (source: string, id: string, upvotes: number): Trending => ({
      ...candidate({ id }, { upvotes }),
      source,
    });
    const order = trendOrder(
      [of('hf-daily', 'a', 4), of('hf-daily', 'b', 0), of('arxiv', 'c', 0)],
      asOf,
      history,
    );
    const by = new Map(order.map(({ paper: { id }, trend }) => [id, trend?.by]));
    expect(by).toEqual(
      new Map([
        ['a', 'counted'],
        ['b', 'counted'],
        ['c', 'missing'],
      ]),
    );
  });
});

describe('once there are votes', () => {
  it('no prior outweighs a single vote or comment', () => {
    const score = fc.record({
      votes: fc.nat(500),
      comments: fc.nat(50),
      expected: fc.double({ min: 0, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(score, ({ votes, comments, expected }) => {
        const base = { rising: 0, ageDays: 1, by: 'counted' as const };
        const liked = trendScore({ ...base, votes, comments, expected });
        expect(trendScore({ ...base, votes: votes + 1, comments, expected: 0 })).toBeGreaterThan(
          liked,
        );
        expect(trendScore({ ...base, votes, comments: comments + 1, expected: 0 })).toBeGreaterThan(
          liked,
        );
      }),
    );
  });

  it('equal votes are decided by what is expected', () => {
    const voted = [
      candidate({ id: 'a', ...nobody }, { upvotes: 3 }),
      candidate({ id: 'z' }, { upvotes: 3 }),
    ];
    expect(ids(trendOrder(voted, asOf, history))).toEqual(['z', 'a']);
  });

  it('of two old papers with equal votes, the one that still rises comes first', () => {
    const old = (id: string, earlier: number): Trending => ({
      ...candidate({ id, listedOn: '2025-03-11' }, { upvotes: 20 }),
      earlier,
    });
    const order = trendOrder([old('asleep', 20), old('rising', 8)], asOf);
    expect(ids(order)).toEqual(['rising', 'asleep']);
    expect(order.map(({ trend }) => trend?.rising)).toEqual([12, 0]);
  });

  it('a paper that nobody looked at before rose evenly', () => {
    const [one] = trendOrder([candidate({ listedOn: '2025-03-10' }, { upvotes: 21 })], asOf);
    expect(one?.trend?.rising).toBe(4.99);
  });
});

it('prints what it was computed from: the score follows from it', () => {
  const [one] = trendOrder([candidate({}, { upvotes: 5, comments: 2 })], asOf, history);
  const { score, prior, ...input } = one?.trend ?? expect.fail('no trend');
  expect(trendScore(input)).toBe(score);
  const { score: sum, papers, ...parts } = prior ?? expect.fail('no prior');
  expect(papers).toBe(ada.papers);
  expect(Object.values(parts).reduce((a, b) => a + b, 0.26)).toBeCloseTo(sum, 3);
});

describe('history', () => {
  it('leaves out a list without votes, and tells a day from another', () => {
    const quiet = { paper: paper(), source: 'arxiv', upvotes: 0 };
    expect(dayStandings([quiet, quiet]).papers).toBe(0);
    const { papers, standings } = dayStandings([
      { paper: paper(), source: 'hf-daily', upvotes: 9 },
      { paper: paper(nobody), source: 'hf-daily', upvotes: 0 },
      quiet,
    ]);
    expect(papers).toBe(2);
    expect(standings.get('author:ada okafor')?.sum).toBeCloseTo(Math.log1p(9) / 2);
    expect(standings.get('author:nobody yet')?.sum).toBeCloseTo(-Math.log1p(9) / 2);
  });

  it('knows people by name, whatever the case, and the owner of code', () => {
    const { authors, ...rest } = paper({
      authors: ['Ada  OKAFOR', 'ada okafor'],
      organisation: 'Tea Lab',
      submittedBy: 'Bea',
      codeUrl: 'https://github.com/TeaLab/pot',
    });
    expect(standingKeys({ authors, ...rest })).toEqual([
      'author:ada okafor',
      'organisation:tea lab',
      'submitter:bea',
      'code:tealab',
    ]);
  });

  it('a list of 3,303 authors costs fifty', () => {
    const authors = Array.from({ length: 3_303 }, (_, n) => `Author ${n}`);
    expect(standingKeys({ authors })).toHaveLength(50);
    expect(standingKeys({ authors }).at(-1)).toBe('author:author 3302');
  });
});

it('one like more for somebody never lowers what is expected of them', () => {
  const standing = fc.record({
    papers: fc.integer({ min: 1, max: 50 }),
    sum: fc.double({ min: -50, max: 50, noNaN: true }),
  });
  fc.assert(
    fc.property(standing, (one) => {
      const of = (sum: number) =>
        trendPrior(paper(), {
          ...history,
          standings: new Map([['author:ada okafor', { ...one, sum }]]),
        })?.score ?? 0;
      expect(of(one.sum + 1)).toBeGreaterThanOrEqual(of(one.sum));
      expect(Number.isFinite(of(one.sum))).toBe(true);
    }),
  );
});
