import type { Reason } from '../domain/composition.ts';
import type { Candidate } from '../domain/edition.ts';
import { type Paper, paperUrl } from '../domain/paper.ts';
import { summaryOf } from '../domain/summary/frozen.ts';
import { cutAtWord } from '../domain/text.ts';
import { en } from '../words/en.ts';
import type { Words } from '../words/words.ts';
import { once } from './once.ts';
import { oneLine } from './plain.ts';
import { reasonWords } from './reason-words.ts';

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
  /** The beginning of the abstract, as templates that were pinned earlier show it. */
  readonly summary: string;
  /** What the paper brings that is new and what it found, in a sentence or two. */
  readonly gist: string;
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

const SUMMARY_CHARS_MAX = 345;
const AUTHORS_MAX = 4;
const TERMS_MAX = 3;
const NAME_CHARS_MAX = 60;
const NOTE_CHARS_MAX = 500;

/** What one paper looks like, whoever reads it and why. */
interface Portrait extends Omit<PaperView, 'number' | 'why'> {
  readonly factsBesideVotes: string;
}

/** A title with where it leads: to the paper, or else to its page in our archive. */
export interface TitleView {
  readonly title: string;
  readonly href: string;
}

/** Shows papers in one form and language each, worked out once for all who get them. */
export interface Gallery {
  paper(candidate: Candidate, reason: Reason, number: number, form: Form, words?: Words): PaperView;
  /** @param baseUrl where the archive is. */
  title(candidate: Candidate, form: Form, baseUrl: string): TitleView;
}

/**
 * A gallery of its own for an edition: a paper looks the same to every reader but for its place and
 * the reason, so that only these are worked out for each.
 */
export function openGallery(): Gallery {
  const portraitOf = once(portray);
  const titleOf = once(titleView);
  return {
    paper(candidate, reason, number, form, words = en) {
      const portrait = portraitOf(candidate, form, words);
      // Field by field: to spread the portrait costs more than everything else that a view is made of.
      return {
        number,
        full: portrait.full,
        title: portrait.title,
        url: portrait.url,
        why: cutAtWord(reasonWords(reason, words), LIMITS[form].lineMax),
        summary: portrait.summary,
        gist: portrait.gist,
        authors: portrait.authors,
        // A trending paper names its votes in the reason already.
        facts: reason.kind === 'trending' ? portrait.factsBesideVotes : portrait.facts,
        submitted: portrait.submitted,
        note: portrait.note,
        actions: portrait.actions,
      };
    },
    title: titleOf,
  };
}

function portray(candidate: Candidate, form: Form, words: Words): Portrait {
  const { paper } = candidate;
  const { titleMax, urlMax, lineMax } = LIMITS[form];
  const full = form === 'full';
  const bare = form === 'bare';
  const url = webUrl(paperUrl(paper), urlMax);
  const facts = (votes: boolean) =>
    bare ? '' : cutAtWord(factsLine(candidate, votes, form, words), lineMax);
  return {
    full,
    title: cutAtWord(oneLine(paper.title), titleMax),
    url,
    summary: full ? summary(paper.abstract) : '',
    gist: full ? oneLine(summaryOf(candidate)) : '',
    authors: bare ? '' : cutAtWord(authorsLine(paper.authors), lineMax),
    facts: facts(true),
    factsBesideVotes: facts(false),
    submitted: bare ? '' : cutAtWord(submittedLine(candidate, words), lineMax),
    note: bare ? '' : cutAtWord(noteLine(candidate), NOTE_CHARS_MAX),
    actions: full ? actions(paper, url, urlMax, words) : [],
  };
}

/**
 * A paper's title and where it leads: to the paper, or else, in the longer forms, to its page in the
 * archive at `baseUrl`.
 */
function titleView({ paper }: Candidate, form: Form, baseUrl: string): TitleView {
  const { titleMax, urlMax } = LIMITS[form];
  const url = webUrl(paperUrl(paper), urlMax);
  const archived = form === 'bare' ? '' : `${baseUrl}/papers/${encodeURIComponent(paper.id)}`;
  return { title: cutAtWord(oneLine(paper.title), titleMax), href: url === '' ? archived : url };
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

/**
 * The first two sentences of an abstract, or the first alone when two are too long; when even that
 * is too long, as many words as fit.
 */
export function summary(abstract: string): string {
  const text = oneLine(abstract);
  const [first, second] = sentenceEnds(text);
  if (second !== undefined && second <= SUMMARY_CHARS_MAX) return text.slice(0, second);
  if (first !== undefined && first <= SUMMARY_CHARS_MAX) return text.slice(0, first);
  return cutAtWord(text, SUMMARY_CHARS_MAX);
}

const SENTENCE_END = /[.!?]["”’)\]]*(?= ["“‘([]?[\p{Lu}\p{N}])|[。！？]/gu;
/** Words after which a full stop ends no sentence; a lone capital is an initial. */
const ABBREVIATED =
  /(?:\b(?:e\.g|i\.e|a\.k\.a|et al|cf|vs|resp|[Ff]igs?|Eqs?|Secs?|No|Dr|Prof)|\b\p{Lu})$/u;

/** Where the first two sentences end; the end of the text counts as one. */
function sentenceEnds(text: string): number[] {
  const ends: number[] = [];
  for (const match of text.slice(0, SUMMARY_CHARS_MAX + 2).matchAll(SENTENCE_END)) {
    if (match[0] === '.' && ABBREVIATED.test(text.slice(0, match.index))) continue;
    ends.push(match.index + match[0].length);
    if (ends.length === 2) return ends;
  }
  return [...ends, text.length];
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

/** `Submitted by AK`, when somebody put the paper on the list: by hand here, or at the source. */
function submittedLine({ paper, curated }: Candidate, { digest }: Words): string {
  const name = cutAtWord(oneLine(curated?.submittedBy ?? paper.submittedBy ?? ''), NAME_CHARS_MAX);
  return name === '' ? '' : digest.submitted(name);
}

function noteLine({ curated }: Candidate): string {
  if (curated?.note === undefined) return '';
  return `${oneLine(curated.note.text)} (${cutAtWord(oneLine(curated.note.by), NAME_CHARS_MAX)})`;
}

function factsLine({ paper, signal }: Candidate, votes: boolean, form: Form, words: Words): string {
  const { categories, topics } = paper;
  const terms = (categories.length > 0 ? categories : topics).slice(0, TERMS_MAX).map(oneLine);
  return [
    ...(form === 'full'
      ? [paper.publishedAt === undefined ? '' : words.shortDay(paper.publishedAt), terms.join(', ')]
      : []),
    votes && signal.upvotes > 0 ? words.digest.upvotes(signal.upvotes) : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
