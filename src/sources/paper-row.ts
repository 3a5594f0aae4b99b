import { z } from 'zod';
import { isWithdrawn, versionOf } from './arxiv-words.ts';
import { explain } from './explain.ts';
import { Count, instant, normalise } from './record.ts';
import type { Listing } from './source.ts';

const Words = z.array(z.string());

/** `03-14`, as a copied page has it, is left to the caller, who knows the year. */
function withoutYearless(day: unknown): unknown {
  return typeof day === 'string' && /^\d\d-\d\d$/.test(day) ? undefined : day;
}

/** Some lists call it a summary. */
function withAbstract(row: unknown): unknown {
  const named = typeof row === 'object' && row !== null && 'summary' in row && !('abstract' in row);
  return named ? { ...row, abstract: row.summary } : row;
}

/**
 * A paper as a line of a file, a push or a person names it. Only title and abstract (or `summary`)
 * must be there.
 */
const Row = z.object({
  id: z.string().nullish(),
  doi: z.string().nullish(),
  title: z.string(),
  abstract: z.string(),
  authors: Words.nullish(),
  topics: Words.nullish(),
  aiKeywords: Words.nullish(),
  categories: Words.nullish(),
  url: z.string().nullish(),
  githubRepo: z.string().nullish(),
  projectPage: z.string().nullish(),
  organization: z.string().nullish(),
  /** arXiv's comment, which may say that the paper is withdrawn. */
  comment: z.string().nullish(),
  submittedBy: z.string().nullish(),
  publishedAt: z
    .string()
    .refine((text) => instant(text) !== undefined, {
      error: 'expected a day or an instant such as 2025-03-14T09:00:00Z',
    })
    .nullish(),
  listedOn: z.preprocess(
    withoutYearless,
    z.iso.date({ error: 'expected a day such as 2025-03-14' }).nullish(),
  ),
  upvotes: Count.nullish(),
  numComments: Count.nullish(),
  githubStars: Count.nullish(),
  position: Count.nullish(),
});

/**
 * The paper in a row, or why there is none.
 * @param date the day for a row without `listedOn`.
 * @param remedy what to do about a row that has no day.
 */
export function paperRow(
  body: unknown,
  date: string | undefined,
  remedy: string,
): Listing | { readonly why: string } {
  const parsed = Row.safeParse(withAbstract(body));
  if (!parsed.success) return { why: explain(parsed.error) };
  const row = parsed.data;
  const listedOn = row.listedOn ?? date;
  if (listedOn === undefined) return { why: `listedOn: is missing; ${remedy}` };
  const read = normalise({
    id: row.id ?? undefined,
    doi: row.doi ?? undefined,
    title: row.title,
    abstract: row.abstract,
    authors: row.authors ?? undefined,
    topics: [...(row.topics ?? []), ...(row.aiKeywords ?? [])],
    categories: row.categories ?? undefined,
    url: row.url ?? undefined,
    codeUrl: row.githubRepo ?? undefined,
    projectUrl: row.projectPage ?? undefined,
    organisation: row.organization ?? undefined,
    submittedBy: row.submittedBy ?? undefined,
    version: versionOf(row.id ?? ''),
    withdrawn: isWithdrawn(row.comment ?? undefined) || undefined,
    publishedAt: row.publishedAt ?? undefined,
    listedOn,
  });
  if ('why' in read) return read;
  const signal = {
    upvotes: row.upvotes ?? 0,
    comments: row.numComments ?? 0,
    stars: row.githubStars ?? 0,
    position: row.position ?? 0,
  };
  return { record: read.record, signal };
}
