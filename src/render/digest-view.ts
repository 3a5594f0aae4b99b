import type { Edition } from '../domain/edition.ts';
import { FEEDBACK_KINDS, type Links } from '../domain/links.ts';
import { summaryOf } from '../domain/summary/frozen.ts';
import { cutAtWord } from '../domain/text.ts';
import { type Words, wordsFor } from '../words/words.ts';
import { oneLine } from './plain.ts';
import type { DigestInput } from './render.ts';
import { type Action, type Form, type PaperView, paperView } from './view.ts';

/** Everything that a template may name, in strings; an empty string is not shown. */
export interface DigestView {
  readonly language: string;
  /** The edition's name without a leading `Paperboy`, which the wordmark says already. */
  readonly title: string;
  readonly day: string;
  readonly heading: string;
  readonly intro: string;
  /** Title of the top paper, short enough for a subject. */
  readonly lead: string;
  /** How many papers follow the lead, in words; empty for none. */
  readonly others: string;
  readonly preheader: string;
  readonly papers: readonly DigestPaper[];
  /** Why the reader gets this mail. */
  readonly because: string;
  /** Which sources the edition had to do without. */
  readonly lacking: string;
  readonly postalAddress: string;
  readonly links: Links;
  /** What the links are called. */
  readonly labels: Readonly<Record<'view' | 'preferences' | 'manage' | 'unsubscribe', string>>;
}

/** A paper with the links by which its reader says something of it. */
interface DigestPaper extends PaperView {
  readonly feedback: readonly Action[];
}

/** With what a subject adds, ` + 49 more`, 78: one line as RFC 5322 section 2.1.1 wants it. */
const LEAD_CHARS_MAX = 68;
const SOURCE_CHARS_MAX = 80;
const PREHEADER_CHARS_MIN = 40;
const PREHEADER_CHARS_MAX = 130;

/**
 * The view of one delivery: its first `fullMax` papers in full, the others in a shorter form.
 * @throws when the composition names a paper that the edition does not have.
 */
export function digestView(input: DigestInput, fullMax: number, shorter: Form): DigestView {
  const { edition, frame, addressee, composition, links } = input;
  const words = wordsFor(addressee.language);
  const { view, preferences, manage, unsubscribe, ...own } = words.digest;
  const byId = new Map(edition.candidates.map((candidate) => [candidate.paper.id, candidate]));
  const papers = composition.map(({ paperId, reason }, index) => {
    const candidate = byId.get(paperId);
    if (candidate === undefined) throw new Error(`edition ${edition.id} has no paper ${paperId}`);
    const form = index < fullMax ? 'full' : shorter;
    return {
      ...paperView(candidate, reason, index + 1, form, words),
      feedback: form === 'full' ? feedbackLinks(links.feedback, paperId, words) : [],
    };
  });
  const titles = papers.map((paper) => paper.title);
  const top = byId.get(composition[0]?.paperId ?? '');
  const name = oneLine(edition.title);
  const topical = composition.filter(({ reason }) => reason.kind === 'topic').length;
  const heading = own.heading(papers.length);
  const pinned = composition.filter(({ reason }) => reason.kind === 'pinned').length;
  const trending = composition.length - topical - pinned;
  const intro = own.intro(edition.candidates.length, topical, trending, pinned);
  return {
    language: addressee.language,
    title: name.replace(/^paperboy(?:\s+|$)/i, ''),
    day: words.longDay(edition.date),
    heading,
    intro,
    lead: cutAtWord(titles[0] ?? heading, LEAD_CHARS_MAX),
    others: papers.length > 1 ? own.others(papers.length - 1) : '',
    preheader: preheader(
      titles.slice(1, 4),
      top === undefined ? '' : oneLine(summaryOf(top)),
      intro,
    ),
    papers,
    because: own.because(name, new URL(frame.baseUrl).host),
    lacking: lackingLine(edition, words),
    postalAddress: oneLine(frame.postalAddress),
    links,
    labels: { view, preferences, manage, unsubscribe },
  };
}

/** `Without arxiv and hf-daily, which could not be read this time.` */
function lackingLine({ lacking = [] }: Edition, { digest }: Words): string {
  const names = lacking.map(({ source }) => cutAtWord(readersName(source), SOURCE_CHARS_MAX));
  return names.length === 0 ? '' : digest.lacking(names);
}

/** Of an address only its host: the rest is the operator's, and may hold a key. */
function readersName(source: string): string {
  return oneLine(source).replace(/https?:\/\/(?:[^/?#]*@)?([^/?#]*)\S*/, '$1');
}

/** The links by which a reader says something of a paper; each opens a page with a button. */
function feedbackLinks(base: string, paperId: string, { digest }: Words): Action[] {
  return FEEDBACK_KINDS.map((kind) => ({
    label: digest.say[kind],
    url: `${base}/${kind}/${encodeURIComponent(paperId)}`,
  }));
}

/**
 * What a mail program shows beside the subject: the next three titles if they fit whole, else the
 * next two, cut; of a single paper its summary.
 */
function preheader(next: readonly string[], summary: string, intro: string): string {
  const line = next.length === 0 ? cutAtWord(summary, PREHEADER_CHARS_MAX) : joined(next);
  return line.length >= PREHEADER_CHARS_MIN ? line : `${line} · ${intro}`;
}

function joined(titles: readonly string[]): string {
  const all = titles.join(' · ');
  const [first = '', second] = titles;
  if (all.length <= PREHEADER_CHARS_MAX || second === undefined) {
    return cutAtWord(all, PREHEADER_CHARS_MAX);
  }
  const room = PREHEADER_CHARS_MAX - 3;
  const head = cutAtWord(first, Math.max(Math.floor(room / 2), room - second.length));
  return `${head} · ${cutAtWord(second, room - head.length)}`;
}
