import { z } from 'zod';
import { excerpt, explain } from './explain.ts';
import { getText } from './http.ts';
import { Count, normalise, requireDay } from './record.ts';
import { type Listing, type Pulled, type Rejection, SourceError } from './source.ts';

/** The most that the API gives at once. */
const PAGE_ROWS = 100;
/** A day has had 50 papers at most; more pages than this mean that paging does not work. */
const PAGES_MAX = 10;
const TIMEOUT_MS = 20_000;
/** A page of 100 rows has about 1 MB. */
const BODY_BYTES_MAX = 20_000_000;

/** A word that only adorns: of another type it is left out instead of costing us the paper. */
const Adornment = z.string().nullish().catch(undefined);
const Named = z.object({ name: Adornment, fullname: Adornment }).nullish().catch(undefined);
const Author = z
  .object({ name: z.string(), hidden: z.boolean().nullish() })
  .optional()
  .catch(undefined);

/**
 * A row of the daily papers API, as read on 9,581 rows from 2024-05 to 2026-08. Rows of 2024 lack
 * most fields and keep hard line breaks; `numComments` stands outside `paper`.
 */
const Row = z.object({
  title: z.string().nullish(),
  summary: z.string().nullish(),
  numComments: Count.nullish(),
  submittedBy: Named,
  organization: Named,
  paper: z.object({
    id: z.string(),
    title: z.string().nullish(),
    summary: z.string().nullish(),
    authors: z.array(Author).nullish(),
    publishedAt: Adornment,
    upvotes: Count.nullish(),
    githubRepo: Adornment,
    githubStars: Count.nullish().catch(undefined),
    projectPage: Adornment,
    ai_keywords: z.array(z.string()).nullish().catch(undefined),
    organization: Named,
    submittedOnDailyBy: Named,
  }),
});

/**
 * The papers in an answer of `GET /api/daily_papers`. Hidden authors are left out. The API lists by
 * date of publication, which is no order of merit, so positions are 0.
 * @param options.date the day asked for, ISO; rows carry it only since 2025.
 * @throws SourceError when the answer is no list, or the day is none.
 */
export function parseHfDaily(body: unknown, options: { date: string }): Pulled {
  requireDay(options.date);
  if (!Array.isArray(body)) {
    throw new SourceError(
      `expected a list of papers, got ${excerpt(JSON.stringify(body) ?? typeof body)}: is the address that of the daily papers API?`,
    );
  }
  const listings: Listing[] = [];
  const rejections: Rejection[] = [];
  for (const [index, row] of body.entries()) {
    const read = listing(row, options.date);
    if ('why' in read) rejections.push({ at: index + 1, why: read.why });
    else listings.push(read);
  }
  return { listings, rejections };
}

function listing(row: unknown, listedOn: string): Listing | { readonly why: string } {
  const parsed = Row.safeParse(row);
  if (!parsed.success) return { why: explain(parsed.error) };
  const { paper, ...outer } = parsed.data;
  const by = outer.submittedBy ?? paper.submittedOnDailyBy;
  const organisation = paper.organization ?? outer.organization;
  const visible = (paper.authors ?? []).filter((author) => author?.hidden !== true);
  const read = normalise({
    id: paper.id,
    title: paper.title ?? outer.title ?? '',
    abstract: paper.summary ?? outer.summary ?? '',
    authors: visible.flatMap((author) => author?.name ?? []),
    topics: paper.ai_keywords ?? undefined,
    codeUrl: paper.githubRepo ?? undefined,
    projectUrl: paper.projectPage ?? undefined,
    organisation: organisation?.fullname ?? organisation?.name ?? undefined,
    submittedBy: by?.fullname ?? by?.name ?? undefined,
    publishedAt: paper.publishedAt ?? undefined,
    listedOn,
  });
  if ('why' in read) return read;
  const signal = {
    upvotes: paper.upvotes ?? 0,
    comments: outer.numComments ?? 0,
    stars: paper.githubStars ?? 0,
    position: 0,
  };
  return { record: read.record, signal };
}

/** Where and how to ask for a day's papers. */
export interface HfDailyOptions {
  /** `https://huggingface.co`. */
  readonly baseUrl: string;
  /** ISO day, not later than today in UTC. */
  readonly date: string;
  readonly userAgent: string;
  /** For each page of the answer. */
  readonly timeoutMs?: number;
  readonly bodyBytesMax?: number;
}

/**
 * The papers that Hugging Face listed on a day, page after page until one is not full. The list of
 * a day still grows during that day.
 * @throws SourceError when any page is not what it should be: nothing of the day is taken then.
 * @see https://huggingface.co/docs/hub/api
 */
export async function fetchHfDaily(options: HfDailyOptions): Promise<Pulled> {
  requireDay(options.date);
  const base = options.baseUrl.replace(/\/$/, '');
  const rows: unknown[] = [];
  for (let page = 0; page < PAGES_MAX; page++) {
    const url = `${base}/api/daily_papers?date=${options.date}&limit=${PAGE_ROWS}&p=${page}`;
    const found = list(url, await getText(url, request(options)));
    for (const row of found) rows.push(row);
    if (found.length < PAGE_ROWS) return parseHfDaily(rows, options);
  }
  throw new SourceError(
    `${base} still has papers of ${options.date} after ${rows.length}: it seems to ignore the page number`,
  );
}

function request(options: HfDailyOptions) {
  return {
    userAgent: options.userAgent,
    accept: 'application/json',
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    bodyBytesMax: options.bodyBytesMax ?? BODY_BYTES_MAX,
  };
}

function list(url: string, text: string): unknown[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new SourceError(`${url} answered 200, but with no JSON: ${excerpt(text)}`, { cause });
  }
  if (Array.isArray(body)) return body;
  throw new SourceError(`${url} answered 200, but with no list: ${excerpt(text)}`);
}
