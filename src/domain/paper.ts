import { createHash } from 'node:crypto';
import { z } from 'zod';
import { titleKey } from './text.ts';

/** ISO calendar day, e.g. `2025-03-14`. */
const Day = z.iso.date();

/**
 * A research paper as a source names it, after normalisation. Everything but the title and the
 * abstract may be missing: a papers page has no ids, old API rows have no votes.
 */
export const PaperRecord = z.object({
  /** arXiv id without version: `2503.01234` or `cs/0112017`. */
  arxivId: z.string().optional(),
  /** DOI in lower case, without `https://doi.org/`. */
  doi: z.string().optional(),
  title: z.string().min(1),
  abstract: z.string().min(1),
  authors: z.array(z.string()),
  /** What the paper is about, in the source's own words: keywords or topics. */
  topics: z.array(z.string()),
  /** arXiv categories, primary first: `cs.CL`. */
  categories: z.array(z.string()),
  /** Where to read it, when it has neither arXiv id nor DOI. */
  url: z.string().optional(),
  codeUrl: z.string().optional(),
  projectUrl: z.string().optional(),
  organisation: z.string().optional(),
  submittedBy: z.string().optional(),
  /** What title and abstract are written in, as a code such as `en`, when it can be told. */
  language: z.string().optional(),
  /** The version of the record that was seen last, from 1. */
  version: z.number().int().min(1).optional(),
  /** The authors took it back: it is announced no more. */
  withdrawn: z.boolean().optional(),
  /** When the authors published it: ISO instant. */
  publishedAt: z.iso.datetime().optional(),
  /** The day on which the source put it on its list. */
  listedOn: Day,
});
export type PaperRecord = z.infer<typeof PaperRecord>;

/** Votes, comments and stars of a paper at a moment, as one source counts them. */
export interface Signal {
  readonly upvotes: number;
  readonly comments: number;
  readonly stars: number;
  /** Place on the source's list, from 1; 0 when the source has no order. */
  readonly position: number;
}

/** A paper that the ledger knows: a record with the one id that every source's name leads to. */
export interface Paper extends PaperRecord {
  readonly id: string;
}

/**
 * The names under which a paper may come back, strongest first: `arxiv:…`, `doi:…`, `by:…` (title and
 * first author), `title:…`. Two records that share one of the first two are the same paper; those
 * that share one of the others are, unless they contradict each other (see `samePaper`).
 */
export function paperKeys(
  record: Pick<PaperRecord, 'arxivId' | 'doi' | 'title' | 'authors'>,
): string[] {
  const keys: string[] = [];
  if (record.arxivId !== undefined) keys.push(`arxiv:${record.arxivId}`);
  if (record.doi !== undefined) keys.push(`doi:${record.doi}`);
  const [first] = record.authors;
  if (first !== undefined) keys.push(`by:${hash(`${titleKey(record.title)} ${surname(first)}`)}`);
  keys.push(`title:${hash(titleKey(record.title))}`);
  return keys;
}

/** Whether the key names one paper for sure. */
export function isExact(key: string): boolean {
  return key.startsWith('arxiv:') || key.startsWith('doi:');
}

/**
 * The id a paper gets when it is first seen: arXiv id without version, else DOI, else a hash of the
 * normalised title, or of title and first author when another paper has that title already. It never
 * changes afterwards, whatever other names the paper turns out to have.
 * @param titleTaken whether another paper's id is that of the title.
 */
