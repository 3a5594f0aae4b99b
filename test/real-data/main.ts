import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PaperRecord } from '../../src/domain/paper.ts';
import { plainText } from '../../src/domain/text.ts';
import { languageOf } from '../../src/domain/text-language.ts';
import { parseArxivAtom } from '../../src/sources/arxiv-atom.ts';
import { parseArxivFeed } from '../../src/sources/arxiv-feed.ts';
import { parseArxivOai } from '../../src/sources/arxiv-oai.ts';
import { parseHfDaily } from '../../src/sources/hf-daily.ts';
import { readJsonl } from '../../src/sources/jsonl.ts';
import { parsePage } from '../../src/sources/page.ts';
import type { Pulled } from '../../src/sources/source.ts';
import { hasSentence, summaryFault } from './summary.ts';
import { dirtIn, recordedTexts } from './text.ts';

/** Run by `.ci/real-data`: what the world really sends, through the parsers and the text cleaner. */
const [data = '../shared/data'] = process.argv.slice(2);
const fixtures = join(data, 'fixtures');
const faults: string[] = [];

function expect(what: string, is: unknown, expected: unknown) {
  const [found, wanted] = [JSON.stringify(is), JSON.stringify(expected)];
  if (found !== wanted) faults.push(`${what}: ${found}, not ${wanted}`);
}

type Reader = (path: string) => Pulled | Promise<Pulled>;
const text = (path: string) => readFileSync(path, 'utf8');

/** Each file of the fixtures by the beginning of its name: how it is read, and how many papers it has. */
const readers: readonly [RegExp, number, Reader][] = [
  [
    /^hf-daily-papers\.2024/,
    2,
    (path) => parseHfDaily(JSON.parse(text(path)), { date: '2024-05-27' }),
  ],
  [
    /^hf-daily-papers\.2026/,
    4,
    (path) => parseHfDaily(JSON.parse(text(path)), { date: '2026-08-20' }),
  ],
  [/^arxiv-api-atom/, 2, (path) => parseArxivAtom(text(path))],
  [/^arxiv-rss-cs/, 5, (path) => parseArxivFeed(text(path), { crossLists: true })],
  [/^arxiv-rss2/, 0, (path) => parseArxivFeed(text(path), { crossLists: true })],
  [/^oai-pmh/, 1, (path) => parseArxivOai(text(path))],
  [/^arxiv-listing/, 9, (path) => readJsonl(path, { date: '2026-06-30' })],
];

async function readFixtures() {
  for (const name of readdirSync(fixtures)) {
    if (name.startsWith('hf-upvote-snapshots')) {
      readSnapshots(join(fixtures, name));
      continue;
    }
    const [, papers, read] = readers.find(([known]) => known.test(name)) ?? [];
    if (read === undefined) faults.push(`${name}: nothing here reads it`);
    else {
      const { listings, rejections } = await read(join(fixtures, name));
      expect(`papers of ${name}`, listings.length, papers);
      expect(`rejections of ${name}`, rejections, []);
      for (const { record } of listings) {
        expect(`a paper of ${name}`, PaperRecord.parse(record), record);
        expect(`the text of ${record.arxivId}`, [record.title, record.abstract].map(dirtIn), [
          undefined,
          undefined,
        ]);
      }
      console.log(`${name}: ${listings.length} papers`);
    }
  }
}

/** Votes at moments: each is a day's list as the API would have told it then. */
function readSnapshots(path: string) {
  const days = JSON.parse(text(path)) as {
    listedOn: string;
    snapshots: { papers: Record<string, { upvotes: number; numComments: number }> }[];
  }[];
  let moments = 0;
  for (const { listedOn, snapshots } of days) {
    for (const { papers } of snapshots) {
      const rows = Object.entries(papers).map(([id, { upvotes, numComments }]) => ({
        numComments,
        paper: { id, title: id, summary: id, upvotes },
      }));
      const { listings, rejections } = parseHfDaily(rows, { date: listedOn });
      expect(`votes of ${listedOn}`, [listings.length, rejections], [rows.length, []]);
      moments++;
    }
  }
  console.log(`votes of ${days.length} days at ${moments} moments`);
}

async function cleanTexts() {
  let texts = 0;
  let withDollar = 0;
  let title = '';
  let summaries = 0;
  let impossible = 0;
  const languages: Record<string, number> = {};
  for (const folder of ['hf-daily', 'arxiv']) {
    for await (const { where, text } of recordedTexts(join(data, folder))) {
      const cleaned = plainText(text);
      const dirt = dirtIn(cleaned);
      if (dirt !== undefined) faults.push(`${where} ${dirt}`);
      texts++;
      const language = languageOf(text) ?? 'untold';
      if (where.endsWith('title')) title = cleaned;
      else {
        const fault = summaryFault(cleaned, title);
        // Where no sentence ends within reach, no summary can end at one.
        if (fault !== undefined && hasSentence(cleaned))
          faults.push(`${where}: its summary ${fault}`);
        else if (fault !== undefined) impossible++;
        summaries++;
      }
      if (where.endsWith('abstract')) languages[language] = (languages[language] ?? 0) + 1;
      if (text.includes('$')) withDollar++;
    }
  }
  const page = parsePage(text(join(data, 'seed-page.txt')), { date: '2025-03-14' });
  expect('papers of the seed page', page.listings.length, 101);
  for (const { record } of page.listings) {
    const dirt = dirtIn(record.title) ?? dirtIn(record.abstract);
    if (dirt !== undefined) faults.push(`seed page, “${record.title}” ${dirt}`);
  }
  console.log('abstracts by language:', languages);
  console.log(`${summaries} summaries, ${impossible} of abstracts without a sentence`);
  console.log(`${texts + 2 * page.listings.length} texts, ${withDollar} of them with a dollar`);
}

await readFixtures();
await cleanTexts();
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
