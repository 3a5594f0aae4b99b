import { html } from 'hono/html';
import type { Reason } from '../domain/composition.ts';
import { type Paper, paperUrl } from '../domain/paper.ts';
import { cutAtWord } from '../domain/text.ts';
import { oneLine } from '../render/plain.ts';
import { reasonWords } from '../render/reason-words.ts';
import { authorsLine, webUrl } from '../render/view.ts';
import type { Words } from '../words/words.ts';
import type { Markup } from './page.ts';

const TITLE_CHARS_MAX = 300;
const ABSTRACT_CHARS_MAX = 1_300;
const PERSON_CHARS_MAX = 80;
const URL_CHARS_MAX = 500;

/** Where a paper has its own page here. */
export function paperPath(id: string): string {
  return `/papers/${encodeURIComponent(id)}`;
}

/** A title fit for a page: one line, of some length. */
export function titleOf(paper: Paper): string {
  return cutAtWord(oneLine(paper.title), TITLE_CHARS_MAX);
}

/** How a paper stands in a list. */
export interface Entry {
  readonly paper: Paper;
  /** From 1; absent where there is no order. */
  readonly place?: number;
  readonly reason?: Reason;
  /** Without its abstract. */
  readonly brief?: boolean;
  /** In place of its abstract. */
  readonly summary?: string;
  readonly below?: Markup;
}

/** Papers as the reader of an edition sees them. */
export function paperList(entries: readonly Entry[], words: Words): Markup {
  return html`<ol class="papers">
    ${entries.map((entry) => paperItem(entry, words))}
  </ol>`;
}

function paperItem({ paper, place, reason, brief, summary, below }: Entry, words: Words): Markup {
  const abstract = cutAtWord(oneLine(summary ?? paper.abstract), ABSTRACT_CHARS_MAX);
  return html`<li>
      <h2>${place === undefined ? '' : html`<span class="place">${place}.</span> `}<a href="${paperPath(paper.id)}" dir="auto">${titleOf(paper)}</a></h2>
      ${reason === undefined ? '' : html`<p class="why" dir="auto">${reasonWords(reason, words)}</p>`}
      ${metaLine(paper, words)}
      ${brief === true ? '' : html`<p class="abstract" dir="auto">${abstract}</p>`}
      ${below ?? ''}
    </li>`;
}

/** Date, authors, and who brought it to the list. */
export function metaLine(paper: Paper, words: Words): Markup {
  const { archive } = words;
  const authors = authorsLine(paper.authors);
  const submitter = cutAtWord(oneLine(paper.submittedBy ?? ''), PERSON_CHARS_MAX);
  return html`<p class="meta">${words.shortDay(paper.listedOn)}${authors === '' ? '' : html` · <bdi>${authors}</bdi>`}${submitter === '' ? '' : html` · <bdi>${archive.by(submitter)}</bdi> ${archive.community}`}</p>`;
}

/** Where the paper itself, its code and its project are, as far as a page may link there. */
export function paperLinks(paper: Paper, words: Words): Markup {
  const { archive } = words;
  const links = [
    { label: archive.read, url: webUrl(paperUrl(paper), URL_CHARS_MAX) },
    { label: archive.code, url: webUrl(paper.codeUrl, URL_CHARS_MAX) },
    { label: archive.project, url: webUrl(paper.projectUrl, URL_CHARS_MAX) },
  ].filter(({ url }) => url !== '');
  return html`${links.map(({ label, url }, at) => html`<a class="button${at > 0 ? ' plain' : ''}" href="${url}" rel="noopener noreferrer">${label}</a>`)}`;
}
