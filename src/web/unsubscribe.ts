import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { maskedAddress } from '../domain/address.ts';
import { addDays, dayOf } from '../domain/calendar.ts';
import { visibleText } from '../domain/text.ts';
import { verifyToken } from '../domain/token.ts';
import { notifySoon } from '../signup.ts';
import { comeBack, keepReason, leave, ONE_CLICK } from '../store/leaving.ts';
import { addNotice } from '../store/notices.ts';
import { changePreferences } from '../store/subscribers.ts';
import { type Reader, readerOf } from './links.ts';
import { badLink, type Markup, said, show } from './page.ts';
import { byOneClick, first, formLimit, formOf, occasionOn, sameSite } from './security.ts';

/** For so long a leaving can be taken back by the link that made it. */
const UNDO_MS = 3_600_000;
/** Under which name what is said here is kept. */
const PAGE = 'unsubscribe';
const PAUSE_WEEKS = [2, 4, 8] as const;
const REASON_CHARS_MAX = 1_000;

/**
 * `/unsubscribe/TOKEN`: a GET shows a page, a POST ends the subscription. The same POST is the
 * one-click of mail programs: no cookie, no origin, no redirect, 200 also when it comes twice.
 * @see https://www.rfc-editor.org/rfc/rfc8058
 */
export function unsubscribing(app: App): Hono {
  const web = new Hono();
  web.use('/:token/*', formLimit);

  web.get('/:token', async (context) => {
    const reader = await readerOf(app, context, 'unsubscribe');
    if (reader === undefined) return badLink(context);
    return reader.subscriber.state === 'active'
      ? askPage(context, reader)
      : leftPage(context, app, reader);
  });

  web.post('/:token', async (context) => {
    const id = verifyToken(app.keys, context.req.param('token'), 'unsubscribe');
    if (id === undefined) return badLink(context);
    if (await byOneClick(context)) {
      await leave(app.db, id, ONE_CLICK, app.now());
      return context.body(null, 200);
    }
    const reader = await readerOf(app, context, 'unsubscribe');
    if (reader === undefined) return badLink(context);
    const { words, subscriber, language } = reader;
    const how = occasionOn(context, app, PAGE, words.leave.button);
    const left = await leave(app.db, id, how, app.now());
    if (left && app.config.goodbye) {
      const goodbye = { kind: 'goodbye', email: subscriber.email, aboutId: id, language } as const;
      await notifySoon(app, await addNotice(app.db, goodbye, app.now()));
    }
    return leftPage(context, app, { ...reader, subscriber: await now(app, context, reader) });
  });

  const step = (path: string, act: (context: Context, reader: Reader) => Promise<Response>) =>
    web.post(`/:token/${path}`, sameSite(app), async (context) => {
      const reader = await readerOf(app, context, 'unsubscribe');
      return reader === undefined ? badLink(context) : act(context, reader);
    });

  step('fewer', async (context, reader) => {
    const { choice } = await formOf(context);
    const { subscriber, words } = reader;
    const { preferences } = subscriber;
    if (choice === 'weekly') {
      await changePreferences(app.db, subscriber.id, (now) => ({ ...now, cadence: 'weekly' }));
      const day = words.weekdays[preferences.weekday - 1] ?? '';
      return askPage(context, reader, words.leave.weeklyDone(day));
    }
    const weeks = PAUSE_WEEKS.find((one) => String(one) === choice);
    if (weeks === undefined) return askPage(context, reader);
    const pausedUntil = addDays(dayOf(app.now(), preferences.timeZone), weeks * 7);
    await changePreferences(app.db, subscriber.id, (now) => ({ ...now, pausedUntil }));
    return askPage(context, reader, words.leave.pauseDone(pausedUntil));
  });

  step('reason', async (context, reader) => {
    const form = await formOf(context);
    const told = [first(form.reason), first(form.other)].map(visibleText).filter(Boolean);
    const why = told.join(': ').slice(0, REASON_CHARS_MAX);
    if (why !== '') await keepReason(app.db, reader.subscriber.id, why);
    return leftPage(context, app, reader, reader.words.leave.thanks);
  });

  step('undo', async (context, reader) => {
    const { subscriber, words } = reader;
    const at = app.now();
    const since = new Date(at.getTime() - UNDO_MS);
    const how = occasionOn(context, app, PAGE, words.leave.again);
    const back = await comeBack(app.db, subscriber.id, how, { since, at });
    const current = { ...reader, subscriber: await now(app, context, reader) };
    return back ? askPage(context, current, words.leave.back) : leftPage(context, app, current);
  });
  return web;
}

/** The subscriber as the ledger has them after the change. */
async function now(app: App, context: Context, reader: Reader) {
  return (await readerOf(app, context, 'unsubscribe'))?.subscriber ?? reader.subscriber;
}

function askPage(context: Context, reader: Reader, told?: string): Promise<Response> {
  const { subscriber, token, language } = reader;
  const { leave: words } = reader.words;
  const path = `/unsubscribe/${token}`;
  return show(context, {
    title: words.title,
    language,
    main: html`${told === undefined ? '' : said(told)}
    <section class="card">
      <h1>${words.title}</h1>
      <p>${words.whose(maskedAddress(subscriber.email))}</p>
      <form method="post" action="${path}"><button name="page" value="1">${words.button}</button></form>
    </section>
    <section class="card">
      <h2>${words.fewerTitle}</h2>
      <form class="choices" method="post" action="${path}/fewer">
        <button class="plain" name="choice" value="weekly">${words.weekly}</button>
        ${PAUSE_WEEKS.map((weeks) => html`<button class="plain" name="choice" value="${weeks}">${words.pause(weeks)}</button>`)}
      </form>
      <p><a href="/link">${words.preferences}</a></p>
    </section>`,
  });
}

function leftPage(context: Context, app: App, reader: Reader, told?: string): Promise<Response> {
  const { subscriber, token, language } = reader;
  const { leave: words } = reader.words;
  const path = `/unsubscribe/${token}`;
  const fresh =
    subscriber.leftAt !== null && app.now().getTime() - subscriber.leftAt.getTime() < UNDO_MS;
  return show(context, {
    title: words.left,
    language,
    main: html`${told === undefined ? '' : said(told)}
    <section class="card">
      <h1>${words.left}</h1>
      <p>${words.leftWhy(maskedAddress(subscriber.email))}</p>
      ${subscriber.suppressed === null ? wayBack(path, words, fresh) : ''}
    </section>
    ${told === undefined ? reasonForm(path, reader) : ''}`,
  });
}

/** Not for an address that must get nothing: neither would help. */
function wayBack(path: string, words: Reader['words']['leave'], fresh: boolean): Markup {
  return fresh
    ? html`<form method="post" action="${path}/undo"><button class="plain">${words.again}</button></form>`
    : html`<p><a href="/">${words.later}</a></p>`;
}

function reasonForm(path: string, { words: { leave: words } }: Reader): Markup {
  return html`<section class="card">
      <form method="post" action="${path}/reason">
        <fieldset>
          <legend>${words.reasonTitle} <span class="hint">${words.reasonHint}</span></legend>
          ${words.reasons.map((reason) => html`<label class="pick"><input type="radio" name="reason" value="${reason}"> ${reason}</label>`)}
        </fieldset>
        <div class="field">
          <label for="other">${words.other}</label>
          <textarea id="other" name="other" rows="3" maxlength="${REASON_CHARS_MAX}"></textarea>
        </div>
        <button class="plain">${words.send}</button>
      </form>
    </section>`;
}
