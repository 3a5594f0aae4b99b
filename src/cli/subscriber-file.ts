import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { EmailAddress } from '../domain/address.ts';
import { Preferences } from '../domain/preferences.ts';
import type { Newcomer } from '../store/subscribers.ts';

export interface ReadSubscribers {
  readonly newcomers: readonly Newcomer[];
  readonly rejections: readonly { readonly at: number; readonly why: string }[];
}

const Row = Preferences.extend({ email: EmailAddress });

/**
 * Reads a list of subscribers: CSV with a head line, or JSONL. A row that is wrong is rejected with
 * its line and the field's name; the others are kept.
 * @throws when the file cannot be read or its head line has no email column.
 */
export async function readSubscribers(path: string): Promise<ReadSubscribers> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${path} cannot be read: ${cause.code ?? cause.message}`, { cause });
  });
  const rows = path.endsWith('.csv') ? csvRows(path, text) : jsonRows(text);
  const newcomers: Newcomer[] = [];
  const rejections: { at: number; why: string }[] = [];
  for (const { at, value } of rows) {
    const row = value instanceof Error ? undefined : Row.safeParse(value);
    if (row?.success === true) {
      const { email, ...preferences } = row.data;
      newcomers.push({ email, preferences });
    } else {
      rejections.push({
        at,
        why: row === undefined ? (value as Error).message : z.prettifyError(row.error),
      });
    }
  }
  return { newcomers, rejections };
}

interface Line {
  readonly at: number;
  readonly value: unknown;
}

function jsonRows(text: string): Line[] {
  return text.split('\n').flatMap((line, index): Line[] => {
    if (line.trim() === '') return [];
    try {
      return [{ at: index + 1, value: JSON.parse(line) }];
    } catch (error) {
      return [{ at: index + 1, value: new Error(`no JSON: ${(error as Error).message}`) }];
    }
  });
}

const LISTS = new Set(['digests', 'topics', 'exclude', 'categories', 'authors', 'organisations']);
const NUMBERS = new Set(['weekday', 'hour', 'papersMax', 'dial']);
const SWITCHES = new Set(['community', 'sendEmpty']);

function csvRows(path: string, text: string): Line[] {
  const rows: { record: Record<string, string>; info: { lines: number } }[] = parse(text, {
    bom: true,
    columns: (head: string[]) => {
      if (head.includes('email')) return head;
      throw new Error(`${path}: the first line must name the columns, one of them "email"`);
    },
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
  });
  return rows.map(({ record, info }) => ({
    at: info.lines,
    value: Object.fromEntries(
      Object.entries(record)
        .filter(([, cell]) => cell !== '')
        .map(([name, cell]) => [name, cellValue(name, cell)]),
    ),
  }));
}

function cellValue(name: string, cell: string): unknown {
  if (LISTS.has(name)) return cell.split(';').map((word) => word.trim());
  if (SWITCHES.has(name) && /^(?:true|false)$/i.test(cell)) return cell.toLowerCase() === 'true';
  return NUMBERS.has(name) ? Number(cell) : cell;
}
