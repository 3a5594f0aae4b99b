import { describe, expect, it } from 'vitest';
import { parseHfDaily } from '../../src/sources/hf-daily.ts';
import { SourceError } from '../../src/sources/source.ts';

const DATE = '2024-05-27';

/** A row as the API gave it in 2024: few fields, hard line breaks. */
const oldRow = {
  paper: {
    id: '2405.00001',
    authors: [
      { name: 'Ada Kettle', hidden: false },
      { name: 'Ben River', status: 'claimed_verified', hidden: false },
    ],
    publishedAt: '2024-05-23T02:53:25.000Z',
    title: 'Slow Kettles:\n  A Survey',
    summary: 'We boil water\nagain, and gain 7\\% of heat.',
    upvotes: 7,
  },
  publishedAt: '2024-05-27T02:06:34.388Z',
  title: 'Slow Kettles: \\textsc{A Survey}',
  mediaUrl: 'https://cdn.example/2405.00001.png',
  numComments: 1,
};

/** A row as the API gives it in 2026. */
const newRow = {
  paper: {
    id: '2608.00002',
    authors: [
      { _id: 'x1', name: 'Cleo Clock', hidden: false, user: { fullname: 'Cleo', type: 'user' } },
      { _id: 'x2', name: 'Dan Hidden', hidden: true },
      { _id: 'x3' },
    ],
    publishedAt: '2026-08-13T00:00:00.000Z',
    submittedOnDailyAt: '2026-08-20T00:00:00.000Z',
    submittedOnDailyBy: { fullname: 'Eve Daily', name: 'eve' },
    title: 'Clocks that Count Themselves',
    summary: 'We count clocks.',
    upvotes: 54,
    discussionId: 'd',
    projectPage: 'https://clocks.example/',
    githubRepo: 'https://github.com/tick/tock',
    githubStars: 15,
    ai_summary: 'Counting.',
    ai_keywords: ['Clocks', 'counting', 'clocks'],
    organization: { name: 'TickLab', fullname: 'The Tick Laboratory' },
  },
  publishedAt: '2026-08-12T20:00:00.000Z',
  title: 'Clocks that Count Themselves',
  summary: 'We count clocks.',
  numComments: 2,
  submittedBy: { fullname: 'Fay Submitter', name: 'fay', type: 'user', isPro: false },
  organization: { name: 'Other' },
  isAuthorParticipating: true,
};

function only(row: unknown) {
  return parseHfDaily([row], { date: DATE });
}

function changed(paper: Record<string, unknown>, outer: Record<string, unknown> = {}) {
  return only({ ...newRow, ...outer, paper: { ...newRow.paper, ...paper } });
}

