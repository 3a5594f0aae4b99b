import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signToken } from '../../src/domain/token.ts';
import { importLibrary } from '../../src/import-library.ts';
import {
  addToLibrary,
  clearLibrary,
  LIBRARY_ENTRIES_MAX,
  libraryOf,
} from '../../src/store/library.ts';
import { savePapers } from '../../src/store/papers.ts';
import { erase, exportOf } from '../../src/store/privacy.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { browserOf, everyRow } from '../support/browser.ts';
import { record, signal } from '../support/papers.ts';

const NOW = new Date('2025-03-14T05:00:00Z');
let t: TestApp;
let browser: ReturnType<typeof browserOf>;
let hours = 0;
beforeAll(async () => {
  t = await openTestApp();
  browser = browserOf(t.app);
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.empty();
  t.setClock(new Date(NOW.getTime() + 3_600_000 * hours++)); // limits count by the hour
  await t.subscribe('ada@example.org');
  await t.subscribe('bea@example.org');
  const listings = [
    record({ title: 'Kettles', arxivId: '2503.00001', doi: '10.1000/k' }),
    record({ title: 'A Diary for Agents', arxivId: '2503.00002', authors: ['Bruno Silva'] }),
  ].map((one) => ({ record: one, signal: signal() }));
  await savePapers(t.app.db, 'test', listings, NOW);
});

const bytes = (text: string) => new TextEncoder().encode(text);
const bring = (text: string, id = 1) => importLibrary(t.app.db, id, bytes(text), t.app.now());
const held = async (id = 1) => (await libraryOf(t.app.db, [id])).get(id) ?? [];

const FILE = `
@article{a, title={Cups of {\\"U}ber}, abstract={They \\emph{hold}.}, year=2020}
@article{b, title={Elsewhere printed}, doi={10.1000/K}, year=2024}
@article{c, title={A diary for Agents}, author={Silva, Bruno}, doi={10.5555/printed}, year=2022}
@article{d, title={A diary for agents}, author={Somebody, Else}, year=2021}
@article{e, title={broken
@misc{f, eprint={2503.00009}, archivePrefix={arXiv}}
@misc{g, eprint={2503.00009}, archivePrefix={arXiv}}
`;

describe('an import', () => {
  test('matches by id, DOI, title and first author; keeps the others as text; names what it refuses', async () => {
    const { refused, ...counts } = await bring(FILE);
    expect(refused).toEqual([{ at: 6, why: 'unclosed' }]);
    expect(counts).toEqual({
      format: 'bibtex',
      read: 7,
      matched: 2,
      text: 2,
      waiting: 1,
      older: 0,
      repeated: 1,
      added: 5,
    });
    const entries = await held();
    expect(entries.map(({ paperId, text }) => paperId ?? text)).toEqual([
      '2503.00001',
      '2503.00002',
      { title: 'A diary for agents', abstract: '' },
      { title: 'Cups of Über', abstract: 'They hold.' },
    ]);
  });

  test('done twice changes nothing', async () => {
    await bring(FILE);
    const before = await everyRow(t.app);
    t.setClock('2025-04-01T05:00:00Z');
    expect((await bring(FILE)).added).toBe(0);
    expect(await everyRow(t.app)).toBe(before);
  });

  test('a paper that the archive gets later is found by its number; one that became another by that one', async () => {
    await bring('2503.00009\n2503.00002');
    expect(await held()).toHaveLength(1);
    const late = [
      record({ title: 'Late', arxivId: '2503.00009', authors: ['Late Author'] }),
      record({ title: 'Late too', doi: '10.1000/late', authors: ['Late Author'] }),
    ].map((one) => ({ record: one, signal: signal() }));
    await savePapers(t.app.db, 'test', late, NOW);
    expect((await held()).map(({ paperId }) => paperId).sort()).toEqual([
      '2503.00002',
      '2503.00009',
    ]);
    await bring('10.1000/late');
    const proof = record({
      title: 'Late',
      arxivId: '2503.00009',
      doi: '10.1000/late',
      authors: ['Late Author'],
    });
    await savePapers(
      t.app.db,
      'test',
      [{ record: proof, signal: signal() }],
      new Date(NOW.getTime() + 1),
    );
    expect((await held()).map(({ paperId }) => paperId).sort()).toEqual([
      '10.1000/late', // seen in the same moment: the first id stays
      '2503.00002',
    ]);
  });

  test('of many the newest 500 are kept, by when they were added, then by year', async () => {
    const many = Array.from(
      { length: 700 },
      (_, n) =>
        `@misc{x${n}, title={Paper number ${n}}, year=${1900 + (n % 100)}, date-added={${n === 650 ? '2025-01-01' : '2020-01-01'}}}`,
    );
    expect(await bring(many.join('\n'))).toMatchObject({
      read: 700,
      text: 500,
      older: 200,
      added: 500,
    });
    const entries = await held();
    expect(entries).toHaveLength(LIBRARY_ENTRIES_MAX);
    expect(entries[0]?.text?.title).toBe('Paper number 650');
    await bring('@misc{new, title={The newest}}');
    expect((await held()).map(({ text }) => text?.title).slice(0, 2)).toEqual([
      'The newest',
      'Paper number 650',
    ]);
    expect(await held()).toHaveLength(LIBRARY_ENTRIES_MAX);
  });

  test('one statement answers for many, each with their own', async () => {
    await bring('2503.00001');
    await bring('2503.00002', 2);
    const libraries = await libraryOf(t.app.db, [2, 1, 3], 1);
    expect(
      [...libraries].map(([id, entries]) => [id, entries.map(({ paperId }) => paperId)]),
    ).toEqual([
      [1, ['2503.00001']],
      [2, ['2503.00002']],
    ]);
  });

  test('two at once leave no more than may be', async () => {
    const entries = (from: number) =>
      Array.from({ length: 400 }, (_, n) => ({
        key: `title:${from + n}`,
        paperId: undefined,
        title: `T ${from + n}`,
        abstract: '',
        at: NOW,
      }));
    await Promise.all([
      addToLibrary(t.app.db, 1, entries(0)),
      addToLibrary(t.app.db, 1, entries(400)),
    ]);
    expect(await held()).toHaveLength(LIBRARY_ENTRIES_MAX);
  });
});

