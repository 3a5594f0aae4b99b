import { randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const STALE_MS = 60 * 60 * 1_000;
const NO_HARD_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** What stands at a path, compared with bytes that belong there. */
export type Standing = 'absent' | 'same' | 'other';

/** Bytes safe on disk under a temporary name, which never ends in `.eml`. */
export interface Staged {
  /** Gives them their name in one step, unless something stands there: that stays as it is. */
  publish(): Promise<Standing>;
  discard(): Promise<void>;
}

/** Compares what stands at `path` with `bytes`. */
export async function standing(path: string, bytes: Uint8Array): Promise<Standing> {
  try {
    return (await readFile(path)).equals(bytes) ? 'same' : 'other';
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'absent';
    throw error;
  }
}

/** Writes `bytes` beside `path` and waits until the disk has them. */
export async function stage(path: string, bytes: Uint8Array): Promise<Staged> {
  const temporary = temporaryOf(path);
  let there = true;
  async function discard(): Promise<void> {
    if (there) await remove(temporary);
    there = false;
  }
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await discard();
    throw error;
  }
  return {
    discard,
    async publish() {
      try {
        await link(temporary, path);
        return 'absent';
      } catch (error) {
        const code = errnoOf(error) ?? '';
        if (code !== 'EEXIST' && !NO_HARD_LINKS.has(code)) throw error;
        const found = await standing(path, bytes);
        if (found === 'absent') await rename(temporary, path);
        return found;
      } finally {
        await discard();
      }
    },
  };
}

/** Writes `bytes` under their name at once, unless something stands there: that stays as it is. */
export async function place(path: string, bytes: Uint8Array): Promise<Standing> {
  try {
    await writeFile(path, bytes, { flag: 'wx' });
    return 'absent';
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    return standing(path, bytes);
  }
}

/** Puts a file that can be made again in its place, whole or not at all; survives no power cut. */
export async function replace(path: string, content: string): Promise<void> {
  const temporary = temporaryOf(path);
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await remove(temporary);
    throw error;
  }
}

/** Makes the names in a folder survive a power cut, where the platform can. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    const code = errnoOf(error);
    if (code !== 'EISDIR' && code !== 'EPERM') throw error; // Windows opens no folder
  }
}

/** Removes what killed processes left behind in a folder. */
export async function sweepTemporaries(path: string, now: number): Promise<void> {
  for (const name of await readdir(path)) {
    if (!name.startsWith('.') || !name.endsWith('.tmp')) continue;
    const file = join(path, name);
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined && now - found.mtimeMs > STALE_MS) await remove(file);
  }
}

/** Like Promise.all, but nothing is still running when it rejects. */
export async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** The system's error code, `ENOSPC` for one, if the error has any. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error
    ? String(error.code)
    : undefined;
}

async function remove(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
  });
}

function temporaryOf(path: string): string {
  return join(
    dirname(path),
    `.${basename(path)}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`,
  );
}
