import { SECTIONS, type Section } from '../domain/composition.ts';
import type { Candidate, Edition } from '../domain/edition.ts';
import { FEEDBACK_KINDS, type FeedbackKind, type Links } from '../domain/links.ts';
import { cutAtWord } from '../domain/text.ts';
import { type Words, wordsFor } from '../words/words.ts';
import { oneLine } from './plain.ts';
import { preheader } from './preheader.ts';
import type { DigestInput } from './render.ts';
import {
  type Action,
  type Form,
  type Gallery,
  type PaperView,
  summary,
  type TitleView,
} from './view.ts';
import { type WeekView, weekView } from './week-view.ts';

/**
 * Everything that a template may name, in strings; an empty string is not shown. An edition pins
 * its template, so what is here stays: a template that was pinned earlier names it.
 */
export interface DigestView {
  readonly language: string;
  /** The edition's name without the theme's in front, which the wordmark says already. */
  readonly title: string;
  /** Which issue it is: `Daily · No. 12`. */
  readonly issue: string;
  readonly day: string;
  readonly heading: string;
  readonly intro: string;
  /** Title of the top paper, short enough for a subject. */
  readonly lead: string;
  /** How many papers follow the lead, in words; empty for none. */
  readonly others: string;
  readonly preheader: string;
  readonly papers: readonly DigestPaper[];
  /** The same papers under their headings; of a digest without headings one section without a name. */
  readonly sections: readonly { readonly name: string; readonly papers: readonly DigestPaper[] }[];
  /** Of a weekly digest: the summary on top. */
  readonly week: WeekView | null;
  readonly missedTitle: string;
  readonly missed: readonly TitleView[];
  /** Why the reader gets this mail. */
  readonly because: string;
  /** Which sources the edition had to do without. */
  readonly lacking: string;
  readonly postalAddress: string;
  readonly links: Links;
  /** What the links are called. */
  readonly labels: Readonly<Record<'view' | 'preferences' | 'manage' | 'unsubscribe', string>>;
}

/** A paper with what its place in this digest decides. */
interface DigestPaper extends PaperView, TitleView {
  /** Its heading stands under that of a section. */
  readonly deep: boolean;
  /** The first of all. */
  readonly lead: boolean;
  /** What says nearly the same. */
  readonly alsoLabel: string;
  readonly also: readonly TitleView[];
  /** The links by which its reader says something of it. */
  readonly feedback: readonly Action[];
  /** Of a short form the one that saves it. */
  readonly keepLabel: string;
  readonly keepUrl: string;
  /** Whether it has links beside its title. */
  readonly linked: boolean;
}

/** With what a subject adds, ` + 49 more`, 78: one line as RFC 5322 section 2.1.1 wants it. */
const LEAD_CHARS_MAX = 68;
const SOURCE_CHARS_MAX = 80;
/** What editions were called after before there were themes. */
const FIRST_BRAND = 'Paperboy';

/** How a delivery is drawn. */
export interface Drawing {
  readonly gallery: Gallery;
  /** So many papers, from the first, are shown in full, the others in this form. */
  readonly fullMax: number;
  readonly shorter: Form;
  /** The edition's candidates by id. */
  readonly byId: ReadonlyMap<string, Candidate>;
}

/**
 * The view of one delivery.
 * @throws when the composition names a paper that the edition does not have.
 */
export function digestView(input: DigestInput, drawing: Drawing): DigestView {
  const { edition, frame, addressee, composition, links } = input;
  const { byId, gallery } = drawing;
  const words = wordsFor(addressee.language);
  const { view, preferences, manage, unsubscribe, ...own } = words.digest;
  const titled = (paperId: string, form: Form) =>
    gallery.title(found(edition, byId, paperId), form, frame.baseUrl);
  const papers = papersOf(input, drawing, titled, words);
  const titles = papers.map((paper) => paper.title);
  const top = byId.get(composition[0]?.paperId ?? '');
  // An edition that froze no summaries is told as it was.
  const gist = top?.summary ?? summary(top?.paper.abstract ?? '');
  const week = addressee.week === undefined ? null : weekView(addressee.week, titled, words);
  const heading = week === null ? own.heading(papers.length) : own.week.heading(papers.length);
  const intro = introOf(input, words);
  const name = oneLine(edition.title);
  const because = own.because(name, new URL(frame.baseUrl).host);
  const title = withoutBrand(name, frame.brand ?? FIRST_BRAND);
  const day = words.longDay(edition.date);
  return {
    language: addressee.language,
    title,
    issue: issueOf(edition, title, week !== null, words),
    day: week === null ? day : own.week.day(day),
    heading,
    intro,
    lead: cutAtWord(titles[0] ?? heading, LEAD_CHARS_MAX),
    others: papers.length > 1 ? own.others(papers.length - 1) : '',
    preheader: preheader(titles.slice(1, 4), oneLine(gist), [intro, because]),
    papers,
    sections: sectionsOf(composition, papers, words),
    week,
    missedTitle: own.week.missed,
    missed: (addressee.week?.missed ?? []).map((id) => titled(id, 'compact')),
    because,
    lacking: lackingLine(edition, words),
    postalAddress: oneLine(frame.postalAddress),
    links,
    labels: { view, preferences, manage, unsubscribe },
  };
}

