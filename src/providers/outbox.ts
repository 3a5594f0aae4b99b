import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Email, fingerprint } from '../domain/email.ts';
import type { Outcome } from '../domain/outcome.ts';
import { EmlError, eml } from './eml.ts';
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
import { hashOf, type OutboxIndex, outboxIndex } from './outbox-index.ts';
import { fileStem, type Row, readableHtml, readableText } from './outbox-pages.ts';
import type { Provider } from './provider.ts';

const SLICE_MAX = 100;
const RETRY_MS = 60_000;

/** Segments start with a letter or digit and hold no dot: no path leaves the folder. */
const DELIVERY_ID = /^([A-Za-z0-9][\w-]{0,63}\/[A-Za-z0-9][\w-]{0,63})\/(0|[1-9]\d{0,14})$/;

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

/** An email with its bytes and its place. */
interface Delivery {
  readonly email: Email;
  readonly edition: string;
  readonly number: number;
  readonly bytes: Buffer;
}

export interface OutboxOptions {
  readonly dir: string;
  /**
   * The emails can be made again, as those of a replay: nothing waits for the disk, no key is
   * remembered, and there are neither readable copies nor pages to browse them.
   */
  readonly throwaway?: boolean;
}

const noIndex: OutboxIndex = { add: async () => {}, flush: async () => {} };

/**
 * A folder instead of a mail service: `<dir>/<edition>/000017.eml` for each delivery, and pages to
 * browse them. A slice is staged whole on disk before its first file gets its name, and a name is
 * given once: repeating a slice completes it, in this process or another, and overwrites nothing.
 */
export function outbox({ dir, throwaway = false }: OutboxOptions): Provider {
  const index = throwaway ? noIndex : outboxIndex(dir);
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
      staged = await stageAll(
        missing.map((one) => [pathOf(one), one.bytes]),
        !throwaway,
      );
      if (!throwaway && (await claim(key, deliveries)) === 'other') return OTHER_BYTES;
      perhapsTaken = true;
      if ((await all(staged.map((file) => file.publish()))).includes('other')) return OTHER_BYTES;
      if (!throwaway) await all(deliveries.map(writeReadable));
      for (const edition of throwaway ? [] : editions) {
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

  function pathOf({ edition, number }: Delivery): string {
    return join(dir, edition, `${fileStem(number)}.eml`);
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

type Composed =
  | { readonly deliveries: readonly Delivery[] }
  | { readonly why: string; readonly culprits: readonly number[] };

async function composeAll(emails: readonly Email[]): Promise<Composed> {
  if (emails.length > SLICE_MAX)
    return { why: `more than ${SLICE_MAX} emails in a slice`, culprits: [] };
  const seen = new Set<string>();
  const deliveries: Delivery[] = [];
  const problems = new Map<number, string>();
  for (const [at, email] of emails.entries()) {
    const made = seen.has(email.deliveryId) ? 'is in the slice twice' : await compose(email);
    seen.add(email.deliveryId);
    if (typeof made === 'string') problems.set(at, made);
    else deliveries.push(made);
  }
  const [first] = problems;
  if (first === undefined) return { deliveries };
  return { why: `email ${first[0]}: ${first[1]}`, culprits: [...problems.keys()] };
}

async function compose(email: Email): Promise<Delivery | string> {
  const [, edition, number] = DELIVERY_ID.exec(email.deliveryId) ?? [];
  if (edition === undefined) return 'its delivery id is not <digest>/<date>/<number>';
  try {
    return { email, edition, number: Number(number), bytes: await eml(email) };
  } catch (error) {
    if (error instanceof EmlError) return error.message;
    throw error;
  }
}

/** All or none: what was staged before one failed is discarded. */
async function stageAll(
  files: readonly (readonly [string, Buffer])[],
  synced: boolean,
): Promise<Staged[]> {
  const staged: Staged[] = [];
  try {
    await all(files.map(async ([path, bytes]) => staged.push(await stage(path, bytes, synced))));
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
