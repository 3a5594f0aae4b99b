import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { LibraryFileError } from '../../src/library/entry.ts';
import { parseLibrary } from '../../src/library/parse.ts';
import { linear } from '../support/linear-time.ts';

const BYTES_MAX = 20_000_000;
const parse = (text: string) => parseLibrary(new TextEncoder().encode(text), BYTES_MAX);
const titles = (text: string) => parse(text).entries.map(({ title }) => title);

describe('BibTeX', () => {
  it('has fields in braces, in quotes, as numbers and as macros that are put together', () => {
    const { format, entries, refused } = parse(`
This is a comment.
@string{jmlr = "Journal of "}
@Article{ada2024,
  author = {Okafor, Ada and Silva, Bruno},
  title = {{BERT} and {Kettles} of \\"Uber},
  abstract = "A {"}quoted{"} word",
  year = 2024,
  journal = jmlr # "Tea",
  doi = {10.1000/xyz.1},
  date-added = {2024-05-01 10:00:00 +0200},
}
@misc(bea, title = "No closing comma", eprint = {2403.00001v2}, archivePrefix = {arXiv})
@comment{ @article{not, title={Not}} }
@preamble{"\\newcommand{\\x}{}"}
@inproceedings{c, title={Seen}, note={arXiv preprint arXiv:2401.12345}, crossref={x}}`);
    expect([format, refused]).toEqual(['bibtex', []]);
    expect(entries).toMatchObject([
      {
        at: 4,
        title: '{BERT} and {Kettles} of \\"Uber',
        abstract: 'A {"}quoted{"} word',
        author: 'Ada Okafor',
        doi: '10.1000/xyz.1',
        year: 2024,
      },
      { at: 13, arxivId: '2403.00001', title: 'No closing comma' },
      { at: 16, arxivId: '2401.12345' },
    ]);
    expect(entries[0]?.added).toEqual(new Date('2024-05-01T08:00:00Z'));
  });

  it('refuses a flawed entry with its line and keeps the others', () => {
    const { entries, refused } = parse(
      [
        '@article{a, title={One}}',
        '@article{b, title={Never closed,',
        '  year=2020}',
        '@article{c, title={Three}}',
        '@article{d, title}',
        '@article{e, year=2020}',
        '@article{f, title="Open}',
        '@article{g, title={Seven}}',
      ].join('\n'),
    );
    expect(entries.map(({ at, title }) => [at, title])).toEqual([
      [1, 'One'],
      [4, 'Three'],
      [8, 'Seven'],
    ]);
    expect(refused).toEqual([
      { at: 2, why: 'unclosed' },
      { at: 5, why: 'malformed' },
      { at: 6, why: 'nameless' },
      { at: 7, why: 'unclosed' },
    ]);
  });
});

test('RIS: tags, lines that go on, a missing end', () => {
  const { format, entries, refused } = parse(
    [
      'stray words',
      'TY  - JOUR',
      'TI  - Kettles that',
      'learn slowly',
      'AU  - Okafor, Ada',
      'AU  - Silva, Bruno',
      'AB  - They do.',
      'PY  - 2023/05/01',
      'DO  - https://doi.org/10.1000/XYZ.2',
      'ER  - ',
      'TY  - JOUR',
      'T1  - No end',
      'UR  - http://arxiv.org/abs/2305.00002v1',
      'TY  - JOUR',
      'PY  - 1999',
      'ER  -',
    ].join('\r\n'),
  );
  expect(format).toBe('ris');
  expect(entries).toMatchObject([
    {
      at: 2,
      title: 'Kettles that learn slowly',
      author: 'Ada Okafor',
      doi: '10.1000/xyz.2',
      year: 2023,
      abstract: 'They do.',
    },
    { at: 11, title: 'No end', arxivId: '2305.00002' },
  ]);
  expect(refused).toEqual([
    { at: 1, why: 'malformed' },
    { at: 14, why: 'nameless' },
  ]);
});

