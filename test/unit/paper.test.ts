import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  arxivId,
  doi,
  mergeRecords,
  paperId,
  paperKeys,
  paperUrl,
  samePaper,
} from '../../src/domain/paper.ts';
import { record } from '../support/papers.ts';

describe('arXiv ids', () => {
  test.each([
    ['2503.01234', '2503.01234'],
    ['2503.01234v2', '2503.01234'],
    [' 2503.01234V12 ', '2503.01234'],
    ['0704.0001', '0704.0001'],
    ['arXiv:2503.01234v1', '2503.01234'],
    ['ARXIV:2503.01234', '2503.01234'],
    ['https://arxiv.org/abs/2503.01234v3', '2503.01234'],
    ['http://www.arxiv.org/pdf/2503.01234.pdf', '2503.01234'],
    ['https://arxiv.org/pdf/2503.01234v2.pdf', '2503.01234'],
    ['https://arxiv.org/html/2503.01234v1', '2503.01234'],
    ['https://export.arxiv.org/abs/2503.01234', '2503.01234'],
    ['oai:arXiv.org:2503.01234', '2503.01234'],
    ['cs/0112017', 'cs/0112017'],
    ['cs/0112017v2', 'cs/0112017'],
    ['math.GT/0309136', 'math/0309136'],
    ['hep-th/9901001', 'hep-th/9901001'],
    ['https://arxiv.org/abs/cond-mat/0211034v1', 'cond-mat/0211034'],
    ['10.48550/arXiv.2503.01234', '2503.01234'],
    ['https://doi.org/10.48550/arXiv.2503.01234', '2503.01234'],
  ])('%s is %s', (text, id) => {
    expect(arxivId(text)).toBe(id);
  });

  test.each([
    '',
    '2503',
    '2503.123',
    '2503.123456',
    '25030.1234',
    'a2503.01234',
    '2503.01234x',
    '2503.01234v',
    '10.1234/2503.01234',
    'https://example.org/abs/2503.01234',
    'https://arxiv.org/list/cs.CL/2503',
    'cs/011201',
    '../0112017',
    '2503.01234\n2503.01235',
  ])('%j is none', (text) => {
    expect(arxivId(text)).toBeUndefined();
  });

  test('a canonical id is its own canonical id', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(\d{4}\.\d{5}|[a-z]{2,8}\/\d{7})$/), (id) => {
        expect(arxivId(id)).toBe(id);
      }),
    );
  });
});

describe('DOIs', () => {
  test.each([
    ['10.1234/ABC.def', '10.1234/abc.def'],
    ['doi:10.1234/abc', '10.1234/abc'],
    ['https://doi.org/10.1234/abc', '10.1234/abc'],
    ['http://dx.doi.org/10.1145/3292500.3330701', '10.1145/3292500.3330701'],
    ['10.1000/(sici)1-2', '10.1000/(sici)1-2'],
  ])('%s is %s', (text, expected) => {
    expect(doi(text)).toBe(expected);
  });

  test.each([
    '',
    '10.1234',
    '10.12/x',
    '11.1234/x',
    '10.1234/',
    '10.1234/a b',
    'https://x.org/10.1234/a',
  ])('%j is none', (text) => {
    expect(doi(text)).toBeUndefined();
  });
});

