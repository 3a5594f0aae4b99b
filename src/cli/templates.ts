import { Command } from 'commander';
import { countedErrors, externalVerdicts, type Verdict } from '../checker.ts';
import { readConfig } from '../config.ts';
import { templateFolders, themeFile } from '../template-folders.ts';
import { type Bench, faultLines, type Proof, type Proofs, prove } from '../templates.ts';
import { command, type Report, report } from './command.ts';
import { wholeNumber } from './numbers.ts';
import { untilAskedToStop } from './signals.ts';

interface Options {
  json?: boolean;
  dir?: string;
  checker?: string;
}
interface DevOptions extends Options {
  port: number;
}

const DIR = 'templates of your own, before the bundled ones (default: PAPERBOY_TEMPLATES)';
const CHECKER = 'folder of the external checker (check-email.mjs), to run it as well';

export const templatesCommand = () =>
  new Command('templates')
    .description('the templates of emails: work on them, check them')
    .addCommand(checkCommand())
    .addCommand(devCommand())
    .showHelpAfterError('(run with --help for usage)')
    .exitOverride();

const checkCommand = () =>
  command(
    'check',
    'make every email of every template from samples, and check each; exit code 1 on a fault',
  )
    .option('--dir <folder>', DIR)
    .option('--checker <folder>', CHECKER)
    .action(async (options: Options) => {
      const all = await prove(settings(options));
      const verdicts = options.checker === undefined ? [] : await verdictsOf(options.checker, all);
      report(options, told(all, verdicts));
    });

const devCommand = () =>
  command('dev', 'show every template with every sample in a browser, afresh on every change')
    .option(
      '--port <port>',
      'where to listen on 127.0.0.1',
      (text: string) => wholeNumber('--port', text, 0, 65_535),
      3100,
    )
    .option('--dir <folder>', DIR)
    .option('--checker <folder>', CHECKER)
    .action(async (options: DevOptions) => {
      const stopped = untilAskedToStop();
      const bench = settings(options);
      const { openWorkbench } = await import('../web/templates-dev.ts');
      const workbench = await openWorkbench({
        ...bench,
        checker: options.checker,
        port: options.port,
      });
      const place = `${workbench.url} shows ${bench.folders.join(' and ')}; Ctrl-C ends it`;
      report(options, { json: { url: workbench.url, folders: bench.folders }, text: place });
      await stopped;
      await workbench.close();
    });

/** From the options, else from the environment. Reading it opens nothing. */
function settings(options: Options): Bench {
  const config = readConfig(process.env);
  const folders = templateFolders(options.dir ?? config.templates);
  return { folders, themePath: themeFile(config, folders) };
}

interface Judged {
  readonly proof: Proof;
  readonly verdict: Verdict;
}

async function verdictsOf(checker: string, all: readonly Proofs[]): Promise<Judged[]> {
  const made = all.flatMap(({ proofs }) => proofs.filter(({ email }) => email !== undefined));
  const emails = made.flatMap(({ email }) => email ?? []);
  process.stderr.write(`the external checker judges ${emails.length} emails, a few seconds each\n`);
  const verdicts = await externalVerdicts(checker, emails);
  return made.flatMap((proof, at) => {
    const verdict = verdicts[at];
    return verdict === undefined ? [] : [{ proof, verdict }];
  });
}

function told(all: readonly Proofs[], verdicts: readonly Judged[]): Report {
  const outside = verdicts.flatMap(({ proof, verdict }) =>
    countedErrors(verdict, proof.mimics).map(
      (error) => `${proof.template}  ${proof.case}  checker  ${error}`,
    ),
  );
  const faults = [...all.flatMap(faultLines), ...outside];
  const counts = all.map(({ template, proofs }) => `${template}: ${proofs.length} emails`);
  const scores = verdicts.map(({ verdict }) => verdict.score);
  const judged =
    scores.length === 0
      ? ''
      : `; the checker's scores are ${Math.min(...scores)} to ${Math.max(...scores)}`;
  return {
    json: {
      templates: all.map(({ template, broken, proofs }) => ({
        template,
        broken: broken ?? null,
        emails: proofs.map((proof) => ({
          case: proof.case,
          subject: proof.email?.subject ?? null,
          htmlBytes: Buffer.byteLength(proof.email?.html ?? ''),
          faults: proof.faults,
          verdict: verdicts.find((one) => one.proof === proof)?.verdict ?? null,
        })),
      })),
      faults: faults.length,
    },
    text: [...faults, `${counts.join(', ')}; ${faults.length} faults${judged}`].join('\n'),
    failed: faults.length > 0,
  };
}
