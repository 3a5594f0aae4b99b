import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prepare } from '../../src/domain/compose/prepared.ts';
import { compose, type Wish } from '../../src/domain/compose.ts';
import { Preferences } from '../../src/domain/preferences.ts';
import { trendOrder } from '../../src/domain/rank/trend.ts';
import { candidate, edition } from '../support/papers.ts';

const wish = (preferences: Partial<Preferences> = {}, over: Partial<Wish> = {}): Wish => ({
  preferences: Preferences.parse(preferences),
  delivered: new Set(),
  lookbackDays: 1,
  ...over,
});
const three = prepare(
  edition([
    candidate({ id: 'a', title: 'Trends in Everything' }, { upvotes: 90 }),
    candidate(
      { id: 'b', title: 'Robots', abstract: 'We use diffusion models here.' },
      { upvotes: 9 },
    ),
    candidate({ id: 'c', title: 'A Diffusion Model for Maps' }, { upvotes: 3 }),
  ]),
);
const ids = (preferences: Partial<Preferences>, over: Partial<Wish> = {}) =>
  compose(three, wish(preferences, over)).map(({ paperId }) => paperId);

test('what meets the topics comes first, best match first, then what is trending', () => {
  expect(compose(three, wish({ topics: ['diffusion models'] }))).toEqual([
    { paperId: 'c', reason: { kind: 'topic', topics: ['diffusion models'] }, section: 'yours' },
    { paperId: 'b', reason: { kind: 'topic', topics: ['diffusion models'] }, section: 'yours' },
    {
      paperId: 'a',
      reason: { kind: 'trending', rank: 1, of: 3, upvotes: 90 },
      section: 'trending',
    },
  ]);
});

test('without topics the trend order is the order', () => {
  expect(ids({})).toEqual(['a', 'b', 'c']);
});

test('an excluded word leaves papers out', () => {
  expect(ids({ exclude: ['diffusion'] })).toEqual(['a']);
});

test('what an earlier digest brought never comes again', () => {
  expect(ids({ topics: ['diffusion'] }, { delivered: new Set(['c', 'a']) })).toEqual(['b']);
});

test('the layout or the reader limits the number of papers', () => {
  const many = prepare(
    edition(
      Array.from({ length: 60 }, (_, n) => candidate({ id: String(n), title: `Paper ${n}` })),
    ),
  );
  const count = (preferences: Partial<Preferences>) => compose(many, wish(preferences)).length;
  expect([count({}), count({ layout: 'compact' }), count({ papersMax: 3 })]).toEqual([10, 30, 3]);
});

test('only news since the last digest: a weekly reader gets the week', () => {
  const week = prepare(
    edition([
      candidate({ id: 'today' }),
      candidate({ id: 'monday' }, {}, '2025-03-10'),
      candidate({ id: 'last friday' }, {}, '2025-03-07'),
    ]),
  );
  const of = (lookbackDays: number) =>
    compose(week, wish({}, { lookbackDays })).map(({ paperId }) => paperId);
  expect(of(1)).toEqual(['today']);
  expect(of(7)).toEqual(['today', 'monday']);
});

test('the same papers make the same edition in whatever order they come', () => {
  const votes = fc.uniqueArray(
    fc.record({ id: fc.stringMatching(/^2503\.\d{5}$/), upvotes: fc.nat(3), position: fc.nat(4) }),
    { selector: ({ id }) => id, minLength: 2, maxLength: 30 },
  );
  const asOf = new Date('2025-03-14T05:00:00Z');
  fc.assert(
    fc.property(votes, fc.nat(29), (papers, turn) => {
      const candidates = papers.map(({ id, ...signal }) => candidate({ id }, signal));
      const turned = [...candidates.slice(turn), ...candidates.slice(0, turn)];
      expect(trendOrder(turned, asOf)).toEqual(trendOrder(candidates, asOf));
    }),
  );
});

test('votes fade: two days cost a paper more than seven times its votes', () => {
  const order = trendOrder(
    [
      candidate({ id: 'old', listedOn: '2025-03-12' }, { upvotes: 70 }),
      candidate({ id: 'new', listedOn: '2025-03-14' }, { upvotes: 10 }),
    ],
    new Date('2025-03-14T05:00:00Z'),
  );
  expect(order.map(({ paper }) => paper.id)).toEqual(['new', 'old']);
});

test('a page without votes keeps its own order', () => {
  const order = trendOrder(
    [candidate({ id: 'a' }, { position: 3 }), candidate({ id: 'z' }, { position: 1 })],
    new Date('2025-03-14T05:00:00Z'),
  );
  expect(order.map(({ paper }) => paper.id)).toEqual(['z', 'a']);
});
