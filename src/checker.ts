import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Email } from './domain/email.ts';
import { eml } from './providers/eml.ts';

/** What the external checker says of one email. */
export interface Verdict {
  readonly score: number;
  readonly verdict: string;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

const SCRIPT = 'check-email.mjs';
/** For one email: SpamAssassin and a browser take their time. */
const EMAIL_MS_MAX = 60_000;
const TOLD_CHARS_MAX = 500;

/** What the checker cannot tell from a stranger's words; our own rules, which know these, can. */
const CANNOT_TELL = /^(?:no-unfilled-placeholders|no-html-in-text|no-double-escape)\b/;

/** The errors that count: of a sample whose papers mimic leftovers without those that it takes for some. */
export function countedErrors({ errors }: Verdict, mimics: boolean): readonly string[] {
  return mimics ? errors.filter((error) => !CANNOT_TELL.test(error)) : errors;
}

/** A checker that cannot be run. */
export class CheckerError extends Error {
  override readonly name = 'CheckerError';
}

/**
 * Has the external checker, a folder with `check-email.mjs` and its packages, judge emails with tools that
 * other people wrote. Those without HTML it does not know.
 * @returns a verdict for each email, in order; `undefined` for those without HTML.
 * @throws CheckerError
 */
export async function externalVerdicts(
  folder: string,
  emails: readonly Email[],
): Promise<(Verdict | undefined)[]> {
  const script = join(resolve(folder), SCRIPT);
  if (!existsSync(script))
    throw new CheckerError(`${script} does not exist: name the folder that holds ${SCRIPT}`);
  const work = await mkdtemp(join(tmpdir(), 'paperboy-check-'));
  try {
    const files: string[] = [];
    for (const [at, email] of emails.entries()) {
      if (email.html === undefined) continue;
      const name = String(at).padStart(4, '0');
      await writeFile(join(work, `${name}.eml`), await eml(email));
      files.push(name);
    }
    if (files.length > 0) await run(script, work, files);
    return await Promise.all(
      emails.map(async (_, at) => {
        const name = String(at).padStart(4, '0');
        return files.includes(name) ? verdictIn(join(work, 'report', `${name}.json`)) : undefined;
      }),
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** It ends with 1 when an email has an error, which its reports tell; what counts is that they are there. */
function run(script: string, work: string, files: readonly string[]): Promise<void> {
  const paths = files.map((name) => join(work, `${name}.eml`));
  const words = [script, ...paths, '--out', join(work, 'report'), '--no-shots'];
  return new Promise((done, failed) => {
    let told = '';
    const child = spawn(process.execPath, words, {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: EMAIL_MS_MAX * files.length,
    });
    child.stderr.on('data', (chunk: Buffer) => {
      told = `${told}${chunk}`.slice(-TOLD_CHARS_MAX);
    });
    child.on('error', (error) =>
      failed(new CheckerError(`the checker did not start: ${error.message}`)),
    );
    child.on('close', (code) => {
      if (code === 0 || code === 1) done();
      else failed(new CheckerError(`the checker ended with ${code}: ${told.trim()}`));
    });
  });
}

async function verdictIn(path: string): Promise<Verdict> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new CheckerError(
      'the checker left no report: run `npm ci` in its folder and see its README',
    );
  });
  const { score, verdict, errors, warnings } = JSON.parse(text);
  const lines = (all: { id: string; detail?: string }[]) =>
    all.map(({ id, detail = '' }) => (detail === '' ? id : `${id}: ${detail}`));
  return { score, verdict, errors: lines(errors), warnings: lines(warnings) };
}
