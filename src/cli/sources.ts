import { Option } from 'commander';
import { type KeptRun, listIngestRuns } from '../store/ingest-runs.ts';
import { command, report, withApp } from './command.ts';
import { wholeNumber } from './numbers.ts';
import { table } from './table.ts';

interface Options {
  json?: boolean;
  source?: string;
  limit: number;
}

const RUNS_MAX = 10_000;

export const sourcesCommand = () =>
  command('sources', 'show the newest looks at the sources, and what came of each')
    .option('--source <name>', 'only of this source, e.g. hf-daily')
    .addOption(
      new Option('--limit <count>', 'how many')
        .default(20)
        .argParser((text) => wholeNumber('--limit', text, 1, RUNS_MAX)),
    )
    .action(async (options: Options) => {
      const { source, limit } = options;
      const runs = await withApp((app) => listIngestRuns(app.db, { source, limit }));
      report(options, {
        json: runs.map(({ input, startedAt, ...run }) => ({
          at: startedAt,
          window: input,
          ...run,
        })),
        text: runs.length === 0 ? 'No source was looked at yet.' : runsTable(runs),
      });
    });

function runsTable(runs: readonly KeptRun[]): string {
  return table(
    'at,source,window,seen,new,updated,merged,rejected,requests,seconds,why'.split(','),
    runs.map((run) => [
      run.startedAt.toISOString().slice(0, 16),
      run.source,
      run.input,
      run.seen,
      run.new,
      run.updated,
      run.merged,
      run.rejected,
      run.requests,
      run.seconds,
      why(run),
    ]),
  );
}

function why({ failed, note, rejections }: KeptRun): string {
  const [first] = rejections;
  return [
    ...(failed ? [`FAILED: ${note}`] : note === null ? [] : [note]),
    ...(first === undefined ? [] : [`rejected at ${first.at}: ${first.why}`]),
  ].join('; ');
}
