import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { EmailAddress } from '../domain/address.ts';
import { mayAsk, notifySoon } from '../signup.ts';
import { askLink } from '../store/address-changes.ts';
import { wordsFor } from '../words/words.ts';
import { textField } from './fields.ts';
import { limitedPage } from './home.ts';
import { languageOf, said, show } from './page.ts';
import { first, formLimit, formOf, networkFrom, sameSite } from './security.ts';

/** `/link`: sends the link to their preferences to people who lost the mail. */
export function linking(app: App): Hono {
  const web = new Hono();
  web.get('/link', (context) => linkPage(context, {}));

  web.post('/link', formLimit, sameSite(app), async (context) => {
    const language = languageOf(context);
    const { faults, link } = wordsFor(language);
    const typed = first((await formOf(context)).email);
    const email = EmailAddress.safeParse(typed);
    if (!email.success) {
      return linkPage(context, { typed: typed.slice(0, 254), fault: faults.email });
    }
    if (!(await mayAsk(app, networkFrom(context, app)))) return limitedPage(context, language);
    await notifySoon(app, await askLink(app.db, email.data, app.now()));
    return linkPage(context, { told: link.done });
  });
  return web;
}

function linkPage(
  context: Context,
  { typed = '', fault, told }: { typed?: string; fault?: string; told?: string },
): Promise<Response> {
  const language = languageOf(context);
  const { link, home } = wordsFor(language);
  return show(context, {
    title: link.title,
    language,
    status: fault === undefined ? 200 : 422,
    main: html`${told === undefined ? '' : said(told)}
    <section class="card">
      <h1>${link.title}</h1>
      <p>${link.why}</p>
      <form method="post" action="/link?lang=${language}">
        ${textField({ name: 'email', label: home.email, value: typed, type: 'email', max: 254, autocomplete: 'email', required: true, fault })}
        <button>${link.button}</button>
      </form>
    </section>`,
  });
}
