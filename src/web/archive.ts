import { type Context, Hono } from 'hono';
import { etag } from 'hono/etag';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { visibleText } from '../domain/text.ts';
import { oneLine } from '../render/plain.ts';
import { relatedPapers } from '../search.ts';
import {
  countEditions,
  editionPart,
  editionsWith,
  listEditions,
  neighbours,
  paperById,
} from '../store/archive.ts';
import { papersOnTopic } from '../store/search.ts';
import { wordsFor } from '../words/words.ts';
import { faultPage } from './faults.ts';
import { FEEDS } from './home.ts';
import { languageOf, type Markup, show } from './page.ts';
import { metaLine, paperLinks, paperList, titleOf } from './papers.ts';
import { recent } from './recent.ts';

const EDITIONS_A_PAGE = 60;
/** So that a page stays under 30 KB, with every abstract at its longest. */
const PAPERS_A_PAGE = 10;
const FOUND_MAX = 10;
const RELATED_MAX = 5;
const RELATED_KEPT = 500;
const RELATED_MS = 3_600_000;
export const QUERY_CHARS_MAX = 200;
const DESCRIPTION_CHARS_MAX = 200;
const PAGE = /^[1-9]\d{0,3}$/;

/** `/archive`, its editions, papers and topics: public, the same for everybody, cached. */
export function archive(app: Pick<App, 'db' | 'model'>): Hono {
  const web = new Hono();
  for (const path of ['/archive/*', '/papers/*', '/topics/*']) web.use(path, etag());
  const relatedTo = recent(RELATED_KEPT, RELATED_MS, async (id) => {
    const paper = await paperById(app.db, id);
    return paper === undefined ? [] : relatedPapers(app, paper, RELATED_MAX);
  });

  web.get('/archive', async (context) => {
    const language = languageOf(context);
    const words = wordsFor(language);
    const { archive: own } = words;
    const page = pageOf(context);
    const pages = Math.max(1, Math.ceil((await countEditions(app.db)) / EDITIONS_A_PAGE));
    const offset = (page - 1) * EDITIONS_A_PAGE;
    const editions = await listEditions(app.db, { limit: EDITIONS_A_PAGE, offset });
    if (editions.length === 0 && page > 1) return faultPage(context, 404);
    return show(context, {
      title: own.title,
      language,
      description: own.lead,
      feeds: FEEDS,
      main: html`<section class="card">
      <h1>${own.title}</h1>
      <p class="lead">${own.lead}</p>
      ${searchForm(own)}
    </section>
    <section class="card">
      ${editions.length === 0 ? html`<p>${own.none}</p>` : ''}
      <ul class="days">${editions.map(({ id, date, title, papers }) => html`<li><a href="/archive/${id}">${words.longDay(date)}</a> <span class="quiet">${oneLine(title)} · ${own.papers(papers)}</span></li>`)}</ul>
    </section>
    ${pager('/archive', page, pages, own)}`,
    });
  });

  web.get('/archive/:digest/:date{\\d{4}-\\d{2}-\\d{2}}', async (context) => {
    const language = languageOf(context);
    const words = wordsFor(language);
    const { archive: own } = words;
    const { digest, date } = context.req.param();
    const page = pageOf(context);
    const from = (page - 1) * PAPERS_A_PAGE;
    const part = await editionPart(app.db, visibleText(`${digest}/${date}`), from, PAPERS_A_PAGE);
    if (part === undefined || (part.candidates.length === 0 && page > 1)) {
      return faultPage(context, 404);
    }
    const near = await neighbours(app.db, part.digest, part.date);
    const pages = Math.max(1, Math.ceil(part.papers / PAPERS_A_PAGE));
    const entries = part.candidates.map(({ paper }, at) => ({ paper, place: from + at + 1 }));
    return show(context, {
      title: `${oneLine(part.title)}, ${words.longDay(part.date)}`,
      language,
      description: own.lead,
      feeds: FEEDS,
      main: html`<p class="quiet">${oneLine(part.title)} · ${own.papers(part.papers)}</p>
    <h1>${words.longDay(part.date)}</h1>
    <nav class="pages" aria-label="${own.pages}">
      ${near.previous === null ? html`<span></span>` : html`<a rel="prev" href="/archive/${part.digest}/${near.previous}">← ${words.longDay(near.previous)}</a>`}
      ${near.next === null ? '' : html`<a rel="next" href="/archive/${part.digest}/${near.next}">${words.longDay(near.next)} →</a>`}
    </nav>
    <section class="card">${paperList(entries, words)}</section>
    ${pager(`/archive/${part.id}`, page, pages, own)}`,
    });
  });

  web.get('/papers/:id', async (context) => {
    const language = languageOf(context);
    const words = wordsFor(language);
    const { archive: own } = words;
    const paper = await paperById(app.db, visibleText(context.req.param('id')));
    if (paper === undefined) return faultPage(context, 404);
    const editions = await editionsWith(app.db, paper);
    const close = await relatedTo(paper.id);
    const topics = paper.topics.slice(0, 8).map(oneLine);
    return show(context, {
      title: titleOf(paper),
      language,
      description: oneLine(paper.abstract).slice(0, DESCRIPTION_CHARS_MAX),
      main: html`<article class="card">
      <h1 dir="auto">${titleOf(paper)}</h1>
      ${metaLine(paper, words)}
      <h2>${own.abstract}</h2>
      <p class="abstract" dir="auto">${oneLine(paper.abstract)}</p>
      ${paperLinks(paper, words)}
      ${topics.length === 0 ? '' : html`<p class="quiet">${topics.map((topic, at) => html`${at > 0 ? ' · ' : ''}<a href="/topics/${encodeURIComponent(topic)}">${topic}</a>`)}</p>`}
      ${editions.length === 0 ? '' : html`<p class="quiet">${own.paperIn} ${editions.map(({ id, date }, at) => html`${at > 0 ? ', ' : ''}<a href="/archive/${id}">${words.longDay(date)}</a>`)}</p>`}
    </article>
    ${
      close.length === 0
        ? ''
        : html`<section class="card"><h2>${own.related}</h2>${paperList(
            close.map((one) => ({ paper: one, brief: true })),
            words,
          )}</section>`
    }`,
    });
  });

  web.get('/topics/:topic', async (context) => {
    const language = languageOf(context);
    const words = wordsFor(language);
    const topic = visibleText(context.req.param('topic')).slice(0, QUERY_CHARS_MAX);
    const papers = topic === '' ? [] : await papersOnTopic(app.db, topic, FOUND_MAX);
    const title = words.archive.topic(topic);
    const path = `/topics/${encodeURIComponent(topic)}`;
    return show(context, {
      title,
      language,
      status: papers.length === 0 ? 404 : 200,
      description: title,
      feeds: FEEDS.map(({ type, url }) => ({ type, url: `${path}${url}` })),
      main: html`<h1>${title}</h1>
    <p class="quiet"><a href="${path}/feed.atom">Atom</a> · <a href="${path}/feed.json">JSON Feed</a></p>
    <section class="card">${
      papers.length === 0
        ? html`<p>${words.archive.found(0, topic)}</p>`
        : paperList(
            papers.map((paper) => ({ paper })),
            words,
          )
    }</section>`,
    });
  });
  return web;
}

