import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { maskedAddress } from '../domain/address.ts';
import { languageNamed } from '../domain/language.ts';
import { verifyToken } from '../domain/token.ts';
import { ONE_CLICK } from '../store/leaving.ts';
import { type Addressed, addressedBy, optOut } from '../store/opt-out.ts';
import { wordsFor } from '../words/words.ts';
import { badLink, show } from './page.ts';
import { byOneClick, formLimit, occasionOn } from './security.ts';

/**
 * `/opt-out/TOKEN`, for whoever gets a notice without having a subscription: a GET shows a page, a
 * POST stops everything to that address. The same POST is the one-click of mail programs: no cookie,
 * no origin, no redirect, 200 also when it comes twice.
 * @see https://www.rfc-editor.org/rfc/rfc8058
 */
export function optingOut(app: App): Hono {
  const web = new Hono();
  web.use('/:token/*', formLimit);

  web.get('/:token', async (context) => {
    const notice = await noticeOf(app, context);
    if (notice === undefined) return badLink(context);
    return notice.suppressed ? donePage(context, notice) : askPage(context, notice);
  });

  web.post('/:token', async (context) => {
    const notice = await noticeOf(app, context);
    if (notice === undefined) return badLink(context);
    if (await byOneClick(context)) {
      await optOut(app.db, notice, ONE_CLICK, app.now());
      return context.body(null, 200);
    }
    const { words } = tongueOf(notice);
    await optOut(app.db, notice, occasionOn(context, app, 'opt-out', words.button), app.now());
    return donePage(context, notice);
  });
  return web;
}

async function noticeOf(app: App, context: Context): Promise<Addressed | undefined> {
  const id = verifyToken(app.keys, context.req.param('token') ?? '', 'opt-out');
  return id === undefined ? undefined : addressedBy(app.db, id);
}

/** The page speaks as the notice did. */
function tongueOf(notice: Addressed) {
  const language = languageNamed(notice.language) ?? 'en';
  return { language, words: wordsFor(language).optOut };
}

function askPage(context: Context, notice: Addressed): Promise<Response> {
  const { language, words } = tongueOf(notice);
  return show(context, {
    title: words.title,
    language,
    main: html`<section class="card">
      <h1>${words.title}</h1>
      <p>${words.whose(maskedAddress(notice.email))}</p>
      ${notice.kind === 'alert' ? html`<p>${words.alerts}</p>` : ''}
      <form method="post"><button name="page" value="1">${words.button}</button></form>
    </section>`,
  });
}

function donePage(context: Context, notice: Addressed): Promise<Response> {
  const { language, words } = tongueOf(notice);
  return show(context, {
    title: words.done,
    language,
    main: html`<section class="card">
      <h1>${words.done}</h1>
      <p>${words.doneWhy(maskedAddress(notice.email))}</p>
      <p>${words.mistake}</p>
    </section>`,
  });
}
