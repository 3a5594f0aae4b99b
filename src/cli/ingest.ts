import { open, stat } from 'node:fs/promises';
import type { App } from '../app.ts';
import { dayOf } from '../domain/calendar.ts';
import { ingest } from '../ingest.ts';
import { fetchHfDaily } from '../sources/hf-daily.ts';
import { readJsonl } from '../sources/jsonl.ts';
import { parsePage } from '../sources/page.ts';
import type { Pulled } from '../sources/source.ts';
import type { IngestRun } from '../store/ingest-runs.ts';
import { command, parseDay, report, UsageError, withApp } from './command.ts';
import { backfillDays, ingestTable } from './ingest-many.ts';

interface Options {
  json?: boolean;
  date?: string;
  from?: string;
  to?: string;
}

const SOURCES = ['hf-daily', 'page', 'jsonl', 'sql'];

export const ingestCommand = () =>
  command('ingest', 'take papers from a source')
    .argument('<source>', `where the papers come from: ${SOURCES.join(', ')}`)
    .argument('[file]', 'page: the text of a papers page; jsonl: a .jsonl or .jsonl.gz file')
    .option('--date <day>', 'the day they were listed on, e.g. 2025-03-14 (default: today, UTC)')
    .option('--from <day>', 'hf-daily: the first of many days; days done before are left out')
    .option('--to <day>', 'hf-daily: the last of them (default: today, UTC)')
    .addHelpText(
      'after',
      `
Sources:
  hf-daily            the Hugging Face daily papers of a day, over HTTP
  page FILE           the text of a papers page: title and abstract in turn
  jsonl FILE          one JSON object a line: title, abstract, and what else is known
  sql                 what is new in the table or view of PAPERBOY_SQL_RELATION

Examples:
  paperboy ingest hf-daily --date 2025-03-14
  paperboy ingest hf-daily --from 2024-05-27 --to 2024-06-30   # goes on where it stopped
  paperboy ingest page page.txt --date 2025-03-14
  paperboy ingest jsonl papers.jsonl.gz`,
    )
    .action(async (source: string, file: string | undefined, options: Options) => {
      if (source === 'sql' || options.from !== undefined) return ingestMany(source, file, options);
      const date = options.date === undefined ? undefined : parseDay(options.date);
      const pull = puller(source, file);
      await withApp(async (app) => {
        const day = date ?? dayOf(app.now(), 'UTC');
        if (day > dayOf(new Date(app.now().getTime() + DAY_MS), 'UTC')) {
          throw new UsageError(`--date: ${day} is in the future`);
        }
        const run = await ingest(app, { source, input: file ?? day }, () => pull(app, day, date));
        report(options, { json: json(run), text: text(run) });
      });
    });

/** What is no single day of a source: a table that has a mark of its own, or many days. */
async function ingestMany(source: string, file: string | undefined, options: Options) {
  if (file !== undefined) throw new UsageError(`${source} takes no file here`);
  if (source === 'sql') {
    const run = await ingestTable();
    return report(options, { json: json(run), text: text(run) });
  }
  if (source !== 'hf-daily') throw new UsageError(`--from: ${source} has no days to ask for`);
  report(options, await backfillDays(source, options.from ?? '', options.to, puller(source, file)));
}

const DAY_MS = 86_400_000;

type Pull = (app: App, day: string, given: string | undefined) => Promise<Pulled>;

/** How a source is read. @throws UsageError */
function puller(source: string, file: string | undefined): Pull {
  switch (source) {
    case 'hf-daily':
      if (file !== undefined) throw new UsageError('hf-daily takes no file, but --date DAY');
      return (app, date) =>
        fetchHfDaily({ baseUrl: app.config.hfBaseUrl, date, userAgent: app.userAgent });
    case 'page': {
      const path = needed(source, file);
      return async (_, date) => parsePage(await readText(path), { date });
    }
    case 'jsonl': {
      const path = needed(source, file);
      return (_, __, date) => readJsonl(path, date === undefined ? {} : { date });
    }
    default:
      throw new UsageError(`no source is named "${source}"; there is ${SOURCES.join(', ')}`);
  }
}

function needed(source: string, file: string | undefined): string {
  if (file === undefined)
    throw new UsageError(`${source} needs a file: paperboy ingest ${source} FILE`);
  return file;
}

const PAGE_BYTES_MAX = 20_000_000;

async function readText(path: string): Promise<string> {
  const { size } = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${path} cannot be read: ${cause.code ?? cause.message}`, { cause });
  });
  if (size > PAGE_BYTES_MAX)
    throw new Error(`${path} has ${size} bytes; a page has at most ${PAGE_BYTES_MAX}`);
  const handle = await open(path);
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function json({ rejections, ...run }: IngestRun) {
  return { ...run, rejections };
}

function text(run: IngestRun): string {
  const counts = `${run.new} new, ${run.updated} updated, ${run.unchanged} unchanged, ${run.merged} merged, ${run.rejected} rejected`;
  const lines = run.rejections.slice(0, 20).map(({ at, why }) => `  rejected at ${at}: ${why}`);
  const more = run.rejected > lines.length ? [`  … and ${run.rejected - lines.length} more`] : [];
  return [
    `${run.source} ${run.input}: ${run.seen} seen: ${counts}`,
    ...(run.note === null ? [] : [run.note]),
    ...lines,
    ...more,
  ].join('\n');
}
