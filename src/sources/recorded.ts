import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readJsonl } from './jsonl.ts';
import { type Listing, type Pulled, type Rejection, SourceError } from './source.ts';

/** One calendar day of a recording: what its source listed, which may be nothing. */
interface RecordedDay {
  readonly day: string;
  readonly pulled: Pulled;
}

const MONTH_FILE = /^(\d{4}-\d{2})\.jsonl(\.gz)?$/;

/**
 * Every calendar day of a folder of recorded months (`2025-03.jsonl.gz`), from the first that lists a
 * paper to the last, those without any too. One month is in memory at a time. What cannot be read
 * is told with the first day of its month; a paper dated before its month comes with that day.
 * @throws SourceError when the folder holds no such file.
 */
export async function* recordedDays(dir: string): AsyncGenerator<RecordedDay> {
  const files = await monthFiles(dir);
  let next: string | undefined;
  for (const [index, file] of files.entries()) {
    const { listings, rejections } = await readJsonl(join(dir, file), {});
    const byDay = groupByDay(listings);
    const days = [...byDay.keys()].sort();
    next ??= days[0] ?? `${file.slice(0, 7)}-01`;
    for (const day of days.filter((one) => next !== undefined && one < next)) {
      byDay.set(next, [...(byDay.get(day) ?? []), ...(byDay.get(next) ?? [])]);
    }
    const monthEnds = index === files.length - 1 ? '' : lastDayBefore(files[index + 1] ?? '');
    const last = [days.at(-1) ?? '', monthEnds].sort().at(-1) ?? '';
    let unread: readonly Rejection[] = rejections;
    for (let day = next; day <= last; day = dayAfter(day)) {
      yield { day, pulled: { listings: byDay.get(day) ?? none, rejections: unread } };
      unread = [];
      next = dayAfter(day);
    }
  }
}

const none: readonly Listing[] = [];

function groupByDay(listings: readonly Listing[]): Map<string, Listing[]> {
  const byDay = new Map<string, Listing[]>();
  for (const listing of listings) {
    const day = byDay.get(listing.record.listedOn);
    if (day === undefined) byDay.set(listing.record.listedOn, [listing]);
    else day.push(listing);
  }
  return byDay;
}

async function monthFiles(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((cause: NodeJS.ErrnoException) => {
    throw new SourceError(`${dir} cannot be read: ${cause.code ?? cause.message}`, { cause });
  });
  const files = names.filter((name) => MONTH_FILE.test(name)).sort();
  if (files.length > 0) return files;
  throw new SourceError(
    `${dir} holds no recorded month: expected files named like 2025-03.jsonl.gz`,
  );
}

const DAY_MS = 86_400_000;

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
}

/** The day before the first one of a month's file. */
function lastDayBefore(file: string): string {
  return new Date(Date.parse(`${file.slice(0, 7)}-01`) - DAY_MS).toISOString().slice(0, 10);
}
