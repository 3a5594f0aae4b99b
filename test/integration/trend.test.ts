import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { dayStandings } from '../../src/domain/rank/trend-prior.ts';
import { freezeEdition } from '../../src/freeze.ts';
import { savePapers } from '../../src/store/papers.ts';
import { trendHistory } from '../../src/store/trend.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { record, signal } from '../support/papers.ts';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
beforeEach(() => t.empty());
afterAll(() => t.close());

const AT = new Date('2025-03-02T04:00:00Z');
const listed = (n: number, listedOn: string, upvotes: number, authors = [`Author ${n % 7}`]) => ({
  record: record({
    arxivId: `2503.${String(n).padStart(5, '0')}`,
    title: `Paper ${n}`,
    authors,
    listedOn,
  }),
  signal: signal({ upvotes }),
});
const month = Array.from({ length: 120 }, (_, n) =>
  listed(n, `2025-02-${String(1 + (n % 20)).padStart(2, '0')}`, n % 7 === 3 ? 30 : 1 + (n % 4)),
);
const people = [{ authors: ['Author 3', 'Author 4'] }];

it('sums up what the domain sums up, day by day, and only days that are three days old', async () => {
  await savePapers(t.app.db, 'hf-daily', month, AT);
  const { papers, usual, standings } = await trendHistory(t.app.db, people, '2025-02-20');
  const upTo17 = Array.from({ length: 17 }, (_, n) => `2025-02-${String(n + 1).padStart(2, '0')}`);
  const each = upTo17.map((day) =>
    dayStandings(
      month
        .filter(({ record: { listedOn } }) => listedOn === day)
        .map(({ record: paper, signal: { upvotes } }) => ({ paper, source: 'hf-daily', upvotes })),
    ),
  );
  expect(papers).toBe(each.reduce((sum, day) => sum + day.papers, 0));
  expect(usual).toBeCloseTo(each.reduce((sum, day) => sum + day.usual * day.papers, 0) / papers, 5);
  expect([...standings.keys()].sort()).toEqual(['author:author 3', 'author:author 4']);
  const own = each.reduce((sum, day) => sum + (day.standings.get('author:author 3')?.sum ?? 0), 0);
  expect(standings.get('author:author 3')?.sum).toBeCloseTo(own, 4);
  expect(await trendHistory(t.app.db, people, '2025-02-20')).toEqual({ papers, usual, standings });
});

it('counts a history that is read in late, and forgets it after 180 days', async () => {
  expect((await trendHistory(t.app.db, people, '2025-03-14')).papers).toBe(0);
  await savePapers(t.app.db, 'hf-daily', month.slice(0, 60), AT);
  expect((await trendHistory(t.app.db, people, '2025-03-14')).papers).toBe(60);
  await savePapers(t.app.db, 'hf-daily', month, AT);
  expect((await trendHistory(t.app.db, people, '2025-03-14')).papers).toBe(120);
  expect((await trendHistory(t.app.db, people, '2025-10-14')).papers).toBe(0);
});

it('an edition before the votes puts known people first, and keeps why', async () => {
  await savePapers(t.app.db, 'hf-daily', month, AT);
  const today = [
    listed(900, '2025-03-14', 0, ['Nobody Yet']),
    listed(901, '2025-03-14', 0, ['Author 3']),
  ];
  await savePapers(t.app.db, 'hf-daily', today, new Date('2025-03-14T04:00:00Z'));
  const { edition } = await freezeEdition(t.app, 'daily', '2025-03-14');
  expect(edition.candidates.map(({ paper }) => paper.authors[0])).toEqual([
    'Author 3',
    'Nobody Yet',
  ]);
  const [first] = edition.candidates;
  expect(first?.trend).toMatchObject({ votes: 0, by: 'missing', prior: { papers: 17 } });
  expect(first).not.toHaveProperty('source');
});

it('a look of a day before tells which votes are new', async () => {
  const at = (text: string) => new Date(text);
  await savePapers(t.app.db, 'hf-daily', [listed(1, '2025-03-12', 10)], at('2025-03-12T12:00:00Z'));
  await savePapers(t.app.db, 'hf-daily', [listed(1, '2025-03-12', 16)], at('2025-03-14T04:00:00Z'));
  const { edition } = await freezeEdition(t.app, 'daily', '2025-03-14');
  expect(edition.candidates[0]?.trend).toMatchObject({ votes: 16, rising: 6, by: 'counted' });
});