test('Zotero RDF: items with ids in themselves or in their journal; no attachments, notes and collections', () => {
  const { format, entries, refused } = parse(`<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:bib="http://purl.org/net/biblio#" xmlns:foaf="http://xmlns.com/foaf/0.1/">
 <bib:Article rdf:about="#1"><z:itemType>journalArticle</z:itemType>
  <dcterms:isPartOf><bib:Journal><dc:title>Tea</dc:title><dc:identifier>DOI 10.1000/abc</dc:identifier></bib:Journal></dcterms:isPartOf>
  <bib:authors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Okafor</foaf:surname><foaf:givenName>Ada</foaf:givenName></foaf:Person></rdf:li></rdf:Seq></bib:authors>
  <dc:title>Kettles &amp; cups</dc:title><dcterms:abstract>They hold.</dcterms:abstract><dc:date>2021-03</dc:date>
  <dcterms:dateSubmitted>2022-01-02 03:04:05</dcterms:dateSubmitted></bib:Article>
 <rdf:Description rdf:about="#2"><z:itemType>preprint</z:itemType><dc:title>Cups</dc:title>
  <dc:identifier><dcterms:URI><rdf:value>http://arxiv.org/abs/2101.00003</rdf:value></dcterms:URI></dc:identifier></rdf:Description>
 <z:Attachment rdf:about="#3"><z:itemType>attachment</z:itemType><dc:title>PDF</dc:title></z:Attachment>
 <bib:Memo rdf:about="#4"><rdf:value>a note</rdf:value></bib:Memo>
 <rdf:Description rdf:about="#5"><z:itemType>book</z:itemType></rdf:Description>
 <z:Collection rdf:about="#6"><dc:title>Mine</dc:title></z:Collection>
</rdf:RDF>`);
  expect(format).toBe('rdf');
  expect(entries).toMatchObject([
    {
      at: 1,
      title: 'Kettles & cups',
      abstract: 'They hold.',
      author: 'Ada Okafor',
      doi: '10.1000/abc',
      year: 2021,
      added: new Date('2022-01-02T03:04:05Z'),
    },
    { at: 2, title: 'Cups', arxivId: '2101.00003' },
  ]);
  expect(refused).toEqual([{ at: 3, why: 'nameless' }]);
});

test('CSL-JSON: a list of items, flawed ones refused by number', () => {
  const items = [
    {
      type: 'article',
      title: 'Kettles',
      abstract: 'They boil.',
      DOI: '10.1000/K',
      author: [{ family: 'Okafor', given: 'Ada' }],
      issued: { 'date-parts': [['2020', 5]] },
    },
    'no item',
    { title: 'Cups', number: 'arXiv:2101.00004', author: 'not a list' },
    { type: 'book' },
  ];
  const { format, entries, refused } = parse(JSON.stringify(items));
  expect(format).toBe('csl');
  expect(entries).toMatchObject([
    { at: 1, title: 'Kettles', author: 'Ada Okafor', doi: '10.1000/k', year: 2020 },
    { at: 3, title: 'Cups', arxivId: '2101.00004' },
  ]);
  expect(refused).toEqual([
    { at: 2, why: 'malformed' },
    { at: 4, why: 'nameless' },
  ]);
  expect(titles(JSON.stringify({ items }))).toEqual(['Kettles', 'Cups']);
});

test('ORCID: works, alone and within the whole record, ids of every service that told them', () => {
  const id = (type: string, value: string) => ({
    'external-id-type': type,
    'external-id-value': value,
  });
  const group = [
    {
      'external-ids': { 'external-id': [id('doi', '10.1000/ORCID')] },
      'work-summary': [
        {
          title: { title: { value: 'Kettles' } },
          'publication-date': { year: { value: '2019' } },
          url: null,
        },
      ],
    },
    {
      'work-summary': [
        {
          title: { title: { value: 'Cups' } },
          'external-ids': { 'external-id': [id('arxiv', 'arXiv:1901.00001')] },
        },
      ],
    },
    { 'work-summary': [] },
  ];
  for (const body of [{ group }, { 'activities-summary': { works: { group } } }]) {
    const { format, entries, refused } = parse(JSON.stringify(body));
    expect(format).toBe('orcid');
    expect(entries).toMatchObject([
      { title: 'Kettles', doi: '10.1000/orcid', year: 2019 },
      { title: 'Cups', arxivId: '1901.00001' },
    ]);
    expect(refused).toEqual([{ at: 3, why: 'malformed' }]);
  }
});

