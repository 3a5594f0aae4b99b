import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';

const HEARTBEAT_MS = 2_000;
/** A lock of another machine or container counts as left behind after this long without heartbeat. */
const STALE_MS = 15_000;

const Holder = z.object({
  pid: z.number().int(),
  host: z.string(),
  startedAt: z.string(),
});
type Holder = z.infer<typeof Holder> & { readonly beatAtMs: number };

/** Lock files of this process: its pid in one that is not here is that of an earlier process. */
const ours = new Set<string>();

/** Another process has this embedded home open. */
export class HomeLockedError extends Error {
  override readonly name = 'HomeLockedError';
}

/**
 * Takes the embedded home for this process, until the returned function is called. Two PGlite on
 * one folder lose rows without a word, so a second process is refused; a lock whose process is gone
 * (kill -9) is taken over.
 * @throws HomeLockedError that names the holder and the remedy.
 */
export function lockHome(home: string): () => void {
  mkdirSync(home, { recursive: true });
  const path = resolve(home, 'lock');
  if (!create(path)) {
    const holder = readHolder(path);
    if (holder !== undefined && isAlive(holder, path)) {
      throw new HomeLockedError(
        `${home} is in use by process ${holder.pid} on ${holder.host} (since ${holder.startedAt}). ` +
          'The embedded database serves one process at a time: stop that process, use another ' +
          'PAPERBOY_HOME, or set DATABASE_URL and REDIS_URL to share one installation.',
      );
    }
    rmSync(path, { force: true });
    if (!create(path)) throw new HomeLockedError(`${home} was taken by another process just now`);
  }
  ours.add(path);
  const heartbeat = setInterval(() => beat(path), HEARTBEAT_MS);
  heartbeat.unref();
  return () => {
    if (!ours.delete(path)) return;
    clearInterval(heartbeat);
    rmSync(path, { force: true });
  };
}

/** Creates the lock file, or tells that one is there: `wx` leaves the race to the kernel. */
function create(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  writeSync(
    file,
    JSON.stringify({
      pid: process.pid,
      host: hostname(),
      startedAt: new Date().toISOString(),
    }),
  );
  closeSync(file);
  return true;
}

function beat(path: string) {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Removed by hand: nothing to keep alive.
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const holder = Holder.parse(JSON.parse(readFileSync(path, 'utf8')));
    return { ...holder, beatAtMs: statSync(path).mtimeMs };
  } catch {
    return undefined; // cut short by a crash
  }
}

function isAlive(holder: Holder, path: string): boolean {
  if (holder.host !== hostname()) return Date.now() - holder.beatAtMs < STALE_MS;
  if (holder.pid === process.pid) return ours.has(path); // a container starts with the same pid every time
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
