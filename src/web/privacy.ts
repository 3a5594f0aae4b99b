import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { maskedAddress } from '../domain/address.ts';
import { tombstones } from '../domain/erasure.ts';
import { consentsOf, countsOf, erase, exportOf } from '../store/privacy.ts';
import { type Reader, readerOf } from './links.ts';
import { badLink, show } from './page.ts';
import { formLimit, networkFrom, sameSite } from './security.ts';

/** `/preferences/TOKEN/data`: what is held on somebody, to look at, take away and erase. */
export function privacy(app: Pick<App, 'db' | 'keys' | 'config' | 'now'>): Hono {
  const web = new Hono();

  web.get('/:token/data', async (context) => {
    const reader = await readerOf(app, context, 'preferences');
    return reader === undefined ? badLink(context) : dataPage(context, reader);
  });

  web.get('/:token/data.json', async (context) => {
    const reader = await readerOf(app, context, 'preferences');
    if (reader === undefined) return badLink(context);
    context.header('content-disposition', 'attachment; filename="paperboy.json"');
    return context.json(await exportOf(app.db, reader.subscriber.id));
  });

  web.post('/:token/erase', formLimit, sameSite(app), async (context) => {
    const reader = await readerOf(app, context, 'preferences');
    if (reader === undefined) return badLink(context);
    const { subscriber, words, language } = reader;
    const [tombstone = ''] = tombstones(app.keys, subscriber.email);
    const network = networkFrom(context, app);
    const occasion = { page: 'data', network, words: words.privacy.erase };
    await erase(app.db, subscriber.id, tombstone, occasion, app.now());
    return show(context, {
      title: words.privacy.erased,
      language,
      main: html`<section class="card">
      <h1>${words.privacy.erased}</h1>
      <p>${words.privacy.erasedWhy}</p>
    </section>`,
    });
  });
  return web;

  async function dataPage(context: Context, reader: Reader): Promise<Response> {
    const { subscriber, token, language, words } = reader;
    const { privacy: own } = words;
    const consents = await consentsOf(app.db, subscriber.id);
    const { digests, papers } = await countsOf(app.db, subscriber.id);
    return show(context, {
      title: own.title,
      language,
      main: html`<section class="card">
      <h1>${own.title}</h1>
      <p class="lead">${own.lead}</p>
      <p>${maskedAddress(subscriber.email)}</p>
      <p>${own.counts(digests, papers)}</p>
      <a class="button plain" href="/preferences/${token}/data.json">${own.export}</a>
    </section>
    ${
      consents.length === 0
        ? ''
        : html`<section class="card">
      <h2>${own.consents}</h2>
      <ul class="days">${consents.map(({ at, what }) => html`<li><span>${own.consent[what]}</span> <time class="quiet" datetime="${at.toISOString()}">${words.shortDay(at.toISOString())}</time></li>`)}</ul>
    </section>`
    }
    <section class="card">
      <h2>${own.eraseTitle}</h2>
      <p>${own.eraseWhy}</p>
      <form method="post" action="/preferences/${token}/erase"><button class="grave">${own.erase}</button></form>
    </section>`,
    });
  }
}
