import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprint } from '../domain/email.ts';
import type { Outcome } from '../domain/outcome.ts';
import { composeAll, type Delivery, emlPath, SLICE_MAX } from './outbox-compose.ts';
import {
  all,
  errnoOf,
  replace,
  type Staged,
  stage,
  standing,
  sweepTemporaries,
  syncFolder,
} from './outbox-files.ts';
import { hashOf, outboxIndex } from './outbox-index.ts';
import { fileStem, type Row, readableHtml, readableText } from './outbox-pages.ts';
import type { Provider } from './provider.ts';

const RETRY_MS = 60_000;

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space',
  EDQUOT: 'the disk quota is used up: free some space',
  EACCES: 'no permission to write there: give this user the folder',
  EPERM: 'no permission to write there: give this user the folder',
  EROFS: 'the disk is read-only: mount it for writing or choose another folder',
  ENOTDIR: 'a part of the path is a file: move it away or choose another folder',
  EMFILE: 'too many open files: raise the limit (ulimit -n) or lower the concurrency',
};

const OTHER_BYTES: Outcome = { kind: 'conflict', why: 'same key, other bytes' };

/**
 * A folder instead of a mail service: `<dir>/<edition>/000017.eml` for each delivery, and pages to
 * browse them. A slice is staged whole on disk before its first file gets its name, and a name is
 * given once: repeating a slice completes it, in this process or another, and overwrites nothing.
 */
export function outbox({ dir }: { readonly dir: string }): Provider {
  const index = outboxIndex(dir);
  const prepared = new Set<string>();

  async function submit(deliveries: readonly Delivery[], key: string): Promise<Outcome> {
    let perhapsTaken = false;
    let staged: readonly Staged[] = [];
    try {
      const editions = [...new Set(deliveries.map(({ edition }) => edition))];
      await all(editions.map(prepare));
      const found = await all(deliveries.map((one) => standing(pathOf(one), one.bytes)));
      if (found.includes('other')) return OTHER_BYTES;
      perhapsTaken = found.includes('same');
      const missing = deliveries.filter((_, at) => found[at] === 'absent');
      staged = await stageAll(missing.map((one) => [pathOf(one), one.bytes]));
      if ((await claim(key, deliveries)) === 'other') return OTHER_BYTES;
      perhapsTaken = true;
      if ((await all(staged.map((file) => file.publish()))).includes('other')) return OTHER_BYTES;
      await all(deliveries.map(writeReadable));
      for (const edition of editions) {
        await syncFolder(join(dir, edition));
        await index.add(edition, key, deliveries.filter((one) => one.edition === edition).map(row));
      }
      return {
        kind: 'submitted',
        providerIds: deliveries.map(({ email }) => `outbox-${email.deliveryId}`),
      };
    } catch (error) {
      const code = errnoOf(error);
      if (code === undefined) throw error;
      const why = `${dir}: ${REMEDIES[code] ?? 'cannot be written to'} (${code})`;
      return { kind: perhapsTaken ? 'unknown' : 'halted', why, retryAfterMs: RETRY_MS };
    } finally {
      await Promise.allSettled(staged.map((file) => file.discard()));
    }
  }

  async function prepare(edition: string): Promise<void> {
    const folders = [join(dir, edition), join(dir, edition, 'view'), join(dir, '.index', 'keys')];
    await all(folders.map((folder) => mkdir(folder, { recursive: true })));
    if (prepared.has(edition)) return;
    prepared.add(edition);
    await all(folders.map((folder) => sweepTemporaries(folder, Date.now())));
  }

  /** Remembers which emails a key stands for, whichever files they became. */
  async function claim(key: string, deliveries: readonly Delivery[]) {
    const print = fingerprint(deliveries.map(({ email }) => email));
    const path = join(dir, '.index', 'keys', hashOf(key));
    return (await stage(path, Buffer.from(print))).publish();
  }

  function pathOf(delivery: Delivery): string {
    return join(dir, emlPath(delivery));
  }

  async function writeReadable({ email, edition, number }: Delivery): Promise<void> {
    const path = join(dir, edition, 'view', fileStem(number));
    await replace(`${path}.txt`, readableText(email.text));
    if (email.html !== undefined) await replace(`${path}.html`, readableHtml(email.html));
  }

  return {
    name: 'outbox',
    account: `outbox ${dir}`,
    sliceMax: SLICE_MAX,
    keyLifeMs: Number.POSITIVE_INFINITY,
    async submit(emails, key) {
      if (emails.length === 0) return { kind: 'submitted', providerIds: [] };
      const composed = await composeAll(emails);
      return 'why' in composed
        ? { kind: 'refused', ...composed }
        : submit(composed.deliveries, key);
    },
    close: () => index.flush(),
  };
}

/** All or none: what was staged before one failed is discarded. */
async function stageAll(files: readonly (readonly [string, Buffer])[]): Promise<Staged[]> {
  const staged: Staged[] = [];
  try {
    await all(files.map(async ([path, bytes]) => staged.push(await stage(path, bytes))));
    return staged;
  } catch (error) {
    await Promise.allSettled(staged.map((file) => file.discard()));
    throw error;
  }
}

function row({ email, number, bytes }: Delivery): Row {
  const { to, subject, html } = email;
  return { number, to, subject, bytes: bytes.length, html: html !== undefined };
}
