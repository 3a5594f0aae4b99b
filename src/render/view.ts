import type { Reason } from '../domain/composition.ts';
import type { Candidate } from '../domain/edition.ts';
import { type Paper, paperUrl } from '../domain/paper.ts';
import { summaryOf } from '../domain/summary/frozen.ts';
import { cutAtWord } from '../domain/text.ts';
import { en } from '../words/en.ts';
import type { Words } from '../words/words.ts';
import { oneLine } from './plain.ts';

/** How much of a paper is shown: everything, two lines, or (hostile sizes only) the bare title. */
export type Form = 'full' | 'compact' | 'bare';

/** One paper in strings, ready for the template; an empty string is not shown. */
export interface PaperView {
  /** Place in the digest, from 1. */
  readonly number: number;
  readonly full: boolean;
  readonly title: string;
  readonly url: string;
  readonly why: string;
  readonly summary: string;
  readonly authors: string;
  /** Date, fields and votes. */
  readonly facts: string;
  /** Who put it on the list by hand, and what an editor says of it. */
  readonly submitted: string;
  readonly note: string;
  readonly actions: readonly Action[];
}

/** A link under a paper. */
export interface Action {
  readonly label: string;
  readonly url: string;
}

/** Longest title, link and line of each form, in characters. The longest title on arXiv has about 250. */
const LIMITS = {
  full: { titleMax: 300, urlMax: 500, lineMax: 200 },
  compact: { titleMax: 300, urlMax: 500, lineMax: 160 },
  bare: { titleMax: 80, urlMax: 100, lineMax: 60 },
} as const satisfies Record<Form, object>;

const AUTHORS_MAX = 4;
const TERMS_MAX = 3;
const NAME_CHARS_MAX = 60;
const NOTE_CHARS_MAX = 500;
const TITLE_OF_OTHER_CHARS_MAX = 80;

/** What the template shows of one paper: every word of it decided, every link checked. */
export function paperView(
  candidate: Candidate,
  reason: Reason,
  number: number,
  form: Form,
  words: Words = en,
): PaperView {
  const { paper } = candidate;
  const { titleMax, urlMax, lineMax } = LIMITS[form];
  const full = form === 'full';
  const url = webUrl(paperUrl(paper), urlMax);
  return {
    number,
    full,
    title: cutAtWord(oneLine(paper.title), titleMax),
    url,
    why: cutAtWord(reasonWords(reason, words), lineMax),
    summary: full ? oneLine(summaryOf(candidate)) : '',
    authors: form === 'bare' ? '' : cutAtWord(authorsLine(paper.authors), lineMax),
    facts: form === 'bare' ? '' : cutAtWord(factsLine(candidate, reason, form, words), lineMax),
    submitted: form === 'bare' ? '' : cutAtWord(submittedLine(candidate, words), lineMax),
    note: form === 'bare' ? '' : cutAtWord(noteLine(candidate), NOTE_CHARS_MAX),
    actions: full ? actions(paper, url, urlMax, words) : [],
  };
}

/**
 * The link if a mail may carry it, else an empty string: http and https only, no longer than
 * `charsMax`, and without a user name, which can pass off one host as another.
 */
export function webUrl(link: string | undefined, charsMax: number): string {
  if (link === undefined || !URL.canParse(link)) return '';
  const { protocol, username, password, href } = new URL(link);
  const web = protocol === 'https:' || protocol === 'http:';
  return web && username === '' && password === '' && href.length <= charsMax ? href : '';
}

/** Links under a full paper, each target once and never the title's again. */
function actions(paper: Paper, titleUrl: string, urlMax: number, { digest }: Words): Action[] {
  const pdf = paper.arxivId === undefined ? undefined : `https://arxiv.org/pdf/${paper.arxivId}`;
  const seen = new Set(['', titleUrl]);
  return [
    { label: digest.pdf, url: webUrl(pdf, urlMax) },
    { label: digest.code, url: webUrl(paper.codeUrl, urlMax) },
    { label: digest.project, url: webUrl(paper.projectUrl, urlMax) },
  ].filter(({ url }) => !seen.has(url) && seen.add(url));
}

/** The first four authors, and how many more: `A, B, C, D +3`. */
export function authorsLine(authors: readonly string[]): string {
  const names = authors
    .slice(0, AUTHORS_MAX)
    .map((name) => cutAtWord(oneLine(name), NAME_CHARS_MAX))
    .filter((name) => name !== '');
  const rest = authors.length - AUTHORS_MAX;
  return names.join(', ') + (rest > 0 ? ` +${rest.toLocaleString('en')}` : '');
}

/** Why a paper is in the digest. */
export function reasonWords(reason: Reason, { digest }: Words = en): string {
  switch (reason.kind) {
    case 'topic': {
      const named = reason.topics.slice(0, TERMS_MAX).map(oneLine);
      return digest.matches(named, reason.topics.length - named.length);
    }
    case 'trending':
      return digest.trending(reason.rank, reason.of, reason.upvotes);
    case 'pinned':
      return digest.pinned(cutAtWord(oneLine(reason.by), NAME_CHARS_MAX));
    case 'author':
      return digest.followed(cutAtWord(oneLine(reason.name), NAME_CHARS_MAX));
    case 'organisation':
      return digest.followedPlace(cutAtWord(oneLine(reason.name), NAME_CHARS_MAX));
    case 'words':
      return digest.words(reason.words.slice(0, TERMS_MAX).map(oneLine));
    case 'close':
      return digest.close(cutAtWord(oneLine(reason.title), TITLE_OF_OTHER_CHARS_MAX));
    case 'readers':
      return digest.readers(cutAtWord(oneLine(reason.title), TITLE_OF_OTHER_CHARS_MAX));
    case 'explore':
      return digest.explore;
  }
}

/** `Submitted by AK`, when somebody put the paper on the list: by hand here, or at the source. */
function submittedLine({ paper, curated }: Candidate, { digest }: Words): string {
  const name = cutAtWord(oneLine(curated?.submittedBy ?? paper.submittedBy ?? ''), NAME_CHARS_MAX);
  return name === '' ? '' : digest.submitted(name);
}

function noteLine({ curated }: Candidate): string {
  if (curated?.note === undefined) return '';
  return `${oneLine(curated.note.text)} (${cutAtWord(oneLine(curated.note.by), NAME_CHARS_MAX)})`;
}

function factsLine({ paper, signal }: Candidate, reason: Reason, form: Form, words: Words): string {
  const { categories, topics } = paper;
  const terms = (categories.length > 0 ? categories : topics).slice(0, TERMS_MAX).map(oneLine);
  // A trending paper names its votes in the reason already.
  const votes = reason.kind !== 'trending' && signal.upvotes > 0;
  return [
    ...(form === 'full'
      ? [paper.publishedAt === undefined ? '' : words.shortDay(paper.publishedAt), terms.join(', ')]
      : []),
    votes ? words.digest.upvotes(signal.upvotes) : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
