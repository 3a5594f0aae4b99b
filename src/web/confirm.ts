import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { maskedAddress } from '../domain/address.ts';
import { tombstones } from '../domain/erasure.ts';
import { verifyToken } from '../domain/token.ts';
import { notifySoon } from '../signup.ts';
import { confirmAddressChange, getAddressChange } from '../store/address-changes.ts';
import { confirmSignup, getSignup } from '../store/signups.ts';
import { subscriberById } from '../store/subscribers.ts';
import { whenWords } from '../words/when.ts';
import { wordsFor } from '../words/words.ts';
import { freshToken } from './links.ts';
import { badLink, said, show } from './page.ts';
import { formLimit, occasionOn, sameSite } from './security.ts';

/** `/confirm/TOKEN` and `/address/TOKEN`: a GET shows a button, the POST does what the mail is about. */
export function confirming(app: App): Hono {
  const web = new Hono();

  web.get('/confirm/:token', async (context) => {
    const signup = await signupOf(app, context);
    if (signup === undefined || signup.confirmed) return badLink(context);
    const { language } = signup.preferences;
    const { confirm } = wordsFor(language);
    return show(context, {
      title: confirm.title,
      language,
      main: html`<section class="card">
      <h1>${confirm.title}</h1>
      <p>${confirm.whose(maskedAddress(signup.email))}</p>
      <form method="post"><button>${confirm.button}</button></form>
    </section>`,
    });
  });

  web.post('/confirm/:token', formLimit, sameSite(app), async (context) => {
    const signup = await signupOf(app, context);
    if (signup === undefined) return badLink(context);
    const words = wordsFor(signup.preferences.language);
    const occasion = occasionOn(context, app, 'confirm', words.confirm.button);
    const forgotten = tombstones(app.keys, signup.email);
    const confirmed = await confirmSignup(app.db, signup, occasion, forgotten, app.now());
    const subscriber =
      confirmed === undefined ? undefined : await subscriberById(app.db, confirmed.id);
    if (subscriber === undefined) return badLink(context);
    await notifySoon(app, confirmed?.noticeId);
    const { confirm } = words;
    return show(context, {
      title: confirm.done,
      language: signup.preferences.language,
      main: html`<section class="card">
      <h1>${confirm.done}</h1>
      <p>${confirm.next(whenWords(subscriber.preferences, words))}</p>
      <a class="button" href="/preferences/${freshToken(app, 'preferences', subscriber.id)}">${confirm.choose}</a>
    </section>`,
    });
  });

  web.get('/address/:token', async (context) => {
    const change = await changeOf(app, context);
    if (change === undefined || change.confirmed) return badLink(context);
    const { moved } = change.words;
    return show(context, {
      title: moved.title,
      language: change.language,
      main: html`<section class="card">
      <h1>${moved.title}</h1>
      <p>${moved.whose(maskedAddress(change.email))}</p>
      <form method="post"><button>${moved.button}</button></form>
    </section>`,
    });
  });

  web.post('/address/:token', formLimit, sameSite(app), async (context) => {
    const change = await changeOf(app, context);
    if (change === undefined || change.confirmed) return badLink(context);
    const { moved } = change.words;
    const occasion = occasionOn(context, app, 'address', moved.button);
    const forgotten = tombstones(app.keys, change.email);
    const answer = await confirmAddressChange(app.db, change, occasion, forgotten, app.now());
    await notifySoon(app, answer?.noticeId);
    const done = answer !== undefined;
    return show(context, {
      title: moved.title,
      language: change.language,
      main: html`${said(done ? moved.done : moved.taken, !done)}
    <section class="card">
      <h1>${moved.title}</h1>
      <p>${done ? moved.done : moved.taken}</p>
    </section>`,
    });
  });
  return web;
}

async function signupOf(app: App, context: Context) {
  const id = verifyToken(app.keys, context.req.param('token') ?? '', 'confirm');
  return id === undefined ? undefined : getSignup(app.db, id);
}

async function changeOf(app: App, context: Context) {
  const id = verifyToken(app.keys, context.req.param('token') ?? '', 'address');
  const change = id === undefined ? undefined : await getAddressChange(app.db, id);
  const subscriber =
    change === undefined ? undefined : await subscriberById(app.db, change.subscriberId);
  if (change === undefined || subscriber === undefined) return undefined;
  const { language } = subscriber.preferences;
  return { ...change, language, words: wordsFor(language) };
}
