import { z } from 'zod';
import { isCategory } from '../domain/arxiv-categories.ts';
import { arxivId, doi, PaperRecord } from '../domain/paper.ts';
import { cutAtWord, plainText } from '../domain/text.ts';
import { languageOf } from '../domain/text-language.ts';
import { excerpt, explain } from './explain.ts';
import { SourceError } from './source.ts';

const TITLE_CHARS_MAX = 500;
const ABSTRACT_CHARS_MAX = 20_000;
/** The longest list seen on arXiv holds 3,303. */
const AUTHORS_MAX = 5_000;
const NAME_CHARS_MAX = 200;
const TOPICS_MAX = 100;
const CATEGORIES_MAX = 50;
const URL_CHARS_MAX = 2_000;
/** Of an id or a day that is shown because it is none. */
const ID_CHARS_MAX = 60;

const INSTANT = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d))?$/;

/** Number of votes, comments or stars. */
export const Count = z.int().min(0);

/** What a source says of a paper, word for word. */
export interface RawPaper {
  /** The source's own id, when it has one: an arXiv id or link, or a DOI. */
  readonly id?: string | undefined;
  readonly doi?: string | undefined;
  readonly title: string;
  readonly abstract: string;
  readonly authors?: readonly string[] | undefined;
  readonly topics?: readonly string[] | undefined;
  readonly categories?: readonly string[] | undefined;
  readonly url?: string | undefined;
  readonly codeUrl?: string | undefined;
  readonly projectUrl?: string | undefined;
  readonly organisation?: string | undefined;
  readonly submittedBy?: string | undefined;
  readonly version?: number | undefined;
  readonly withdrawn?: boolean | undefined;
  readonly publishedAt?: string | undefined;
  readonly listedOn: string;
}

/** The record, or why there is none. */
export type Normalised = { readonly record: PaperRecord } | { readonly why: string };

/**
 * The record of what a source said: plain text, canonical ids, links over http only, everything
 * within its limit. Too long a title or abstract is cut at a word; an optional field that cannot be
 * used is left out; an unusable id, title, abstract or day refuses the paper.
 */
export function normalise(raw: RawPaper): Normalised {
  const names = raw.id === undefined ? {} : namesOf(raw.id);
  if (names === undefined) {
    return {
      why: `id: “${excerpt(raw.id ?? '', ID_CHARS_MAX)}” is neither an arXiv id or link nor a DOI`,
    };
  }
  const otherDoi = raw.doi === undefined ? undefined : doi(raw.doi);
  if (raw.doi !== undefined && otherDoi === undefined) {
    return { why: `doi: “${excerpt(raw.doi, ID_CHARS_MAX)}” is no DOI` };
  }
  const title = cutAtWord(plainText(raw.title), TITLE_CHARS_MAX);
  if (title === '') return { why: 'title: is empty' };
  const abstract = cutAtWord(plainText(raw.abstract), ABSTRACT_CHARS_MAX);
  if (abstract === '') return { why: 'abstract: is empty' };
  const parsed = PaperRecord.safeParse(
    withoutUndefined({
      ...names,
      doi: names.doi ?? otherDoi,
      title,
      abstract,
      authors: cleaned(raw.authors).slice(0, AUTHORS_MAX),
      topics: distinct(cleaned(raw.topics)).slice(0, TOPICS_MAX),
      categories: distinct((raw.categories ?? []).filter(isCategory)).slice(0, CATEGORIES_MAX),
      url: httpUrl(raw.url),
      codeUrl: httpUrl(raw.codeUrl),
      projectUrl: httpUrl(raw.projectUrl),
      organisation: cleaned([raw.organisation ?? ''])[0],
      submittedBy: cleaned([raw.submittedBy ?? ''])[0],
      language: languageOf(`${title} ${abstract}`),
      version: raw.version,
      withdrawn: raw.withdrawn,
      publishedAt: instant(raw.publishedAt),
      listedOn: raw.listedOn,
    }),
  );
  return parsed.success ? { record: parsed.data } : { why: explain(parsed.error) };
}

/** @throws SourceError when the text is no ISO calendar day. */
export function requireDay(date: string): void {
  if (z.iso.date().safeParse(date).success) return;
  throw new SourceError(`“${excerpt(date, ID_CHARS_MAX)}” is no day: write it as 2025-03-14`);
}

/** An ISO day or an instant with its zone as an ISO instant in UTC; else `undefined`. */
export function instant(text: string | undefined): string | undefined {
  if (text === undefined || !INSTANT.test(text)) return undefined;
  const ms = Date.parse(text.replace(' ', 'T'));
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

function namesOf(id: string): { arxivId?: string; doi?: string } | undefined {
  const arxiv = arxivId(id);
  if (arxiv !== undefined) return { arxivId: arxiv };
  const known = doi(id);
  return known === undefined ? undefined : { doi: known };
}

/** A link that a reader may follow: http or https, without a password in it. */
function httpUrl(text: string | undefined): string | undefined {
  if (text === undefined || text.length > URL_CHARS_MAX || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const followed = url.protocol === 'https:' || url.protocol === 'http:';
  return followed && url.username === '' && url.password === '' ? url.href : undefined;
}

function cleaned(names: readonly string[] | undefined): string[] {
  return (names ?? [])
    .map((name) => cutAtWord(plainText(name), NAME_CHARS_MAX))
    .filter((name) => name !== '');
}

/** Without the spellings that differ from an earlier one only in case. */
function distinct(words: readonly string[]): string[] {
  const seen = new Set<string>();
  return words.filter((word) => {
    const key = word.toLowerCase();
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

/** `mergeRecords` takes a key that is there for a field that is known. */
function withoutUndefined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
