import { excerpt } from './explain.ts';
import { parseHfDaily } from './hf-daily.ts';
import type { Client } from './http.ts';
import { requireDay } from './record.ts';
import { type Pulled, SourceError } from './source.ts';

/** The most that the API gives at once. */
const PAGE_ROWS = 100;
/** A day has had 50 papers at most, a month about 700; more pages mean that paging does not work. */
const PAGES_MAX = { day: 10, week: 10, month: 30, trending: 1 };
const TIMEOUT_MS = 20_000;
const DAY_MS = 86_400_000;

/** Which list to ask for, and where. */
export interface HfDailyOptions {
  /** `https://huggingface.co`. */
  readonly baseUrl: string;
  /** The day, or a day of the week or month, ISO; not later than today in UTC. */
  readonly date: string;
  /** Default: that of the day. */
  readonly list?: 'day' | 'week' | 'month' | 'trending';
  /** For each page of the answer. */
  readonly timeoutMs?: number;
  readonly bodyBytesMax?: number;
}

/**
 * The papers that Hugging Face lists for a day, its week or month, or as trending now, page after page
 * until one is not full; of the trending ones the first hundred. The list of a day still grows during
 * that day.
 * @throws SourceError when any page is not what it should be: nothing of the list is taken then.
 * @see https://huggingface.co/docs/hub/api
 */
export async function fetchHfDaily(client: Client, options: HfDailyOptions): Promise<Pulled> {
  requireDay(options.date);
  const { list = 'day' } = options;
  const base = `${options.baseUrl.replace(/\/$/, '')}/api/daily_papers?${query(list, options.date)}`;
  const rows: unknown[] = [];
  for (let page = 0; page < PAGES_MAX[list]; page++) {
    const url = `${base}&limit=${PAGE_ROWS}&p=${page}`;
    const got = await client.get(url, {
      accept: 'application/json',
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
      bodyBytesMax: options.bodyBytesMax,
      conditional: page === 0,
      flaw: (text) => rowsOf(text).flaw,
    });
    if ('unchanged' in got) return { listings: [], rejections: [], note: UNCHANGED };
    const found = rowsOf(got.text).rows ?? [];
    for (const row of found) rows.push(row);
    // That its first page has not changed says nothing of the second.
    if (found.length === PAGE_ROWS && list !== 'trending') client.learnt.delete(url);
    if (found.length < PAGE_ROWS || list === 'trending') return parseHfDaily(rows, options);
  }
  throw new SourceError(
    `${options.baseUrl} still has papers of ${options.date} after ${rows.length}: it seems to ignore the page number`,
  );
}

const UNCHANGED = 'the list is the same as when it was saved last (304): not read again';

function query(list: 'day' | 'week' | 'month' | 'trending', date: string): string {
  switch (list) {
    case 'day':
      return `date=${date}`;
    case 'week':
      return `week=${isoWeek(date)}`;
    case 'month':
      return `month=${date.slice(0, 7)}`;
    case 'trending':
      return 'sort=trending';
  }
}

/** `2025-W11`: weeks begin on Monday, and belong to the year that their Thursday is in. */
function isoWeek(date: string): string {
  const at = Date.parse(date);
  const weekday = (new Date(at).getUTCDay() + 6) % 7;
  const thursday = new Date(at + (3 - weekday) * DAY_MS);
  const year = thursday.getUTCFullYear();
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY_MS / 7) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}

function rowsOf(text: string): { readonly rows?: readonly unknown[]; readonly flaw?: string } {
  try {
    const body: unknown = JSON.parse(text);
    return Array.isArray(body) ? { rows: body } : { flaw: `with no list: ${excerpt(text)}` };
  } catch {
    return { flaw: `with no JSON: ${excerpt(text)}` };
  }
}
