import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import { parseKeys } from '../config-env.ts';
import { defaultDigest } from '../domain/digest.ts';
import type { Replayed } from '../replay.ts';
import { lockHome } from '../store/lock.ts';
import { command, report } from './command.ts';
import { wholeNumber } from './numbers.ts';
import { progress } from './progress.ts';

interface Options {
  json?: boolean;
  subscribers: number;
  seed: number;
}

const SUBSCRIBERS_MAX = 100_000;
const SEED_MAX = 2 ** 31 - 1;
/** What tells a replay's folder from any other: only such a one is emptied. */
const MARKER = 'replay.json';

export const replayCommand = () =>
  command('replay', 'run recorded days through the whole pipeline, with invented subscribers')
    .argument('<dir>', 'a folder of recorded months: 2025-03.jsonl.gz, 2025-04.jsonl.gz, …')
    .option(
      '--subscribers <count>',
      'how many subscribers to invent',
      (text) => wholeNumber('--subscribers', text, 1, SUBSCRIBERS_MAX),
      200,
    )
    .option(
      '--seed <number>',
      'which subscribers: the same seed invents the same people',
      (text) => wholeNumber('--seed', text, 0, SEED_MAX),
      1,
    )
    .addHelpText(
      'after',
      `
Every calendar day from the first to the last is ingested, frozen, dispatched and handed over to an
outbox, on a clock of its own. State and emails are in PAPERBOY_HOME/replay, which each replay
empties first: your own database, queue and mail provider are never touched.`,
    )
    .action(async (dir: string, options: Options) => {
      const config = replayConfig(readConfig(process.env));
      let clock = new Date(0);
      const { openApp } = await import('../app.ts');
      const { replay } = await import('../replay.ts');
      const app = await openApp(config, { now: () => clock });
      const bar = progress('days');
      try {
        const replayed = await replay(app, defaultDigest, {
          dir,
          subscribers: options.subscribers,
          seed: options.seed,
          setClock: (at) => {
            clock = at;
          },
          told: (_, days) => bar.at(days, days),
        });
        bar.stop();
        report(options, {
          json: replayed,
          text: text(replayed, config.home),
          failed: replayed.repeats > 0 || replayed.unbalanced > 0,
        });
      } finally {
        bar.stop();
        await app.close();
      }
    });

/** A home of its own, empty, with none of the operator's servers in reach. */
function replayConfig(config: Config): Config {
  const home = join(config.home, 'replay');
  if (existsSync(home) && !existsSync(join(home, MARKER))) {
    throw new Error(`${home} is no replay's folder: move it away, or set another PAPERBOY_HOME`);
  }
  if (existsSync(home)) lockHome(home)(); // refuses while another replay runs
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, MARKER), '{}\n');
  return {
    ...config,
    home,
    databaseUrl: undefined,
    redisUrl: undefined,
    mail: { kind: 'outbox', dir: join(home, 'outbox'), throwaway: true },
    keys: parseKeys('replay:a replay signs with this and no real installation ever does'),
    baseUrl: 'https://paperboy.example.org',
    from: 'Paperboy <digest@paperboy.example.org>',
    limits: { requestsPerSecond: undefined, mailsPerDay: undefined, domainRates: new Map() },
    failpoint: undefined,
  };
}

function text(replayed: Replayed, home: string): string {
  return [
    `${replayed.days} days: ${replayed.papers} papers, ${replayed.editions} editions, ${replayed.deliveries} deliveries, ${replayed.emptyRuns} empty runs.`,
    `${replayed.repeats} papers came to somebody twice; ${replayed.unbalanced} editions do not add up.`,
    `The emails are in ${join(home, 'outbox')}.`,
  ].join('\n');
}