export function paperId(
  record: Pick<PaperRecord, 'arxivId' | 'doi' | 'title' | 'authors'>,
  titleTaken = false,
): string {
  const [byAuthor = '', byTitle = byAuthor] = paperKeys(record).filter((key) => !isExact(key));
  return record.arxivId ?? record.doi ?? (titleTaken ? byAuthor : byTitle);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

const ARXIV_NEW = /^(?:arxiv:)?(\d{4}\.\d{4,5})(?:v\d+)?$/i;
const ARXIV_OLD = /^(?:arxiv:)?([a-z-]+(?:\.[a-z]{2})?\/\d{7})(?:v\d+)?$/i;

/**
 * The canonical arXiv id in an id, an `arXiv:` name or an arxiv.org link: no version, old ids
 * without their subject class. `undefined` when it is none.
 * @see https://info.arxiv.org/help/arxiv_identifier.html
 */
export function arxivId(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^https?:\/\/(?:www\.|export\.)?arxiv\.org\/(?:abs|pdf|html)\//i, '')
    .replace(/^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:)?10\.48550\/arxiv\./i, '') // arXiv's own DOIs
    .replace(/^oai:/i, '')
    .replace(/^arxiv\.org:/i, '')
    .replace(/\.pdf$/i, '');
  const [, id] = ARXIV_NEW.exec(bare) ?? [];
  if (id !== undefined) return id;
  const [, old] = ARXIV_OLD.exec(bare) ?? [];
  return old?.toLowerCase().replace(/\.[a-z]{2}\//, '/');
}

/** The DOI in a DOI or a doi.org link, in lower case; `undefined` when it is none. */
export function doi(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:)/i, '')
    .toLowerCase();
  return /^10\.\d{4,9}\/\S{1,200}$/.test(bare) ? bare : undefined;
}

/** Where a reader finds the paper: arXiv's abstract page, else the DOI, else the source's own link. */
export function paperUrl(paper: Pick<PaperRecord, 'arxivId' | 'doi' | 'url'>): string | undefined {
  if (paper.arxivId !== undefined) return `https://arxiv.org/abs/${paper.arxivId}`;
  if (paper.doi !== undefined) return `https://doi.org/${paper.doi}`;
  return paper.url;
}

/**
 * Whether two records that share a title are the same paper: not when both carry an arXiv id (or
 * both a DOI) and these differ, nor when both name authors and the first ones have other surnames.
 */
export function samePaper(
  a: Pick<PaperRecord, 'arxivId' | 'doi' | 'authors'>,
  b: Pick<PaperRecord, 'arxivId' | 'doi' | 'authors'>,
): boolean {
  if (a.arxivId !== undefined && b.arxivId !== undefined) return a.arxivId === b.arxivId;
  if (a.doi !== undefined && b.doi !== undefined) return a.doi === b.doi;
  const [first] = a.authors;
  const [other] = b.authors;
  return first === undefined || other === undefined || surname(first) === surname(other);
}

function surname(author: string): string {
  return titleKey(author.split(/\s+/).at(-1) ?? author);
}

/**
 * What is known after another record of the same paper arrived: later words win, but a record that
 * lacks a field (a page has no authors) never removes it, the first listing day stays, and an older
 * version only fills gaps. A withdrawal stands until a source says otherwise or brings a newer version.
 */
export function mergeRecords(known: PaperRecord, seen: PaperRecord): PaperRecord {
  const step = (seen.version ?? 0) - (known.version ?? 0);
  const versioned = seen.version !== undefined && known.version !== undefined;
  const older = versioned && step < 0;
  const newer = versioned && step > 0;
  const [weak, strong] = older ? [seen, known] : [known, seen];
  const { withdrawn: _, ...merged } = { ...weak, ...strong };
  const withdrawn = older
    ? known.withdrawn
    : (seen.withdrawn ?? (newer ? undefined : known.withdrawn));
  return {
    ...merged,
    authors: strong.authors.length > 0 ? strong.authors : weak.authors,
    topics: strong.topics.length > 0 ? strong.topics : weak.topics,
    categories: strong.categories.length > 0 ? strong.categories : weak.categories,
    ...(withdrawn === true ? { withdrawn } : {}),
    // biome-ignore lint/complexity/useMathMinMax: days are text
    listedOn: known.listedOn < seen.listedOn ? known.listedOn : seen.listedOn,
  };
}

/** Whether two papers that one record names both can be one: not when their arXiv ids or DOIs differ. */
export function mayBeOne(
  a: Pick<PaperRecord, 'arxivId' | 'doi'>,
  b: Pick<PaperRecord, 'arxivId' | 'doi'>,
): boolean {
  const differ = (one: string | undefined, other: string | undefined) =>
    one !== undefined && other !== undefined && one !== other;
  return !differ(a.arxivId, b.arxivId) && !differ(a.doi, b.doi);
}