export function pageOf(context: Context): number {
  const asked = context.req.query('page') ?? '1';
  return PAGE.test(asked) ? Number(asked) : 1;
}

export function searchForm(
  own: { readonly search: string; readonly find: string },
  query = '',
): Markup {
  return html`<form class="find" action="/search" role="search">
        <div class="field"><label for="q">${own.search}</label><input id="q" name="q" type="search" value="${query}" maxlength="${QUERY_CHARS_MAX}"></div>
        <button>${own.find}</button>
      </form>`;
}

/** Links to the pages before and after. @param path with a query of its own or without. */
export function pager(
  path: string,
  page: number,
  pages: number,
  own: { previous: string; next: string; page: (page: number, of: number) => string },
): Markup {
  if (pages < 2) return '';
  const to = (other: number) => `${path}${path.includes('?') ? '&' : '?'}page=${other}`;
  return html`<nav class="pages" aria-label="${own.page(page, pages)}">
      ${page > 1 ? html`<a rel="prev" href="${to(page - 1)}">← ${own.previous}</a>` : html`<span></span>`}
      <span class="quiet">${own.page(page, pages)}</span>
      ${page < pages ? html`<a rel="next" href="${to(page + 1)}">${own.next} →</a>` : html`<span></span>`}
    </nav>`;
}
