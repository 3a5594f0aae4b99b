import { z } from 'zod';
import { excerpt, explain } from './explain.ts';
import { Count, instant, normalise, requireDay } from './record.ts';
import { type Listing, type Pulled, type Rejection, SourceError } from './source.ts';

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
  publishedAt: Adornment,
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
    submittedOnDailyAt: Adornment,
    submittedOnDailyBy: Named,
  }),
});

/**
 * The papers in an answer of `GET /api/daily_papers`. Hidden authors are left out. The lists of days,
 * weeks and months are in order of publication, which is none of merit: their positions are 0.
 * @param options.date the day asked for, or today, ISO. Rows carry it only since 2025.
 * @param options.list of what the rows are: those of longer lists are of the day that they tell.
 * @throws SourceError when the answer is no list, or the day is none.
 */
export function parseHfDaily(
  body: unknown,
  options: { readonly date: string; readonly list?: 'day' | 'week' | 'month' | 'trending' },
): Pulled {
  requireDay(options.date);
  if (!Array.isArray(body)) {
    throw new SourceError(
      `expected a list of papers, got ${excerpt(JSON.stringify(body) ?? typeof body)}: is the address that of the daily papers API?`,
    );
  }
  const listings: Listing[] = [];
  const rejections: Rejection[] = [];
  for (const [index, row] of body.entries()) {
    const position = options.list === 'trending' ? index + 1 : 0;
    const read = listing(row, options, position);
    if ('why' in read) rejections.push({ at: index + 1, why: read.why });
    else listings.push(read);
  }
  return { listings, rejections };
}

function listing(
  row: unknown,
  { date, list = 'day' }: Parameters<typeof parseHfDaily>[1],
  position: number,
): Listing | { readonly why: string } {
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
    listedOn: list === 'day' ? date : dayTold(parsed.data, date),
  });
  if ('why' in read) return read;
  const signal = {
    upvotes: paper.upvotes ?? 0,
    comments: outer.numComments ?? 0,
    stars: paper.githubStars ?? 0,
    position,
  };
  return { record: read.record, signal };
}

/** The day of a row of a longer list, but never one that is still to come. */
function dayTold({ paper, publishedAt }: z.infer<typeof Row>, latest: string): string {
  const told = instant(paper.submittedOnDailyAt ?? publishedAt ?? undefined)?.slice(0, 10);
  return told !== undefined && told < latest ? told : latest;
}
