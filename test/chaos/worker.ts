import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a process ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether we wanted it to. */
  readonly asked: boolean;
  readonly tookMs: number;
}

/** One process of Paperboy. */
export interface Worker {
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
  /** Resolves when it works off the queues. */
  readonly ready: Promise<void>;
  readonly ended: Promise<End>;
  readonly alive: boolean;
  /** Sends a signal and waits for the end; after 30 s it is killed. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<End>;
  /** Processor time so far, ms. */
  cpuMs(): number;
}

export interface WorkerOptions {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Each line of its log. */
  heard(line: string): void;
}

const END_MS_MAX = 30_000;
/** The unit of `utime` and `stime` in /proc, on every Linux there is. */
const TICK_MS = 10;
const READY = '"running"';

/** On Linux the kernel ends a child when this process is gone, even by kill -9. */
const TIED = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL', '--'] : [];

const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** Starts a process; nothing of this machine's environment leaks in. */
export function startWorker({ args, env, heard }: WorkerOptions): Worker {
  const [command = '', ...rest] = [...TIED, process.execPath, ...args];
  const child = spawn(command, rest, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  living.add(child);
  let askedAt: number | undefined;
  let over = false;
  let rest_ = '';
  let announce = () => {};
  const running = new Promise<void>((resolve) => {
    announce = resolve;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest_ + chunk).split('\n');
    rest_ = lines.pop() ?? '';
    for (const line of lines) {
      if (line.includes(READY)) announce();
      heard(line);
    }
  });
  const ended = new Promise<End>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      over = true;
      living.delete(child);
      announce(); // who waits for it sees that it is over
      const tookMs = askedAt === undefined ? 0 : performance.now() - askedAt;
      resolve({ code, signal, asked: askedAt !== undefined, tookMs });
    };
    child.once('error', () => end(null, null));
    child.once('exit', end);
  });
  return {
    pid: child.pid ?? 0,
    env,
    ready: running,
    ended,
    get alive() {
      return !over;
    },
    end: async (signal) => {
      askedAt ??= performance.now();
      child.kill(signal);
      const impatient = sleep(END_MS_MAX, undefined, { ref: false }).then(() => {
        child.kill('SIGKILL');
        return ended;
      });
      return Promise.race([ended, impatient]);
    },
    cpuMs: () => cpuMs(child.pid ?? 0),
  };
}

function cpuMs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return 0;
  }
}