function papersOf(
  { edition, composition, links }: DigestInput,
  { gallery, fullMax, shorter, byId }: Drawing,
  titled: (paperId: string, form: Form) => TitleView,
  words: Words,
): DigestPaper[] {
  return composition.map(({ paperId, reason, section, also = [] }, index) => {
    const candidate = found(edition, byId, paperId);
    const form = index < fullMax ? 'full' : shorter;
    const shown = gallery.paper(candidate, reason, index + 1, form, words);
    const feedback = form === 'full' ? feedbackLinks(links.feedback, paperId, words) : [];
    return {
      ...shown,
      href: titled(paperId, form).href,
      deep: section !== undefined,
      lead: index === 0,
      alsoLabel: words.digest.also,
      also: form === 'bare' ? [] : also.map((id) => titled(id, 'compact')),
      feedback,
      keepLabel: words.digest.say.save,
      keepUrl: form === 'compact' ? feedbackUrl(links.feedback, 'save', paperId) : '',
      linked: shown.actions.length + feedback.length > 0,
    };
  });
}

function found(edition: Edition, byId: Drawing['byId'], paperId: string): Candidate {
  const candidate = byId.get(paperId);
  if (candidate === undefined) throw new Error(`edition ${edition.id} has no paper ${paperId}`);
  return candidate;
}

/** Neighbours of one section together, in the order of the composition. */
function sectionsOf(
  composition: DigestInput['composition'],
  papers: readonly DigestPaper[],
  { digest }: Words,
): DigestView['sections'] {
  const sections: { name: string; papers: DigestPaper[] }[] = [];
  papers.forEach((paper, index) => {
    const section = composition[index]?.section;
    if (index === 0 || section !== composition[index - 1]?.section)
      sections.push({ name: section === undefined ? '' : digest.sections[section], papers: [] });
    sections.at(-1)?.papers.push(paper);
  });
  return sections;
}

function introOf({ edition, composition }: DigestInput, { digest }: Words): string {
  const { length } = edition.candidates;
  const count = (wanted: Section) => composition.filter(({ section }) => section === wanted).length;
  if (composition.some(({ section }) => section !== undefined)) {
    const counts = Object.fromEntries(SECTIONS.map((section) => [section, count(section)]));
    return digest.introOf(length, counts as Record<Section, number>);
  }
  const topical = composition.filter(({ reason }) => reason.kind === 'topic').length;
  const pinned = composition.filter(({ reason }) => reason.kind === 'pinned').length;
  const trending = composition.length - topical - pinned;
  return digest.intro(length, topical, trending, pinned);
}

/** `Daily` of `Paperboy Daily`. */
function withoutBrand(name: string, brand: string): string {
  const begins = name.toLowerCase().startsWith(brand.toLowerCase());
  return begins && /^(?:\s|$)/.test(name.slice(brand.length))
    ? name.slice(brand.length).trim()
    : name;
}

function issueOf(edition: Edition, title: string, weekly: boolean, { digest }: Words): string {
  const daily = title.toLowerCase() === 'daily';
  const name = daily ? (weekly ? digest.week.label : digest.week.daily) : title;
  const number = edition.number === undefined ? '' : digest.issue(edition.number);
  return [name, number].filter((part) => part !== '').join(' · ');
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
    url: feedbackUrl(base, kind, paperId),
  }));
}

function feedbackUrl(base: string, kind: FeedbackKind, paperId: string): string {
  return `${base}/${kind}/${encodeURIComponent(paperId)}`;
}