test('a list: ids, links and DOIs, several a line, with remarks', () => {
  const { format, entries, refused } = parse(`# mine
2503.00001, arXiv:2503.00002v3 https://arxiv.org/pdf/2503.00003.pdf
https://doi.org/10.1000/XyZ  # a remark
10.48550/arXiv.2503.00004
hep-th/9901001
nothing of that kind
`);
  expect(format).toBe('list');
  expect(entries.map(({ at, arxivId, doi }) => [at, arxivId ?? doi])).toEqual([
    [2, '2503.00001'],
    [2, '2503.00002'],
    [2, '2503.00003'],
    [3, '10.1000/xyz'],
    [4, '2503.00004'],
    [5, 'hep-th/9901001'],
  ]);
  expect(refused).toEqual([{ at: 6, why: 'noId' }]);
});

describe('a file that is no library', () => {
  const whyOf = (bytes: Uint8Array) => {
    try {
      parseLibrary(bytes, 1_000);
    } catch (error) {
      return error instanceof LibraryFileError ? error.why : error;
    }
    return undefined;
  };
  const text = (words: string) => new TextEncoder().encode(words);
  test.each([
    ['empty', text(' \n')],
    ['unreadable', text('[{"title": "cut')],
    ['unreadable', text('{"some": "thing"}')],
    ['unreadable', text('<html><body>no</body></html>')],
    ['unreadable', text('<rdf:RDF><rdf:Description>')],
    ['unreadable', new Uint8Array([0x25, 0x50, 0x44, 0x46, 0, 1, 2])],
    ['tooLarge', new Uint8Array(1_001)],
  ] as const)('is %s', (why, bytes) => {
    expect(whyOf(bytes)).toBe(why);
  });
});

test('other encodings: UTF-16 with its mark, and what Windows wrote before', () => {
  const wide = new Uint8Array(Buffer.from('\ufeff@misc{a, title={Tée}}', 'utf16le'));
  expect(parseLibrary(wide, BYTES_MAX).entries[0]?.title).toBe('Tée');
  const latin = new Uint8Array(Buffer.from('@misc{a, title={Tée}}', 'latin1'));
  expect(parseLibrary(latin, BYTES_MAX).entries[0]?.title).toBe('Tée');
});

test('at most 5,000 entries are read', () => {
  expect(parse('@misc{a, title={T}}\n'.repeat(6_000)).entries).toHaveLength(5_000);
});

test('an entity that grows, and a document that is nested too deep, do no harm', () => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rdf:RDF><Description><itemType>book</itemType><title>&b;</title></Description></rdf:RDF>`;
  expect(JSON.stringify(parse(bomb)).length).toBeLessThan(1_000);
  const deep = `<rdf:RDF>${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}</rdf:RDF>`;
  expect(() => parse(deep)).not.toThrow(RangeError);
});

test('whatever a file holds, the parser answers, and refusals name places of the file', () => {
  const piece = fc.constantFrom(
    '@article{',
    '@string{',
    'title=',
    '{',
    '}',
    '"',
    '#',
    ',',
    '\n',
    'TY  - JOUR\n',
    'ER  - \n',
    'TI  - x\n',
    '2503.00001',
    '\\',
    '(',
    ')',
    'é',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 80 }), (pieces) => {
      const text = `x ${pieces.join('')}.`;
      const { entries, refused } = parse(text);
      const lines = text.split('\n').length;
      for (const { at } of [...entries, ...refused])
        expect(at).toSatisfy((line: number) => line >= 1 && line <= lines);
    }),
    { numRuns: 500 },
  );
});

describe('takes time in proportion to the file', () => {
  test.each([
    ['one line of openings', '@a{'],
    ['one line of strings', '@string{a=b}'],
    ['one line of entries', '@a{k,}'],
    ['unclosed entries', '@a{b, title={\n'],
    ['open comments', '@comment{'],
    ['RIS without ends', 'TY  - JOUR\n'],
  ])('%s', (_, unit) => {
    expect(linear(parse, unit)).toBe(true);
  });
});
