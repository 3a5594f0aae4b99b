import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { bibtex } from '../domain/bibtex.ts';
import { FEEDBACK_KINDS, type FeedbackKind } from '../domain/links.ts';
import type { Paper } from '../domain/paper.ts';
import { visibleText } from '../domain/text.ts';
import { oneLine } from '../render/plain.ts';
import { paperById } from '../store/archive.ts';
import { feedbackOf, giveFeedback, savedPapers, takeBack } from '../store/feedback.ts';
import { type Reader, readerOf } from './links.ts';
import { badLink, said, show } from './page.ts';
import { metaLine, paperLinks, paperList, paperPath, titleOf } from './papers.ts';
import { first, formLimit, formOf, sameSite } from './security.ts';

/** `/feedback/TOKEN/KIND/PAPER` shows the paper and a button, which says it; `/saved/TOKEN`. */
export function feedback(app: Pick<App, 'db' | 'keys' | 'config' | 'now'>): Hono {
  const web = new Hono();

  web.get('/feedback/:token/:kind/:paper', async (context) => {
    const found = await asked(context);
    return found === undefined ? badLink(context) : feedbackPage(context, app, found);
  });

  web.post('/feedback/:token/:kind/:paper', formLimit, sameSite(app), async (context) => {
    const found = await asked(context);
    if (found === undefined) return badLink(context);
    const { reader, kind, paper } = found;
    const undo = first((await formOf(context)).undo) !== '';
    if (undo) await takeBack(app.db, reader.subscriber.id, paper.id, kind);
    else await giveFeedback(app.db, reader.subscriber.id, paper.id, kind, app.now());
    return feedbackPage(context, app, found, undo ? 'undone' : 'done');
  });

  web.get('/saved/:token', async (context) => {
    const reader = await readerOf(app, context, 'feedback');
    if (reader === undefined) return badLink(context);
    const { words, token, language, subscriber } = reader;
    const papers = await savedPapers(app.db, subscriber.id);
    const entries = papers.map((paper) => ({
      paper,
      brief: true,
      below: html`<p class="meta"><a href="${feedbackPath(token, 'save', paper.id)}">${words.feedback.remove}</a></p>`,
    }));
    return show(context, {
      title: words.feedback.list,
      language,
      main: html`<h1>${words.feedback.list}</h1>
    <section class="card">
      ${entries.length === 0 ? html`<p>${words.feedback.none}</p>` : paperList(entries, words)}
      ${entries.length === 0 ? '' : html`<a class="button plain" href="/saved/${token}/papers.bib">${words.feedback.bibtex}</a>`}
    </section>`,
    });
  });

  web.get('/saved/:token/papers.bib', async (context) => {
    const reader = await readerOf(app, context, 'feedback');
    if (reader === undefined) return badLink(context);
    context.header('content-disposition', 'attachment; filename="paperboy.bib"');
    const body = bibtex(await savedPapers(app.db, reader.subscriber.id));
    return context.body(body, 200, { 'content-type': 'application/x-bibtex; charset=utf-8' });
  });
  return web;

  async function asked(context: Context): Promise<Asked | undefined> {
    const reader = await readerOf(app, context, 'feedback');
    const kind = FEEDBACK_KINDS.find((one) => one === context.req.param('kind'));
    if (reader === undefined || kind === undefined) return undefined;
    const paper = await paperById(app.db, visibleText(context.req.param('paper') ?? ''));
    return paper === undefined ? undefined : { reader, kind, paper };
  }
}

interface Asked {
  readonly reader: Reader;
  readonly kind: FeedbackKind;
  readonly paper: Paper;
}

function feedbackPath(token: string, kind: FeedbackKind, paperId: string): string {
  return `/feedback/${token}/${kind}/${encodeURIComponent(paperId)}`;
}

async function feedbackPage(
  context: Context,
  app: Pick<App, 'db'>,
  { reader, kind, paper }: Asked,
  told?: 'done' | 'undone',
): Promise<Response> {
  const { words, token, language, subscriber } = reader;
  const all = await feedbackOf(app.db, subscriber.id);
  const given = all.some((one) => one.paperId === paper.id && one.kind === kind);
  const { feedback: own } = words;
  const others = FEEDBACK_KINDS.filter((one) => one !== kind);
  return show(context, {
    title: own.titles[kind],
    language,
    main: html`${told === undefined ? '' : said(told === 'done' ? own.done[kind] : own.undone)}
    <section class="card">
      <p class="quiet">${own.titles[kind]}</p>
      <h1 dir="auto">${titleOf(paper)}</h1>
      ${metaLine(paper, words)}
      <form method="post" action="${feedbackPath(token, kind, paper.id)}">
        ${given ? html`<button class="plain" name="undo" value="1">${own.undo}</button>` : html`<button>${own.buttons[kind]}</button>`}
      </form>
      ${others.map((one) => html`<form method="post" action="${feedbackPath(token, one, paper.id)}"><button class="plain">${own.buttons[one]}</button></form>`)}
    </section>
    <section class="card">
      <h2>${words.archive.abstract}</h2>
      <p class="abstract" dir="auto">${oneLine(paper.abstract)}</p>
      ${paperLinks(paper, words)}
      <p><a href="${paperPath(paper.id)}">${words.archive.paperPage}</a> · <a href="/saved/${token}">${own.list}</a></p>
    </section>`,
  });
}
