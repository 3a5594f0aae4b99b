import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../src/root.ts';
import { buildPaperboy } from '../support/build.ts';
import { queryOnce } from '../support/databases.ts';
import { type Service, startPostgres } from '../support/services.ts';

const run = promisify(execFile);

/** What the command line decides. */
export interface Settings {
  readonly seed: number;
  readonly recipients: number;
  readonly quick: boolean;
  /** Another emulator of Resend than ours, and its key. */
  readonly upstream: string | undefined;
  readonly apiKey: string;
}

/** What all rows share. */
export interface Bench {
  readonly settings: Settings;
  readonly postgres: Service;
  /** Holds papers, a frozen edition and `subscribers` subscribers; nobody is connected to it. */
  readonly template: string;
  readonly subscribers: number;
  /** Holds everything that is written. */
  readonly folder: string;
  /** The compiled `paperboy`. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  told(text: string): void;
  /** @param keepLogs leaves what the workers told, in `folder`. */
  close(keepLogs?: boolean): Promise<void>;
}

export const EDITION = 'daily/2025-03-14';
const TEMPLATE = 'chaos_template';
/** No source is ever reached. */
const NOWHERE = 'http://127.0.0.1:9';

export const addressOf = (number: number) => `reader${number}@example.org`;

/** Starts PostgreSQL and makes the template database from which every row gets a copy. */
export async function openBench(
  settings: Settings,
  subscribers: number,
  told: (text: string) => void,
): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-chaos-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const [program, postgres] = await Promise.all([
      buildPaperboy(join(folder, 'program')),
      startPostgres(),
    ]);
    const bench: Bench = {
      settings,
      postgres,
      template: TEMPLATE,
      subscribers,
      folder,
      program,
      environment: {
        PAPERBOY_HOME: join(folder, 'home'),
        PAPERBOY_SECRET: 'a secret of the chaos that is long enough for anybody',
        PAPERBOY_POSTAL_ADDRESS: '1 Chaos Street',
        PAPERBOY_FROM: 'Chaos <digest@chaos.example.org>',
        PAPERBOY_REQUESTS_PER_SECOND: '50',
        PAPERBOY_LOG_LEVEL: 'info',
        MAIL_URL: 'resend:',
        RESEND_API_KEY: settings.apiKey,
        HF_BASE_URL: NOWHERE,
      },
      told,
      close: async (keepLogs = false) => {
        await postgres.close();
        await (keepLogs ? rm(join(folder, 'program'), { recursive: true }) : remove());
      },
    };
    await queryOnce(postgres.url, `create database ${TEMPLATE}`);
    await fillTemplate(bench);
    return bench;
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The address of a database on a server. */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}

/** Papers, subscribers and an edition, by the commands that an operator would use. */
async function fillTemplate(bench: Bench): Promise<void> {
  const list = join(bench.folder, 'subscribers.jsonl');
  const rows = Array.from({ length: bench.subscribers }, (_, index) =>
    JSON.stringify({ email: addressOf(index + 1), layout: 'compact', papersMax: 1 }),
  );
  await writeFile(list, `${rows.join('\n')}\n`);
  const env = { DATABASE_URL: databaseUrl(bench.postgres.url, TEMPLATE), RESEND_BASE_URL: NOWHERE };
  const papers = join(packageRoot(), 'sample/papers.jsonl');
  await command(bench, ['ingest', 'jsonl', papers], env);
  await command(bench, ['subscribers', 'import', list], env);
  await command(bench, ['freeze', 'daily', '--date', EDITION.split('/')[1] ?? ''], env);
}

/** Runs one command of Paperboy to its end. @throws when it fails. */
export async function command(
  bench: Bench,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { stdout } = await run(process.execPath, [bench.program, ...args], {
    env: { PATH: process.env.PATH, ...bench.environment, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** Copies a database as a backup and its restoration do, while it may be in use. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const pipe =
    'set -o pipefail; pg_dump --no-owner "$0" | psql -q -o /dev/null -v ON_ERROR_STOP=1 "$1"';
  await run('bash', ['-c', pipe, from, to], { env: { PATH: process.env.PATH } });
}
