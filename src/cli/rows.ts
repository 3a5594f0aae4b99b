import { once } from 'node:events';
import { table } from './table.ts';

/** How a long list is printed. */
export interface RowsReport<T> {
  /** What stands before the rows and after them in the JSON document; absent: the document is a bare list. */
  readonly around?: { readonly key: string; readonly before: object; after(): object };
  json(row: T): unknown;
  readonly head: readonly string[];
  text(row: T): readonly unknown[];
  /** A last line for people. */
  last?(): string;
}

/** So many lines share the widths of their columns. */
const PAGE = 500;

/**
 * Prints rows as they come, so that a million of them take no more memory than a page. With `--json` it is one
 * document on one line all the same. Who closes the pipe, as `head` does, ends it.
 */
export async function reportRows<T>(
  options: { json?: boolean },
  rows: AsyncIterable<T>,
  report: RowsReport<T>,
): Promise<void> {
  const pages = pagesOf(rows);
  await (options.json === true ? printJson(pages, report) : printText(pages, report));
}

async function printJson<T>(
  pages: AsyncIterable<T[]>,
  { around, json }: RowsReport<T>,
): Promise<void> {
  const open = around && `${JSON.stringify({ ...around.before, [around.key]: [] }).slice(0, -2)}`;
  await write(open ?? '[');
  let first = true;
  for await (const page of pages) {
    const some = page.map((row) => JSON.stringify(json(row))).join(',');
    if (!(await write(first ? some : `,${some}`))) return;
    first = false;
  }
  await write(around === undefined ? ']\n' : `],${JSON.stringify(around.after()).slice(1)}\n`);
}

async function printText<T>(
  pages: AsyncIterable<T[]>,
  { head, text, last }: RowsReport<T>,
): Promise<void> {
  let first = true;
  for await (const page of pages) {
    if (!(await write(`${table(first ? head : [], page.map(text))}\n`))) return;
    first = false;
  }
  if (first) await write(`${table(head, [])}\n`);
  if (last !== undefined) await write(`${last()}\n`);
}

async function* pagesOf<T>(rows: AsyncIterable<T>): AsyncGenerator<T[]> {
  let page: T[] = [];
  for await (const row of rows) {
    page.push(row);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** @returns whether anybody still reads. */
async function write(text: string): Promise<boolean> {
  const { stdout } = process;
  if (!stdout.writable) return false;
  try {
    if (!stdout.write(text)) await once(stdout, 'drain');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
  return stdout.writable;
}
