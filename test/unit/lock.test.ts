import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HomeLockedError, lockHome } from '../../src/store/lock.ts';

/** Another process: takes the lock of a home, says how that went, and stays until it is ended. */
const OTHER = `
  const { lockHome } = await import(process.argv[1]);
  try {
    const unlock = lockHome(process.argv[2]);
    console.log('locked');
    process.stdin.once('data', () => { unlock(); process.exit(0); });
  } catch (error) {
    console.log(error.name + ': ' + error.message);
  }
`;

let home: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  home = join(mkdtempSync(join(tmpdir(), 'paperboy-lock-')), 'home');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(join(home, '..'), { recursive: true });
});

async function otherProcess(): Promise<{
  said: string;
  child: ChildProcess;
  ended: Promise<unknown>;
}> {
  const source = resolve('src/store/lock.ts');
  const args = ['--import', 'tsx', '--input-type=module', '--eval', OTHER, source, home];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const ended = once(child, 'exit');
  const [said] = (await once(createInterface(child.stdout as NodeJS.ReadableStream), 'line')) as [
    string,
  ];
  return { said, child, ended };
}

const lockFile = () => join(home, 'lock');
const holder = () => JSON.parse(readFileSync(lockFile(), 'utf8'));

describe('a home', () => {
  test('serves one process: a second one is refused with the holder and the remedy', async () => {
    const unlock = lockHome(home);
    const { said } = await otherProcess();
    expect(said).toMatch(/^HomeLockedError: /);
    for (const word of [home, String(process.pid), hostname(), 'DATABASE_URL', 'PAPERBOY_HOME']) {
      expect(said).toContain(word);
    }
    unlock();
    expect((await otherProcess()).said).toBe('locked');
  });

  test('is held by another process until that lets go', async () => {
    const { said, child, ended } = await otherProcess();
    expect(said).toBe('locked');
    expect(holder()).toMatchObject({ pid: child.pid, host: hostname() });
    expect(() => lockHome(home)).toThrow(HomeLockedError);
    child.stdin?.write('let go\n');
    await ended;
    lockHome(home)();
  });

  test('is taken over from a process that was killed', async () => {
    const { said, child, ended } = await otherProcess();
    expect(said).toBe('locked');
    child.kill('SIGKILL');
    await ended;
    const unlock = lockHome(home);
    expect(holder()).toMatchObject({ pid: process.pid });
    unlock();
  });

  test('is not served twice within one process either', () => {
    const unlock = lockHome(home);
    expect(() => lockHome(home)).toThrow(HomeLockedError);
    unlock();
    lockHome(home)();
  });

  test('is free again after it was let go, and letting go twice takes it from nobody', async () => {
    const unlock = lockHome(home);
    unlock();
    expect((await otherProcess()).said).toBe('locked');
    unlock();
    expect(() => lockHome(home)).toThrow(HomeLockedError);
  });

  test('with a lock that a crash cut short is taken over', () => {
    lockHome(home)();
    writeFileSync(lockFile(), '{"pid": 1');
    lockHome(home)();
  });
});

describe('the lock of another machine or container', () => {
  const foreign = (ageMs: number) => {
    lockHome(home)();
    const beatAt = new Date(Date.now() - ageMs);
    writeFileSync(
      lockFile(),
      JSON.stringify({ pid: process.pid, host: 'elsewhere', startedAt: beatAt.toISOString() }),
    );
    utimesSync(lockFile(), beatAt, beatAt);
  };

  test('counts while its heart beats', () => {
    foreign(5_000);
    expect(() => lockHome(home)).toThrow(/on elsewhere/);
  });

  test('is taken over when it has not beaten for long', () => {
    foreign(60_000);
    const unlock = lockHome(home);
    expect(holder()).toMatchObject({ pid: process.pid, host: hostname() });
    unlock();
  });
});
