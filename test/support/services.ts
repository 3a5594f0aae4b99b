import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** How to end a server: asked to, or in the middle of things (PostgreSQL's immediate mode, kill -9). */
type Ending = 'clean' | 'crash';

/** A private server on 127.0.0.1 that a test may stop and start again: same port, same data. */
export interface Service {
  readonly url: string;
  /** Its data and sockets; `close` removes it. */
  readonly dir: string;
  /** Of the running server; another one after every start. */
  readonly pid: number;
  /** Ends the process and keeps the data. */
  stop(ending?: Ending): Promise<void>;
  start(): Promise<void>;
  restart(ending?: Ending): Promise<void>;
  /** Stops the server and removes its data: the last call. */
  close(): Promise<void>;
}

interface Daemon {
  readonly command: string;
  readonly args: readonly string[];
  readonly url: string;
  readonly dir: string;
  /** Whose folder it is decides who removes it. */
  readonly ownsDir: boolean;
  readonly account: { readonly uid: number; readonly gid: number } | undefined;
  readonly signals: Readonly<Record<Ending, NodeJS.Signals>>;
}

const STARTING_MS_MAX = 30_000;
const OUTPUT_CHARS_KEPT = 4_000;

/** Both servers print it as the last thing that starting does. */
const READY = /ready to accept connections/i;

const run = promisify(execFile);

/**
 * Starts a private PostgreSQL cluster of the newest version installed, with trust on loopback.
 * A commit survives a crash of the server as in production; to survive a crash of the machine it
 * needs `fsync`, which costs time and proves nothing here.
 * @throws Error that names the Debian package when PostgreSQL is not installed.
 */
export async function startPostgres(options: { readonly fsync?: boolean } = {}): Promise<Service> {
  const postgres = findBinary('postgres', postgresFolders(), 'postgresql');
  const dir = mkdtempSync(join(tmpdir(), 'paperboy-postgres-'));
  const account = await postgresAccount();
  if (account !== undefined) await chown(dir, account.uid, account.gid);
  const data = join(dir, 'data');
  await run(
    join(postgres, '..', 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    { ...account, cwd: dir },
  );
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: dir,
    fsync: options.fsync === true ? 'on' : 'off',
    max_connections: 200,
  };
  return serve({
    command: postgres,
    args: ['-D', data, ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])],
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    dir,
    ownsDir: true,
    account,
    signals: { clean: 'SIGINT', crash: 'SIGQUIT' },
  });
}

/**
 * Starts a private Redis that evicts nothing and writes no snapshots: without `appendonly` a restart
 * loses everything.
 * @throws Error that names the Debian package when Redis is not installed.
 */
export async function startRedis(
  options: {
    readonly appendonly?: boolean;
    /** As redis.conf spells it: `100mb`. */
    readonly maxmemory?: string;
    readonly port?: number;
    /** A folder of the caller's, which `close` leaves in place. */
    readonly dir?: string;
  } = {},
): Promise<Service> {
  const command = findBinary('redis-server', pathFolders(), 'redis-server');
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'paperboy-redis-'));
  const port = options.port ?? (await freePort());
  const settings = {
    port,
    bind: '127.0.0.1',
    dir,
    save: '',
    appendonly: options.appendonly === true ? 'yes' : 'no',
    appendfsync: 'everysec',
    maxmemory: options.maxmemory ?? '0',
    'maxmemory-policy': 'noeviction',
  };
  return serve({
    command,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`]),
    url: `redis://127.0.0.1:${port}`,
    dir,
    ownsDir: options.dir === undefined,
    account: undefined,
    signals: { clean: 'SIGTERM', crash: 'SIGKILL' },
  });
}

/** Runs a daemon until it is closed, or until this process ends, in whatever way. */
async function serve(daemon: Daemon): Promise<Service> {
  let child: ChildProcess | undefined;
  const start = async () => {
    child ??= await launch(daemon);
  };
  const stop = async (ending: Ending = 'clean') => {
    if (child !== undefined) await end(child, daemon.signals[ending]);
    child = undefined;
  };
  const removeDir = () => {
    if (daemon.ownsDir) rmSync(daemon.dir, { recursive: true, force: true });
  };
  const abandon = () => {
    child?.kill(daemon.signals.crash);
    removeDir();
  };
  const close = async () => {
    process.off('exit', abandon);
    await stop('crash');
    removeDir();
  };

  process.once('exit', abandon);
  await start().catch(async (error) => {
    await close();
    throw error;
  });
  return {
    url: daemon.url,
    dir: daemon.dir,
    get pid() {
      if (child?.pid === undefined) throw new Error(`${daemon.command} is stopped`);
      return child.pid;
    },
    stop,
    start,
    restart: async (ending) => {
      await stop(ending);
      await start();
    },
    close,
  };
}

/** Spawns the server and waits for its ready line. */
async function launch(daemon: Daemon): Promise<ChildProcess> {
  const child = spawn(...tiedToThisProcess(daemon), {
    ...daemon.account,
    cwd: daemon.dir,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  try {
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        output = `${output}${chunk}`.slice(-OUTPUT_CHARS_KEPT);
        if (READY.test(output)) resolve();
      };
      child.stdout.on('data', read); // for as long as it runs: a full pipe would stop the server
      child.stderr.on('data', read);
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`ended with ${code ?? signal}`)));
      setTimeout(() => reject(new Error('took too long')), STARTING_MS_MAX).unref();
    });
    return child;
  } catch (cause) {
    child.kill('SIGKILL');
    throw new Error(`${daemon.command} did not start:\n${output}`, { cause });
  }
}

/** On Linux the kernel ends the server when this process is gone, even by kill -9. */
function tiedToThisProcess(daemon: Daemon): [command: string, args: string[]] {
  if (process.platform !== 'linux') return [daemon.command, [...daemon.args]];
  const signal = daemon.signals.crash.replace('SIG', '');
  return ['setpriv', ['--pdeathsig', signal, '--', daemon.command, ...daemon.args]];
}

async function end(child: ChildProcess, signal: NodeJS.Signals) {
  if (child.exitCode !== null || child.signalCode !== null) return; // killed by the test itself
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** Debian's versions, newest first: they are not on the PATH. */
function postgresFolders(): string[] {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  return [...newestFirst.map((version) => join(root, version, 'bin')), ...pathFolders()];
}

function pathFolders(): string[] {
  return (process.env.PATH ?? '').split(delimiter);
}

function findBinary(name: string, folders: readonly string[], debianPackage: string): string {
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    `${name} is not installed, and these tests run a real one: apt-get install -y ${debianPackage}`,
  );
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
async function postgresAccount(): Promise<Daemon['account']> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

/**
 * A port of this machine that nobody listens on, below those that the kernel gives to outgoing
 * connections: from among them, a client that keeps calling a stopped server can be given that
 * server's own port and hold it.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(20_000, 32_000);
  const probe = createServer();
  const free = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
  return free ? port : freePort();
}
