import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replace, stage } from './outbox-files.ts';
import { editionPage, outboxPage, pageFile, type Row, type Summary } from './outbox-pages.ts';

const ROWS_A_PAGE = 500;
const REST_MS = 1_000;
/** Rests twenty times as long as it worked: the pages of a long run cost at most 5 % of it. */
const REST_PER_WORK = 20;
/** Another process may add to an edition while it is written; the last writer looks again. */
const PASSES_MAX = 3;

const StoredRow = z.object({
  number: z.number(),
  to: z.string(),
  subject: z.string(),
  bytes: z.number(),
  html: z.boolean(),
});

const StoredSummary = z.object({ emails: z.number(), bytes: z.number(), fragments: z.number() });

/** The pages to browse an outbox with. */
export interface OutboxIndex {
  /** Notes rows of an edition under their slice's key; the same again changes nothing. */
  add(edition: string, key: string, rows: readonly Row[]): Promise<void>;
  /** Brings the pages up to date now, and stops the clock. */
  flush(): Promise<void>;
}

/**
 * Pages made from fragments: one JSON-lines file for each slice in
 * `.index/editions/<edition>/`, so that processes never write to the same file. An edition's pages
 * are made again when it has more fragments than its summary knows of. Pages that cannot be written
 * never fail a delivery: the next rebuild, in this process or another, makes up for it.
 */
export function outboxIndex(dir: string): OutboxIndex {
  const root = join(dir, '.index', 'editions');
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stale = false;
  let restUntil = 0;

  function rebuildNow(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    running = running.then(async () => {
      if (!stale) return;
      stale = false;
      const startedAt = performance.now();
      await rebuild(dir, root).catch(() => {
        stale = true;
      });
      const endedAt = performance.now();
      restUntil = endedAt + Math.max(REST_MS, (endedAt - startedAt) * REST_PER_WORK);
    });
    return running;
  }

  return {
    async add(edition, key, rows) {
      const folder = join(root, edition);
      await mkdir(folder, { recursive: true });
      const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
      await (await stage(join(folder, `${hashOf(key)}.jsonl`), Buffer.from(lines))).publish();
      stale = true;
      timer ??= setTimeout(rebuildNow, Math.max(0, restUntil - performance.now())).unref();
    },
    flush: rebuildNow,
  };
}

/** A key as a file name. */
export function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 40);
}

async function rebuild(dir: string, root: string): Promise<void> {
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    let changed = false;
    const summaries: Summary[] = [];
    for (const edition of await editions(dir, root)) {
      const names = await namesIn(join(root, edition));
      const fragments = names.filter((name) => name.endsWith('.jsonl'));
      const known = await storedSummary(join(root, edition));
      const upToDate = known?.fragments === fragments.length;
      const { emails, bytes } = upToDate
        ? known
        : await rebuildEdition(dir, root, edition, fragments);
      summaries.push({ edition, emails, bytes });
      changed ||= !upToDate;
    }
    if (pass > 0 && !changed) return;
    await replace(join(dir, 'index.html'), await outboxPage(summaries));
  }
}

async function rebuildEdition(
  dir: string,
  root: string,
  edition: string,
  fragments: readonly string[],
): Promise<Summary> {
  const byNumber = new Map<number, Row>();
  for (const fragment of fragments)
    for (const row of await readRows(join(root, edition, fragment))) byNumber.set(row.number, row);
  const rows = [...byNumber.values()].sort((a, b) => a.number - b.number);
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  const summary = { edition, emails: rows.length, bytes };
  const pages = Math.max(1, Math.ceil(rows.length / ROWS_A_PAGE));
  for (let page = 1; page <= pages; page++) {
    const shown = rows.slice((page - 1) * ROWS_A_PAGE, page * ROWS_A_PAGE);
    const content = await editionPage(summary, shown, { page, pages });
    await replace(join(dir, edition, pageFile(page)), content);
  }
  const stored = { emails: rows.length, bytes, fragments: fragments.length };
  await replace(join(root, edition, 'summary.json'), JSON.stringify(stored));
  return summary;
}

/** Those whose folder nobody has removed by hand. */
async function editions(dir: string, root: string): Promise<string[]> {
  const found: string[] = [];
  for (const digest of await namesIn(root))
    for (const date of await namesIn(join(root, digest)))
      await access(join(dir, digest, date)).then(
        () => found.push(`${digest}/${date}`),
        () => undefined,
      );
  return found;
}

async function readRows(path: string): Promise<Row[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter(Boolean);
  return lines.flatMap((line) => StoredRow.safeParse(JSON.parse(line)).data ?? []);
}

/** What the last rebuild noted; `undefined` when it is missing or unreadable: then make it again. */
async function storedSummary(folder: string): Promise<z.infer<typeof StoredSummary> | undefined> {
  try {
    const text = await readFile(join(folder, 'summary.json'), 'utf8');
    return StoredSummary.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('.'));
}
