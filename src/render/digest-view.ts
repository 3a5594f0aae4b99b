import type { Composition } from '../domain/composition.ts';
import type { Edition } from '../domain/edition.ts';
import type { Links } from '../domain/links.ts';
import { cutAtWord } from '../domain/text.ts';
import { oneLine } from './plain.ts';
import type { DigestInput } from './render.ts';
import { count, counted, type Form, longDay, type PaperView, paperView, summary } from './view.ts';

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
  /** How many papers follow the lead; empty for none. */
  readonly others: string;
  readonly preheader: string;
  readonly papers: readonly PaperView[];
  /** Why the reader gets this mail. */
  readonly because: string;
  /** Which sources the edition had to do without. */
  readonly lacking: string;
  readonly postalAddress: string;
  readonly links: Links;
}

/** With what a subject adds, ` + 49 more`, 78: one line as RFC 5322 section 2.1.1 wants it. */
const LEAD_CHARS_MAX = 68;
const SOURCE_CHARS_MAX = 80;
const PREHEADER_CHARS_MIN = 40;
const PREHEADER_CHARS_MAX = 130;

/**
 * The view of one delivery: its first `fullMax` papers in full, the others in a shorter form.
 * @throws when the composition is empty or names a paper that the edition does not have.
 */
export function digestView(input: DigestInput, fullMax: number, shorter: Form): DigestView {
  const { edition, frame, addressee, composition, links } = input;
  if (composition.length === 0) throw new Error(`nothing was composed from edition ${edition.id}`);
  const byId = new Map(edition.candidates.map((candidate) => [candidate.paper.id, candidate]));
  const papers = composition.map(({ paperId, reason }, index) => {
    const candidate = byId.get(paperId);
    if (candidate === undefined) throw new Error(`edition ${edition.id} has no paper ${paperId}`);
    return paperView(candidate, reason, index + 1, index < fullMax ? 'full' : shorter);
  });
  const titles = papers.map((paper) => paper.title);
  const abstract = byId.get(composition[0]?.paperId ?? '')?.paper.abstract ?? '';
  const name = oneLine(edition.title);
  const intro = introLine(edition.candidates.length, composition);
  return {
    language: addressee.language,
    title: name.replace(/^paperboy(?:\s+|$)/i, ''),
    day: longDay(edition.date),
    heading: `${counted(papers.length, 'paper')} for you`,
    intro,
    lead: cutAtWord(titles[0] ?? '', LEAD_CHARS_MAX),
    others: papers.length > 1 ? count(papers.length - 1) : '',
    preheader: preheader(titles.slice(1, 4), abstract, intro),
    papers,
    because: `You get this because you subscribed to ${name} at ${new URL(frame.baseUrl).host}.`,
    lacking: lackingLine(edition),
    postalAddress: oneLine(frame.postalAddress),
    links,
  };
}

/** `Without arxiv and hf-daily, which could not be read this time.` */
function lackingLine({ lacking = [] }: Edition): string {
  const names = lacking.map(({ source }) => cutAtWord(readersName(source), SOURCE_CHARS_MAX));
  if (names.length === 0) return '';
  return `Without ${names.join(', ')}, which could not be read this time.`;
}

/** Of an address only its host: the rest is the operator's, and may hold a key. */
function readersName(source: string): string {
  return oneLine(source).replace(/https?:\/\/(?:[^/?#]*@)?([^/?#]*)\S*/, '$1');
}

/** Where the papers come from: `Chosen from 42 papers: 4 match your topics, 6 are trending.` */
function introLine(candidates: number, composition: Composition): string {
  const topical = composition.filter(({ reason }) => reason.kind === 'topic').length;
  const pinned = composition.filter(({ reason }) => reason.kind === 'pinned').length;
  const trending = composition.length - topical - pinned;
  const shares = [
    ...(pinned > 0 ? [`${count(pinned)} ${pinned === 1 ? 'is' : 'are'} pinned`] : []),
    ...(topical > 0
      ? [`${count(topical)} ${topical === 1 ? 'matches' : 'match'} your topics`]
      : []),
    ...(trending > 0 ? [`${count(trending)} ${trending === 1 ? 'is' : 'are'} trending`] : []),
  ];
  return `Chosen from ${counted(candidates, 'paper')}: ${shares.join(', ')}.`;
}

/**
 * What a mail program shows beside the subject: the next three titles if they fit whole, else the
 * next two, cut; of a single paper its abstract.
 */
function preheader(next: readonly string[], abstract: string, intro: string): string {
  const line = next.length === 0 ? cutAtWord(summary(abstract), PREHEADER_CHARS_MAX) : joined(next);
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
