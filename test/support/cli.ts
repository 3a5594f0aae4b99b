import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import { packageRoot } from '../../src/root.ts';

/** Where a command runs: a home of its own, and what else its environment says. */
export interface Place {
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A command that is over: how it ended, and everything that it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs until somebody ends it. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves when its log holds these words. @throws when it ends before. */
  tells(words: string): Promise<void>;
  /** Sends a signal and waits for the end: SIGKILL is `kill -9`. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<Ended>;
}

/** On Linux the kernel ends a child when this process is gone, even by kill -9. */
const TIED = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL', '--'] : [];

/** What a child knows of this machine: nothing else leaks in, and no source is ever reached. */
const ENVIRONMENT = { PATH: process.env.PATH, HF_BASE_URL: 'http://127.0.0.1:9' };

/** Starts a command and leaves it running; a test ends it with `end`. */
export function start(args: readonly string[], { home, env }: Place): Running {
  const [command = '', ...rest] = [...TIED, process.execPath, inject('program'), ...args];
  const child = spawn(command, rest, {
    cwd: packageRoot(),
    env: { ...ENVIRONMENT, PAPERBOY_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  let stderr = '';
  let over = false;
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      over = true;
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr });
    });
  });
  return {
    pid: child.pid ?? 0,
    ended,
    tells: async (words) => {
      while (!stderr.includes(words)) {
        if (over) throw new Error(`paperboy ended before it told "${words}":\n${stderr}`);
        await pause(POLL_MS);
      }
    },
    end: async (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs a command to its end, whatever that is. */
export function paperboy(args: readonly string[], place: Place): Promise<Ended> {
  return start(args, place).ended;
}

/** Runs a command that must end well, with `--json`: its one document. */
export async function answer<T>(args: readonly string[], place: Place): Promise<T> {
  const ended = await paperboy([...args, '--json'], place);
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  return onlyDocument(ended.stdout) as T;
}

/** Standard output as `--json` promises it: one document on one line, and nothing else. */
export function onlyDocument(stdout: string): unknown {
  expect(stdout.endsWith('\n'), stdout).toBe(true);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout);
}

/** A folder of its own under a name with a space, and how to remove it. */
export function newHome(): { readonly home: string; remove(): Promise<void> } {
  const home = mkdtempSync(join(tmpdir(), 'paperboy e2e-'));
  return { home, remove: () => rm(home, { recursive: true, force: true }) };
}

/** The names of the finished emails in a folder; none when it is not there yet. */
export async function emailsIn(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  return names.filter((name) => name.endsWith('.eml')).sort();
}

const POLL_MS = 50;

/** Looks again until it is so. The test's own timeout is the only limit. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(POLL_MS);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
