/*
 * How fast the archive answers, measured: `npm run eval:archive -- FILE.jsonl.gz...` reads rows of papers (id, title, abstract, …) into an
 * embedded database in memory, fits a model as the nightly job does, and prints how long the fit, queries, related
 * papers, the preparation of an edition, profiles and compositions take.
 */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { gunzipSync } from 'node:zlib';
import { prepare } from '../../src/domain/compose/prepared.ts';
import { compose } from '../../src/domain/compose.ts';
import { PaperRecord } from '../../src/domain/paper.ts';
import { Preferences } from '../../src/domain/preferences.ts';
import { buildProfile, packProfile } from '../../src/domain/rank/profile.ts';
import { fitModel } from '../../src/fit.ts';
import { openModels } from '../../src/models.ts';
import { relatedPapers, searchArchive } from '../../src/search.ts';
import { openDatabase } from '../../src/store/database.ts';
import { archivePage } from '../../src/store/fitting.ts';
import { migrate } from '../../src/store/migrate.ts';
import { savePapers } from '../../src/store/papers.ts';
import { newestModel } from '../../src/store/rank-models.ts';

const QUERIES = [
  'diffusion models',
  'large language models',
  'learning',
  'retrieval augmented generation for scientific documents',
  'how can a robot learn to grasp objects from few demonstrations',
  '"chain of thought" -math',
  'protein structure prediction',
  'zebra fish',
];
const CANDIDATES = 300;
const SUBSCRIBERS = 300;

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: npm run eval:archive -- FILE.jsonl.gz...');
  process.exit(2);
}
const records = new Map(
  files.flatMap((file) =>
    gunzipSync(readFileSync(file))
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const row = JSON.parse(line);
        const record = PaperRecord.parse({ topics: [], categories: [], ...row, arxivId: row.id });
        return [row.id as string, record] as const;
      }),
  ),
);

const { db, close } = await openDatabase({});
await migrate(db);
const signal = { upvotes: 0, comments: 0, stars: 0, position: 0 };
await savePapers(
  db,
  'eval',
  [...records.values()].map((record) => ({ record, signal })),
  new Date(),
);

const tools = {
  db,
  model: openModels(db, console.error),
  now: () => new Date(),
  log: console,
  queue: { draining: () => false },
};
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const fitted = await fitModel(tools as never);
delay.disable();
console.log(
  'fit',
  fitted,
  `event loop held for ${ms(delay.max / 1e6)} at most, 99 % ${ms(delay.percentile(99) / 1e6)}`,
);

const version = (await newestModel(db))?.version ?? 0;
const { model } = await timed('model loaded', () => tools.model(version));
for (const query of QUERIES) {
  const [median, found] = await repeated(() => searchArchive(tools, query, 100));
  console.log(
    `search ${ms(median)} ${found.length} found: ${query} -> ${found[0]?.paper.title ?? ''}`,
  );
}
const { papers } = await archivePage(db, undefined, CANDIDATES);
const [median, related] = await repeated(() => relatedPapers(tools, papers[0] as never, 5));
console.log(
  `related ${ms(median)}: ${papers[0]?.title} -> ${related.map(({ title }) => title).join(' | ')}`,
);

const edition = {
  id: 'daily/2025-03-14',
  digest: 'daily',
  title: 'Daily',
  date: '2025-03-14',
  cutOffAt: '2025-03-14T05:00:00Z',
  candidates: papers.map((paper) => ({ paper, signal, newOn: '2025-03-14' })),
};
const prepared = await timed(`edition of ${papers.length} prepared`, async () =>
  prepare(edition, model),
);
const { papers: older } = await archivePage(
  db,
  { listedOn: papers.at(-1)?.listedOn ?? '', id: papers.at(-1)?.id ?? '' },
  2_000,
);
const profiles = await timed(`${SUBSCRIBERS} profiles of 10 likes built`, async () =>
  Array.from({ length: SUBSCRIBERS }, (_, n) =>
    buildProfile(model, {
      liked: Array.from({ length: 10 }, (_, at) => {
        const one = older[(n * 37 + at * 11) % older.length];
        return {
          id: one?.id,
          title: one?.title ?? '',
          abstract: one?.abstract ?? '',
          ageDays: at,
          weight: 1,
        };
      }),
      disliked: [],
      topics: ['diffusion models', 'robots'],
      excluded: [],
      categories: [],
      authors: [],
      organisations: [],
    }),
  ),
);
console.log(`profile bytes, most: ${Math.max(...profiles.map((one) => packProfile(one).length))}`);
const preferences = Preferences.parse({
  topics: ['diffusion models', 'robots'],
  exclude: ['medical'],
});
for (let round = 0; round < 3; round += 1) {
  const startedAt = performance.now();
  for (const profile of profiles) {
    const tastes = { profile, titleOf: () => 'A paper' };
    compose(prepared, { preferences, delivered: new Set(), lookbackDays: 1, tastes });
  }
  console.log(
    `compose ${ms((performance.now() - startedAt) / profiles.length)} for each subscriber of ${papers.length} papers`,
  );
}
await close();

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  console.log(`${what}: ${ms(performance.now() - startedAt)}`);
  return result;
}

async function repeated<T>(work: () => Promise<T>): Promise<[number, T]> {
  const times: number[] = [];
  let result = await work();
  for (let n = 0; n < 3; n += 1) {
    const startedAt = performance.now();
    result = await work();
    times.push(performance.now() - startedAt);
  }
  return [times.sort((a, b) => a - b)[1] ?? 0, result];
}

function ms(duration: number): string {
  return `${duration.toFixed(duration < 10 ? 2 : 0)} ms`;
}
