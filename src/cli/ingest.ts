import { z } from 'zod';
import { dayOf } from '../domain/calendar.ts';
import {
  type SourceKind,
  SourceSetting,
  sourceKinds,
  sourceName,
} from '../domain/source-setting.ts';
import { runSource } from '../pull.ts';
import { hasDays } from '../sources/index.ts';
import { command, parseDay, report, UsageError, withApp } from './command.ts';
import { backfillDays, type Days, daysOf, readFiles } from './ingest-many.ts';
import { reportOf } from './ingest-report.ts';

interface Options {
  json?: boolean;
  date?: string;
  from?: string;
  to?: string;
  list?: string;
  categories?: string;
  via?: string;
  crossLists?: boolean;
}

export const ingestCommand = () =>
  command('ingest', 'take papers from a source')
    .argument('<source>', `where the papers come from: ${sourceKinds.join(', ')}`)
    .argument('[place...]', 'page and jsonl: one file or more; feed: an address')
    .option('--date <day>', 'the day they were listed on, e.g. 2025-03-14 (default: today, UTC)')
    .option('--from <day>', 'hf-daily and arxiv: the first of many days; goes on where it stopped')
    .option('--to <day>', 'the last of them (default: today, UTC)')
    .option('--list <list>', 'hf-daily: day, week, month or trending (default: day)')
    .option('--categories <names>', 'arxiv: the categories, e.g. cs.CL,cs.LG')
    .option('--via <way>', 'arxiv: api, feed or oai (default: api)')
    .option('--no-cross-lists', 'arxiv: only papers whose first category is among them')
    .addHelpText(
      'after',
      `
Sources:
  hf-daily            the Hugging Face daily papers of a day, over HTTP
  arxiv               arXiv's list of a day, in some categories: one request in 3 s
  feed URL            any RSS, Atom or JSON Feed
  page FILE           the text of a papers page: title and abstract in turn
  jsonl FILE          one JSON object a line: title, abstract, and what else is known
  sql                 what is new in the table or view of PAPERBOY_SQL_RELATION

Examples:
  paperboy ingest hf-daily --date 2025-03-14
  paperboy ingest hf-daily --from 2024-05-27 --to 2024-06-30   # the same again goes on where it stopped
  paperboy ingest arxiv --categories cs.CL,cs.LG --date 2025-03-14
  paperboy ingest feed https://connect.biorxiv.org/biorxiv_xml.php?subject=neuroscience
  paperboy ingest page page.txt --date 2025-03-14
  paperboy ingest jsonl papers.jsonl.gz
  paperboy ingest jsonl archive/*.jsonl.gz   # one run for each file; what cannot be read is told at the end`,
    )
    .action(async (source: string, places: string[], options: Options) => {
      const settings = settingsOf(source, places, options);
      const [setting] = settings;
      const days = manyDays(setting, options);
      if (days !== undefined) return report(options, await backfillDays(setting, days));
      const date = options.date === undefined ? undefined : parseDay(options.date);
      await withApp(async (app) => {
        if ((date ?? '') > dayOf(new Date(app.now().getTime() + DAY_MS), 'UTC')) {
          throw new UsageError(`--date: ${date} is in the future`);
        }
        const read = (one: SourceSetting) =>
          runSource(app, one, { date, ...('file' in one ? { input: one.file } : {}) });
        const many = settings.length > 1;
        report(options, many ? await readFiles(settings, read) : reportOf(await read(setting)));
      });
    });

/** The days of a backfill, when one is asked for. @throws UsageError */
function manyDays(setting: SourceSetting, { date, from, to }: Options): Days | undefined {
  if (setting.source === 'sql' && date !== undefined) throw new UsageError('sql takes no --date');
  if (from === undefined) {
    if (to !== undefined) throw new UsageError('--to needs --from: the first day');
    return undefined;
  }
  if (date !== undefined) throw new UsageError('one day by --date or --from many, not both');
  if (!hasDays(setting))
    throw new UsageError(`--from: ${sourceName(setting)} has no days to ask for`);
  return daysOf(from, to);
}

const DAY_MS = 86_400_000;

/** The source that the words name: once, or once for each of several files. @throws UsageError */
function settingsOf(
  source: string,
  [first, ...others]: readonly string[],
  options: Options,
): [SourceSetting, ...SourceSetting[]] {
  const setting = settingOf(source, first, options);
  if (others.length > 0 && !('file' in setting))
    throw new UsageError(`${source} takes one address`);
  return [setting, ...others.map((place) => settingOf(source, place, options))];
}

/** The source that the words name, as a digest's settings would. @throws UsageError */
function settingOf(source: string, place: string | undefined, options: Options): SourceSetting {
  if (!sourceKinds.includes(source as SourceKind)) {
    throw new UsageError(`no source is named "${source}"; there is ${sourceKinds.join(', ')}`);
  }
  const given = {
    source,
    list: options.list,
    categories: options.categories?.split(',').map((name) => name.trim()),
    via: options.via,
    crossLists: options.crossLists === false ? false : undefined,
    ...(source === 'feed' ? { url: place } : { file: place }),
  };
  const words = Object.entries(given).filter(([, value]) => value !== undefined);
  const setting = SourceSetting.safeParse(Object.fromEntries(words));
  if (setting.success) return setting.data;
  const [issue] = setting.error.issues;
  if (issue?.code === 'unrecognized_keys') throw new UsageError(unwanted(source, issue.keys));
  throw new UsageError(NEEDED[String(issue?.path[0])]?.(source) ?? z.prettifyError(setting.error));
}

const NEEDED: Readonly<Record<string, (source: string) => string>> = {
  file: (source) => `${source} needs a file: paperboy ingest ${source} FILE`,
  url: () => 'feed needs an http or https address: paperboy ingest feed https://example.org/rss',
  categories: () => 'arxiv needs categories that it has: --categories cs.CL,quant-ph',
  list: () => '--list: expected day, week, month or trending',
  via: () => '--via: expected api, feed or oai',
};

function unwanted(source: string, keys: readonly string[]): string {
  if (keys.includes('file'))
    return `${source} takes no file${source === 'sql' ? '' : ', but --date DAY'}`;
  const options = keys.map((key) => (key === 'crossLists' ? '--no-cross-lists' : `--${key}`));
  return `${source} takes no ${options.join(', ')}`;
}
