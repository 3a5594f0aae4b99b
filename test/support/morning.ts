import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { expect } from 'vitest';
import { defaultDigest } from '../../src/domain/digest.ts';
import type { PaperRecord, Signal } from '../../src/domain/paper.ts';
import { type Balance, balances } from '../../src/store/balance.ts';
import { type DeliveryRow, listDeliveries } from '../../src/store/deliveries.ts';
import { saveDigest } from '../../src/store/digests.ts';
import { savePapers } from '../../src/store/papers.ts';
import type { TestApp } from './app.ts';
import { record, signal } from './papers.ts';

export const DAY = '2025-03-14';
let digests = 0;

/**
 * Empties the ledger and adds a digest that nobody had before, so that tests that share a Paperboy
 * meet neither each other's rows nor what is kept of them in memory and in the queue.
 */
export async function freshDigest(t: TestApp): Promise<string> {
  await t.empty();
  digests += 1;
  const name = `digest-${digests}`;
  await saveDigest(t.app.db, { ...defaultDigest, name });
  return name;
}

/** One paper of a list: its title, or what is known of it. */
type Listed = string | (Partial<PaperRecord> & Partial<Signal>);

/** A source lists papers, each with more votes than the next one. */
export async function listPapers(
  t: TestApp,
  papers: readonly Listed[],
  { source = 'hf-daily', date = DAY }: { source?: string; date?: string } = {},
) {
  const listings = papers.map((listed, index) => {
    const over = typeof listed === 'string' ? { title: listed } : listed;
    const votes = { upvotes: (papers.length - index) * 100, ...over };
    const { upvotes, comments, stars, position, ...rest } = { ...signal(votes), ...over, ...votes };
    return {
      record: record({ listedOn: date, authors: [], ...rest }),
      signal: { upvotes, comments, stars, position },
    };
  });
  return savePapers(t.app.db, source, listings, t.app.now());
}

/** The freeze job, and everything that follows from it. */
export async function freezeMorning(t: TestApp, digest: string, date = DAY): Promise<string> {
  await t.app.queue.enqueue('freeze', { digest, date });
  await t.drain();
  return `${digest}/${date}`;
}

/** The timetable's tick, and everything that follows from it. */
export async function tick(t: TestApp, digest: string): Promise<void> {
  await t.app.queue.enqueue('dispatch', { digest });
  await t.drain();
}

/** Every delivery by address: its state, or its state with the reason. */
export async function states(t: TestApp, editionId: string): Promise<Record<string, string>> {
  const rows = await deliveries(t, editionId);
  return Object.fromEntries(
    rows.map(({ email, state, why }) => [email, why === null ? state : `${state}: ${why}`]),
  );
}

export function deliveries(t: TestApp, editionId: string): Promise<DeliveryRow[]> {
  return listDeliveries(t.app.db, { editionId, limit: 10_000 });
}

/** The edition's balance, which has to add up. */
export async function balanceOf(t: TestApp, editionId: string): Promise<Balance | undefined> {
  const [balance] = await balances(t.app.db, { editionId });
  expect(balance?.faults).toEqual([]);
  return balance;
}

/** An email as it lies in the outbox. */
interface Found {
  readonly subject: string;
  readonly text: string;
}

/** What lies in the outbox of an edition, by address. An address with two emails fails the test. */
export async function outboxOf(t: TestApp, editionId: string): Promise<Map<string, Found>> {
  const dir = join(t.app.outboxDir ?? '', editionId);
  const names = await readdir(dir).catch(() => []);
  const found = new Map<string, Found>();
  for (const name of names.filter((one) => one.endsWith('.eml'))) {
    const { to, subject = '', text = '' } = await simpleParser(await readFile(join(dir, name)));
    const address = [to ?? []].flat()[0]?.text ?? '';
    expect(found.has(address)).toBe(false);
    found.set(address, { subject, text: text.replace(/\s+/g, ' ') });
  }
  return found;
}

/** Which of these titles a text names, in its order. */
export function titlesIn(text: string | undefined, titles: readonly string[]): string[] {
  return titles
    .map((title) => ({ title, at: (text ?? '').indexOf(`. ${title} `) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)
    .map(({ title }) => title);
}