test('it is exported, cleared, and erased with its owner', async () => {
  await bring(FILE);
  await bring('2503.00001', 2);
  expect(await exportOf(t.app.db, 1)).toMatchObject({ library: { length: 5 } });
  expect(await clearLibrary(t.app.db, 2)).toBe(1);
  expect(await held(2)).toEqual([]);
  await erase(t.app.db, 1, 'erased:k1:x', { page: 'test', network: '', words: '' }, NOW);
  expect(await everyRow(t.app)).not.toContain('Cups of');
});

describe('the page', () => {
  const path = () => `/preferences/${signToken(t.app.keys, 'k1', 'preferences', 1)}/library`;
  const upload = (
    content: Uint8Array | string,
    name = 'library.bib',
    headers: Record<string, string> = { origin: 'https://paperboy.test' },
  ) => {
    const body = new FormData();
    body.append('file', new File([content], name));
    return browser.ask(path(), { method: 'POST', body, headers });
  };

  test('takes a file and tells what became of it, in the reader’s language', async () => {
    const { status, text } = await upload(FILE);
    expect(status).toBe(200);
    expect(text).toContain('7 entries read, 5 new to us.');
    expect(text).toContain('Line 6: a bracket or quotation mark is not closed');
    expect(text).toContain('Here are 4 papers: 2 in our archive, 2 as you brought them.');
    await t.subscribe('cleo@example.org', { language: 'de' });
    const own = `/preferences/${signToken(t.app.keys, 'k1', 'preferences', 3)}`;
    expect((await browser.get(own)).text).toContain('Paper, die du schon kennst');
    expect((await browser.submit(`${path()}/clear`)).text).toContain('They are forgotten.');
    expect(await held()).toEqual([]);
  });

  test('says what is wrong with a file, and keeps nothing', async () => {
    const answers = [
      await upload('', ''),
      await upload(' '),
      await upload('[{"cut'),
      await upload(new Uint8Array(5_000_001)),
    ];
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422]);
    expect(answers.map(({ text }) => /<p class="fault"[^>]*>([^<]*)/.exec(text)?.[1])).toEqual([
      'Choose a file.',
      'The file is empty.',
      'We cannot read this file. Export it again, best as BibTeX.',
      'The file is larger than 5 MB.',
    ]);
    expect(await held()).toEqual([]);
  });

  test('takes no form of another site, nothing larger than a library, and no more than ten in an hour', async () => {
    expect((await upload(FILE, 'a.bib', { origin: 'https://evil.example' })).status).toBe(403);
    expect((await upload(new Uint8Array(5_100_000))).status).toBe(413);
    const statuses = [];
    for (let n = 0; n < 11; n++) statuses.push((await upload('2503.00001')).status);
    expect(statuses).toEqual([...Array(10).fill(200), 429]);
  });

  test('hostile words of a file stay text', async () => {
    const { text } = await upload('@misc{a, title={<script>alert(1)</script>}}\n@misc{b, title={x');
    expect(text).not.toContain('<script>alert');
  });
});
