import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { visibleText } from '../domain/text.ts';
import { searchArchive } from '../search.ts';
import { wordsFor } from '../words/words.ts';
import { pageOf, pager, QUERY_CHARS_MAX, searchForm } from './archive.ts';
import { languageOf, show } from './page.ts';
import { paperList } from './papers.ts';
import { recent } from './recent.ts';

const FOUND_MAX = 100;
/** So that a page stays under 30 KB, with every abstract at its longest. */
const FOUND_A_PAGE = 10;
/** Some hundred kilobytes each. */
const ANSWERS_KEPT = 20;
const ANSWERS_MS = 60_000;

/** `/search`: the archive's papers that answer a query, best first. */
export function searching(app: Pick<App, 'db' | 'model'>): Hono {
  const web = new Hono();
  web.use('/search', etag());
  const answer = recent(ANSWERS_KEPT, ANSWERS_MS, (query) => searchArchive(app, query, FOUND_MAX));
  web.get('/search', async (context) => {
    const language = languageOf(context);
    const words = wordsFor(language);
    const { archive: own } = words;
    const query = visibleText((context.req.query('q') ?? '').slice(0, QUERY_CHARS_MAX));
    const papers = query === '' ? [] : await answer(query);
    const found =
      papers.length === FOUND_MAX
        ? own.foundMore(papers.length, query)
        : own.found(papers.length, query);
    const pages = Math.ceil(papers.length / FOUND_A_PAGE);
    const page = Math.min(pageOf(context), Math.max(1, pages));
    const from = (page - 1) * FOUND_A_PAGE;
    const shown = papers
      .slice(from, from + FOUND_A_PAGE)
      .map(({ paper }, at) => ({ paper, place: from + at + 1 }));
    return show(context, {
      title: own.search,
      language,
      main: html`<section class="card">
      <h1>${own.search}</h1>
      ${searchForm(own, query)}
      ${query === '' ? '' : html`<p role="status">${found}</p>`}
    </section>
    ${shown.length === 0 ? '' : html`<section class="card">${paperList(shown, words)}</section>`}
    ${pager(`/search?q=${encodeURIComponent(query)}`, page, pages, own)}`,
    });
  });
  return web;
}