describe('the names of a paper', () => {
  test('are its arXiv id, its DOI and its title, strongest first; the strongest is its id', () => {
    const named = record({ arxivId: '2503.01234', doi: '10.1234/a', title: 'Kettle' });
    const title = expect.stringMatching(/^title:[0-9a-f]{16}$/);
    expect(paperKeys(named)).toEqual([
      'arxiv:2503.01234',
      'doi:10.1234/a',
      expect.stringMatching(/^by:/),
      title,
    ]);
    expect(paperId(named)).toBe('2503.01234');
    expect(paperId({ ...record({ doi: '10.1234/a' }) })).toBe('10.1234/a');
    expect(paperId(record())).toMatch(/^title:/);
  });

  test.each([
    ['KETTLE: a study', 'Kettle: A Study'],
    ['Kettle - a   study.', 'Kettle: A Study'],
    ['Schrodinger Bridges', 'Schrödinger Bridges'],
  ])('%s is the title %s', (one, other) => {
    expect(paperKeys(record({ title: one }))).toEqual(paperKeys(record({ title: other })));
  });

  test('titles that differ in a word, or in a script that is not ours, have other names', () => {
    const titles = ['Kettle 1', 'Kettle 2', 'Kettles', '茶', '水', 'α', 'β'];
    const keys = titles.map((title) => paperKeys(record({ title })).at(-1));
    expect(new Set(keys).size).toBe(titles.length);
  });

  test('where to read it: arXiv, else the DOI, else the link of the source', () => {
    const url = 'https://example.org/p';
    expect(paperUrl({ arxivId: 'cs/0112017', doi: '10.1/x', url })).toBe(
      'https://arxiv.org/abs/cs/0112017',
    );
    expect(paperUrl({ doi: '10.1234/x', url })).toBe('https://doi.org/10.1234/x');
    expect(paperUrl({ url })).toBe(url);
    expect(paperUrl({})).toBeUndefined();
  });
});

describe('two records with one title', () => {
  const nobody = { authors: [] };
  test.each([
    ['nothing else is known', nobody, nobody, true],
    ['one has an arXiv id', { ...nobody, arxivId: '2503.00001' }, nobody, true],
    ['the arXiv ids agree', { ...nobody, arxivId: 'a' }, { authors: ['X'], arxivId: 'a' }, true],
    ['the arXiv ids differ', { ...nobody, arxivId: 'a' }, { ...nobody, arxivId: 'b' }, false],
    ['the DOIs differ', { ...nobody, doi: 'a' }, { ...nobody, doi: 'b' }, false],
    ['the first authors agree', { authors: ['Ada B. Okafor'] }, { authors: ['A. Okafor'] }, true],
    ['the accents differ', { authors: ['E. Schrödinger'] }, { authors: ['E. Schrodinger'] }, true],
    ['the first authors differ', { authors: ['Ada Okafor'] }, { authors: ['Bob Berg'] }, false],
    ['one names no author', { authors: ['Ada Okafor'] }, nobody, true],
  ])('are the same paper or not: %s', (_, one, other, same) => {
    expect(samePaper(one, other)).toBe(same);
    expect(samePaper(other, one)).toBe(same);
  });
});

describe('merging', () => {
  const known = record({
    arxivId: '2503.00001',
    authors: ['Ada'],
    topics: ['tea'],
    categories: ['cs.CL'],
    codeUrl: 'https://x.org/',
    listedOn: '2025-03-14',
  });

  test('later words win, and what the later record lacks stays', () => {
    const seen = record({ title: 'Renamed', abstract: 'New.', authors: [], doi: '10.1/a' });
    expect(mergeRecords(known, seen)).toEqual({
      ...known,
      title: 'Renamed',
      abstract: 'New.',
      doi: '10.1/a',
    });
  });

  test('lists that the later record has replace the known ones', () => {
    const seen = record({ authors: ['Bob'], topics: ['milk'], categories: ['cs.AI'] });
    expect(mergeRecords(known, seen)).toMatchObject({
      authors: ['Bob'],
      topics: ['milk'],
      categories: ['cs.AI'],
    });
  });

  test('the first listing day stays, whichever record comes first', () => {
    const later = record({ ...known, listedOn: '2025-03-20' });
    expect(mergeRecords(known, later).listedOn).toBe('2025-03-14');
    expect(mergeRecords(later, known).listedOn).toBe('2025-03-14');
  });

  test('the same record again changes nothing', () => {
    expect(mergeRecords(known, known)).toEqual(known);
  });
});
