import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
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

/** A process that, when it is told to, takes the lock at an instant, or holds on to it until it is told so. */
const RIVAL = `
  const { lockHome } = await import(process.argv[1]);
  const { createInterface } = await import('node:readline');
  let unlock;
  createInterface(process.stdin).on('line', (line) => {
    if (line === 'let go') {
      unlock?.();
      unlock = undefined;
      console.log('free');
      return;
    }
    while (Date.now() < Number(line));
    try {
      unlock = lockHome(process.argv[2]);
      console.log('locked');
    } catch (error) {
      console.log(error.name);
    }
  });
  console.log('ready');
`;

function rival() {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', RIVAL];
  const child = spawn(process.execPath, [...args, resolve('src/store/lock.ts'), home], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface(child.stdout as NodeJS.ReadableStream)[Symbol.asyncIterator]();
  const hears = async () => String((await lines.next()).value);
  return {
    pid: child.pid,
    hears,
    told: (line: string | number) => {
      child.stdin?.write(`${line}\n`);
      return hears();
    },
  };
}

/** What a process left behind that is no more, or is another one by now. */
function leftBehind(pid: number, more: object = {}, ageMs = 0): void {
  lockHome(home)();
  const beatAt = new Date(Date.now() - ageMs);
  const startedAt = beatAt.toISOString();
  writeFileSync(lockFile(), JSON.stringify({ pid, host: hostname(), startedAt, ...more }));
  utimesSync(lockFile(), beatAt, beatAt);
}
const NOBODY = 2 ** 30;

describe('a lock that was left behind', () => {
  test('is taken over by one of two processes that find it together, in each of many rounds', async () => {
    const rivals = [rival(), rival()];
    for (const { hears } of rivals) expect(await hears()).toBe('ready');
    for (let round = 0; round < 150; round++) {
      leftBehind(NOBODY, { token: String(round) });
      const at = Date.now() + 15;
      const said = await Promise.all(rivals.map(({ told }) => told(at)));
      expect([round, ...said.sort()]).toEqual([round, 'HomeLockedError', 'locked']);
      expect(rivals.map(({ pid }) => pid)).toContain(holder().pid);
      await Promise.all(rivals.map(({ told }) => told('let go')));
      expect(readdirSync(home)).toEqual([]);
    }
  });

  test('is taken over also when the process that was about to do so was killed', () => {
    leftBehind(NOBODY);
    const { ino } = statSync(lockFile());
    const id = createHash('sha256').update(`${ino} ${readFileSync(lockFile(), 'utf8')}`);
    const successor = join(home, `lock.after-${id.digest('hex').slice(0, 16)}`);
    writeFileSync(successor, JSON.stringify({ pid: NOBODY, host: hostname(), startedAt: '' }));
    const unlock = lockHome(home);
    expect(holder()).toMatchObject({ pid: process.pid });
    unlock();
    expect(readdirSync(home)).toEqual([]);
  });

  test.skipIf(!existsSync('/proc/self/stat'))(
    'blocks nobody because another program has its pid now, however its heart beats',
    () => {
      const unlock = lockHome(home);
      const { realm } = holder();
      unlock();
      leftBehind(process.ppid, { realm, born: '1' });
      lockHome(home)();
    },
  );

  test('blocks nobody when its pid is another program’s and its heart has not beaten for weeks', () => {
    leftBehind(process.ppid, {}, 14 * 86_400_000);
    lockHome(home)();
  });

  test('by a process that may be alive holds while its heart beats', () => {
    leftBehind(process.ppid, {}, 20_000);
    expect(() => lockHome(home)).toThrow(HomeLockedError);
  });

  test.skipIf(!existsSync('/proc/self/stat'))('before a reboot holds nobody up', () => {
    leftBehind(process.ppid, { realm: 'an earlier boot pid:[1]' }, 60_000);
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