describe('parseHfDaily', () => {
  it('reads the rows of 2024', () => {
    expect(only(oldRow)).toEqual({
      rejections: [],
      listings: [
        {
          record: {
            arxivId: '2405.00001',
            title: 'Slow Kettles: A Survey',
            abstract: 'We boil water again, and gain 7% of heat.',
            authors: ['Ada Kettle', 'Ben River'],
            topics: [],
            categories: [],
            publishedAt: '2024-05-23T02:53:25.000Z',
            listedOn: DATE,
          },
          signal: { upvotes: 7, comments: 1, stars: 0, position: 0 },
        },
      ],
    });
  });

  it('reads the rows of 2026, without hidden authors', () => {
    expect(only(newRow)).toEqual({
      rejections: [],
      listings: [
        {
          record: {
            arxivId: '2608.00002',
            title: 'Clocks that Count Themselves',
            abstract: 'We count clocks.',
            authors: ['Cleo Clock'],
            topics: ['Clocks', 'counting'],
            categories: [],
            codeUrl: 'https://github.com/tick/tock',
            projectUrl: 'https://clocks.example/',
            organisation: 'The Tick Laboratory',
            submittedBy: 'Fay Submitter',
            publishedAt: '2026-08-13T00:00:00.000Z',
            listedOn: DATE,
          },
          signal: { upvotes: 54, comments: 2, stars: 15, position: 0 },
        },
      ],
    });
  });

  it('needs no more than id, title and summary', () => {
    const { listings } = only({ paper: { id: '2405.00003v2', title: 'T', summary: 'S' } });
    expect(listings).toEqual([
      {
        record: {
          arxivId: '2405.00003',
          title: 'T',
          abstract: 'S',
          authors: [],
          topics: [],
          categories: [],
          listedOn: DATE,
        },
        signal: { upvotes: 0, comments: 0, stars: 0, position: 0 },
      },
    ]);
  });

  it('takes title and summary from the row when the paper lacks them', () => {
    const { listings } = changed({ title: null, summary: undefined });
    expect(listings[0]?.record).toMatchObject({ title: newRow.title, abstract: newRow.summary });
  });

  it('drops links that are not for following', () => {
    const { listings } = changed({
      projectPage: 'javascript:alert(1)',
      githubRepo: 'https://user:secret@github.com/tick/tock',
    });
    expect(listings[0]?.record).not.toHaveProperty('projectUrl');
    expect(listings[0]?.record).not.toHaveProperty('codeUrl');
  });

  it('does not lose a paper over an adornment of another type', () => {
    const { listings, rejections } = changed(
      { ai_keywords: 'clocks', organization: 'TickLab', githubStars: 'many', publishedAt: 7 },
      { submittedBy: 'fay' },
    );
    expect(rejections).toEqual([]);
    expect(listings[0]).toMatchObject({
      record: { topics: [], organisation: 'Other', submittedBy: 'Eve Daily' },
      signal: { stars: 0 },
    });
  });

  it('rejects a row with its number and field, and keeps the others', () => {
    const broken = [
      ['paper: is missing', { title: 'T' }],
      ['paper.id: is missing', { ...newRow, paper: { ...newRow.paper, id: undefined } }],
      ['paper.upvotes: expected number', { ...newRow, paper: { ...newRow.paper, upvotes: '9' } }],
      ['id: “not an id”', { ...newRow, paper: { ...newRow.paper, id: 'not an id' } }],
      ['title: is empty', { ...newRow, title: '', paper: { ...newRow.paper, title: '\u200b' } }],
      ['abstract: is empty', { paper: { id: '2405.00004', title: 'T' } }],
      ['the row: expected object', "{'paper': {'id': '2405.00005'}}"],
    ] as const;
    const body = [oldRow, ...broken.map(([, row]) => row), newRow];
    const { listings, rejections } = parseHfDaily(body, { date: DATE });
    expect(listings.map(({ record }) => record.arxivId)).toEqual(['2405.00001', '2608.00002']);
    expect(rejections).toEqual(
      broken.map(([why], index) => ({ at: index + 2, why: expect.stringContaining(why) })),
    );
  });

  it.each([[{ error: 'Invalid date' }], ['<html>'], [null], [undefined], [7]])(
    'refuses %j, which is no list',
    (body) => {
      expect(() => parseHfDaily(body, { date: DATE })).toThrow(SourceError);
    },
  );

  it('reads an empty list as a day without papers', () => {
    expect(parseHfDaily([], { date: DATE })).toEqual({ listings: [], rejections: [] });
  });

  it('refuses a day that is none', () => {
    expect(() => parseHfDaily([], { date: '2024-5-27' })).toThrow(/is no day/);
  });

  it.each([
    ['the day that a row of 2026 tells', newRow, '2026-08-20'],
    ['the day that a row of 2024 was put on the list', oldRow, '2024-05-27'],
    [
      'the day of now, when it tells none',
      { paper: { id: '2405.1', title: 'T', summary: 'S' } },
      '2026-08-21',
    ],
    [
      'the day of now, when it tells a later one',
      { ...oldRow, publishedAt: '2026-09-01T00:00:00.000Z' },
      '2026-08-21',
    ],
  ])('takes for listed, on a longer list: %s', (_what, row, day) => {
    const listed = { ...row, paper: { ...row.paper, id: '2405.00009' } };
    const { listings } = parseHfDaily([listed], { date: '2026-08-21', list: 'month' });
    expect(listings[0]?.record.listedOn).toBe(day);
  });
});
