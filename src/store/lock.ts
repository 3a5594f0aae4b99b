import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';

const HEARTBEAT_MS = 2_000;
/** A lock of another machine or container counts as left behind after this long without heartbeat. */
const STALE_MS = 15_000;
/** One of this machine, when its pid is somebody's and nothing says whose: a busy process beats late. */
const NO_PULSE_MS = 60_000;

const Holder = z.object({
  pid: z.number().int(),
  host: z.string(),
  startedAt: z.string(),
  /** Makes the file its holder's own. */
  token: z.string().optional(),
  /** Boot and process namespace: where the pid means something. */
  realm: z.string().optional(),
  /** When the process started, in the kernel's ticks: a pid comes again, both together do not. */
  born: z.string().optional(),
});
type Holder = z.infer<typeof Holder>;

/** A lock file as it was found; `holder` is absent when a crash cut it short. */
interface Found {
  /** Of this very file. */
  readonly id: string;
  readonly holder: Holder | undefined;
  readonly beatAtMs: number;
}

/** Tokens of the locks of this process: another one under its pid is that of an earlier process. */
const ours = new Set<string>();

/** Another process has this embedded home open. */
export class HomeLockedError extends Error {
  override readonly name = 'HomeLockedError';
}

/**
 * Takes the embedded home for this process, until the returned function is called. Two PGlite on
 * one folder lose rows without a word, so a second process is refused; a lock whose process is gone
 * (kill -9, a reboot) is taken over, by one process only.
 * @throws HomeLockedError that names the holder and the remedy.
 */
export function lockHome(home: string): () => void {
  mkdirSync(home, { recursive: true });
  const path = resolve(home, 'lock');
  const token = randomUUID();
  const draft = `${path}.${token}`;
  writeFileSync(draft, JSON.stringify(self(token)));
  try {
    const other = take(path, draft);
    if (other !== undefined) {
      const { pid = '?', host = '?', startedAt = '?' } = other.holder ?? {};
      throw new HomeLockedError(
        `${home} is in use by process ${pid} on ${host} (since ${startedAt}). ` +
          'The embedded database serves one process at a time: stop that process, use another ' +
          'PAPERBOY_HOME, or set DATABASE_URL and REDIS_URL to share one installation.',
      );
    }
  } finally {
    rmSync(draft, { force: true });
  }
  ours.add(token);
  const mine = () => find(path)?.holder?.token === token;
  const heartbeat = setInterval(() => mine() && beat(path), HEARTBEAT_MS);
  heartbeat.unref();
  return () => {
    if (!ours.delete(token)) return;
    clearInterval(heartbeat);
    if (mine()) rmSync(path, { force: true });
  };
}

/**
 * Gives the draft a name that nobody else has. A file that was left behind there is replaced by who
 * took, in the same way, the name of its one successor, and then still finds it: so nobody removes
 * what another process put there meanwhile, and whoever dies on the way is succeeded, too.
 * @returns who has it; undefined when the draft got it.
 */
function take(path: string, draft: string): Found | undefined {
  for (;;) {
    if (link(draft, path)) return undefined;
    const found = find(path);
    if (found === undefined) continue;
    if (isAlive(found)) return found;
    const successor = resolve(path, '..', `lock.after-${found.id}`);
    const other = take(successor, draft);
    if (other !== undefined) return other;
    if (find(path)?.id === found.id) {
      renameSync(successor, path);
      return undefined;
    }
    rmSync(successor, { force: true });
  }
}

/** @returns false when a file of that name is there: the kernel decides who is first. */
function link(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function find(path: string): Found | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const text = readFileSync(file, 'utf8');
    const { ino, mtimeMs } = fstatSync(file);
    const id = createHash('sha256').update(`${ino} ${text}`).digest('hex').slice(0, 16);
    return { id, holder: holderIn(text), beatAtMs: mtimeMs };
  } finally {
    closeSync(file);
  }
}

function holderIn(text: string): Holder | undefined {
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function beat(path: string) {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Removed by hand: nothing to keep alive.
  }
}

function self(token: string): Holder {
  const realm = realmHere();
  const born = bornOf(process.pid);
  return {
    pid: process.pid,
    host: hostname(),
    startedAt: new Date().toISOString(),
    token,
    ...(realm === undefined ? {} : { realm }),
    ...(born === undefined ? {} : { born }),
  };
}

/** Which boot of which machine, and which processes are seen here; undefined where there is no /proc. */
function realmHere(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

function bornOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]; // the name before it may hold anything
  } catch {
    return undefined;
  }
}

function isAlive({ holder, beatAtMs }: Found): boolean {
  if (holder === undefined) return false;
  const silentMs = Date.now() - beatAtMs;
  const elsewhere = holder.realm !== undefined && holder.realm !== realmHere();
  if (holder.host !== hostname() || elsewhere) return silentMs < STALE_MS;
  if (holder.pid === process.pid) return holder.token !== undefined && ours.has(holder.token);
  if (!exists(holder.pid)) return false;
  const born = holder.born === undefined ? undefined : bornOf(holder.pid);
  return born === undefined ? silentMs < NO_PULSE_MS : born === holder.born;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
