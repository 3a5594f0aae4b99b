import { describe, expect, it } from 'vitest';
import type { JsonlOptions } from '../../src/sources/jsonl.ts';
import { lines, paperFiles } from '../support/paper-files.ts';

const { read } = paperFiles();

const row = { id: '2503.00001', title: 'Kettles', abstract: 'We boil.', listedOn: '2025-03-14' };

/** Why the only row, with these fields changed, is rejected. */
async function whyNot(fields: Record<string, unknown>): Promise<string | undefined> {
  const { rejections } = await read(lines({ ...row, ...fields }));
  return rejections[0]?.why;
}

/** The record of the only row, with these fields changed. */
async function recordOf(fields: Record<string, unknown>, options: JsonlOptions = {}) {
  const { listings } = await read(lines({ ...row, ...fields }), options);
  return listings[0]?.record;
}

describe('readJsonl', () => {
  it('reads every field', async () => {
    const full = {
      ...row,
      title: 'Na\\"ive\n  Kettles',
      authors: ["Andr\\'e Kettle", ' ', 'Ben\u200b River'],
      publishedAt: '2025-03-12T09:00:00+02:00',
      upvotes: 3,
      numComments: 2,
      githubRepo: 'https://github.com/tick/tock',
      githubStars: 15,
      projectPage: 'http://kettles.example',
      aiKeywords: ['Heat', 'water'],
      topics: ['heat'],
      organization: 'Tick Lab',
      submittedBy: 'Fay',
      categories: ['cs.CL', 'I.2.7', 'math', '68T05, 68T07', 'cs.CL', 'cond-mat.mtrl-sci'],
      doi: 'https://doi.org/10.1000/ABC',
      url: 'https://papers.example/1',
      position: 4,
      comment: null,
      unknown: { a: 1 },
    };
    expect(await read(lines(full))).toEqual({
      rejections: [],
      listings: [
        {
          record: {
            arxivId: '2503.00001',
            doi: '10.1000/abc',
            title: 'Naïve Kettles',
            abstract: 'We boil.',
            authors: ['André Kettle', 'Ben River'],
            topics: ['heat', 'water'],
            categories: ['cs.CL', 'math', 'cond-mat.mtrl-sci'],
            url: 'https://papers.example/1',
            codeUrl: 'https://github.com/tick/tock',
            projectUrl: 'http://kettles.example/',
            organisation: 'Tick Lab',
            submittedBy: 'Fay',
            publishedAt: '2025-03-12T07:00:00.000Z',
            listedOn: '2025-03-14',
          },
          signal: { upvotes: 3, comments: 2, stars: 15, position: 4 },
        },
      ],
    });
  });

  it('needs no more than a title and an abstract, and the day from the caller', async () => {
    const { listings, rejections } = await read('{"title":"T","abstract":"A"}', {
      date: '2025-03-14',
    });
    expect(rejections).toEqual([]);
    expect(listings[0]?.record).toEqual({
      title: 'T',
      abstract: 'A',
      authors: [],
      topics: [],
      categories: [],
      listedOn: '2025-03-14',
    });
  });

  it('knows arXiv ids, arXiv links and DOIs as ids', async () => {
    const ids = ['arXiv:2503.00001v2', 'https://arxiv.org/pdf/2503.00001v1.pdf', 'cs.LG/0112017'];
    for (const id of ids) expect.soft(await recordOf({ id })).toHaveProperty('arxivId');
    expect(await recordOf({ id: 'doi:10.1000/XY' })).toMatchObject({ doi: '10.1000/xy' });
    expect(await whyNot({ id: 'https://example.org/7' })).toMatch(/^id: .*neither an arXiv id/);
    expect(await whyNot({ id: 2503.00001 })).toMatch(/^id: expected string/);
    expect(await whyNot({ doi: 'ten' })).toBe('doi: “ten” is no DOI');
  });

  it('takes the day of the row first, and the caller’s for a day without its year', async () => {
    const date = '2025-01-01';
    expect(await recordOf({}, { date })).toMatchObject({ listedOn: '2025-03-14' });
    expect(await recordOf({ listedOn: null }, { date })).toMatchObject({ listedOn: date });
    expect(await recordOf({ listedOn: '03-14' }, { date })).toMatchObject({ listedOn: date });
    expect(await whyNot({ listedOn: undefined })).toMatch(/^listedOn: .*--date/);
    await expect(read(lines(row), { date: 'today' })).rejects.toThrow(/is no day/);
  });

  it('rejects a line with its number and the field, and keeps the others', async () => {
    const bad = [
      ['the line is no JSON: {"title"', '{"title": '],
      ['the row: expected object', '["list"]'],
      ['title: is missing', { ...row, title: undefined }],
      ['title: is empty', { ...row, title: ' \u200b\\cite{x}' }],
      ['abstract: expected string', { ...row, abstract: 7 }],
      ['abstract: is empty', { ...row, abstract: '' }],
      ['authors: expected array', { ...row, authors: 'A, B' }],
      ['upvotes: ', { ...row, upvotes: -1 }],
      ['listedOn: expected a day', { ...row, listedOn: '2025-02-30' }],
      ['publishedAt: expected a day or an instant', { ...row, publishedAt: 'in March' }],
    ] as const;
    const { listings, rejections } = await read(lines(row, ...bad.map(([, line]) => line), row));
    expect(listings).toHaveLength(2);
    expect(rejections).toEqual(
      bad.map(([why], index) => ({ at: index + 2, why: expect.stringContaining(why) })),
    );
  });

  it('skips empty lines but numbers the others as an editor does', async () => {
    const { listings, rejections } = await read(`\r\n\n${lines(row)} \t\r\nbroken\r\n\n`);
    expect(listings).toHaveLength(1);
    expect(rejections.map(({ at }) => at)).toEqual([5]);
  });

  it('bears a byte order mark, a last line without line feed, and bytes that are no UTF-8', async () => {
    const broken = Buffer.concat([
      Buffer.from(`\ufeff${lines(row)}{"title":"K`),
      Buffer.from([0xff]),
      Buffer.from('ttle","abstract":"A","listedOn":"2025-03-14"}'),
    ]);
    const { listings, rejections } = await read(broken);
    expect(rejections).toEqual([]);
    expect(listings.map(({ record }) => record.title)).toEqual(['Kettles', 'K\ufffdttle']);
  });

  it('cuts what is too long, and keeps a long list of authors whole', async () => {
    const authors = Array.from({ length: 5_001 }, (_, index) => `Author ${index}`);
    const record = await recordOf({
      title: 'word '.repeat(200),
      abstract: 'word '.repeat(5_000),
      authors,
    });
    expect(record?.title).toMatch(/word…$/);
    expect(record?.title.length).toBeLessThanOrEqual(500);
    expect(record?.abstract).toMatch(/word…$/);
    expect(record?.abstract.length).toBeLessThanOrEqual(20_000);
    expect(record?.authors).toEqual(authors.slice(0, 5_000));
  });

  it('lists at most a thousand rejections and counts the rest', async () => {
    const { rejections } = await read('no\n'.repeat(2_500));
    expect(rejections).toHaveLength(1_001);
    expect(rejections.at(-1)).toEqual({
      at: 1_000,
      why: '1500 more lines after this one cannot be read',
    });
  });
});
