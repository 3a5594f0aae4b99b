import { Command, CommanderError } from 'commander';
import type { App, OpenOptions } from '../app.ts';
import { ConfigError, readConfig } from '../config.ts';

/** The words after a command are wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const DONE = 0;
export const FAILED = 1;
export const WRONG_USAGE = 2;

/** What a command has to say: one JSON document for `--json`, the same for people otherwise. */
export interface Report {
  readonly json: unknown;
  readonly text: string;
  /** Set when the command did its work and the work shows a failure. */
  readonly failed?: boolean;
}

/** A command with `--json`, whose action answers with a report. */
export function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print one JSON document on standard output')
    .showHelpAfterError('(run with --help for usage)')
    .exitOverride();
}

/** Prints what an action reports, in the form asked for. */
export function report(options: { json?: boolean }, { json, text, failed }: Report): void {
  process.stdout.write(options.json === true ? `${JSON.stringify(json)}\n` : `${text}\n`);
  if (failed === true) process.exitCode = FAILED;
}

/** Opens the app as the environment says, for as long as `work` takes. */
export async function withApp<T>(
  work: (app: App) => Promise<T>,
  options?: OpenOptions,
): Promise<T> {
  const config = readConfig(process.env);
  const { openApp } = await import('../app.ts'); // not for words that are wrong
  const app = await openApp(config, options);
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

/** The exit code of an error, after telling it: on standard error, and as JSON when that was asked for. */
export function fail(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return DONE;
    if (json) process.stdout.write(`${JSON.stringify({ error: error.message })}\n`);
    return WRONG_USAGE; // commander has told it
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`paperboy: ${message}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ error: message })}\n`);
  if (error instanceof UsageError || error instanceof ConfigError) return WRONG_USAGE;
  if (process.env.PAPERBOY_LOG_LEVEL === 'debug' && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`);
  }
  return FAILED;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A calendar day from the command line. @throws UsageError */
export function parseDay(text: string, option = '--date'): string {
  const instant = new Date(`${text}T00:00:00Z`);
  if (
    !DAY.test(text) ||
    Number.isNaN(instant.getTime()) ||
    !instant.toISOString().startsWith(text)
  ) {
    throw new UsageError(`${option}: expected a day such as 2025-03-14, but it is "${text}"`);
  }
  return text;
}

/** A moment from the command line; without an offset it is UTC. @throws UsageError */
export function parseMoment(option: string, text: string): Date {
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) || DAY.test(text) ? text : `${text}Z`;
  const moment = new Date(zoned);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(moment.getTime())) {
    throw new UsageError(
      `${option}: expected a time such as 2025-03-14T07:00Z, but it is "${text}"`,
    );
  }
  return moment;
}
