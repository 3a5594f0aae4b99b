import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { EmailAddress, maskedAddress } from '../domain/address.ts';
import { tombstones } from '../domain/erasure.ts';
import { mayAsk, notifySoon } from '../signup.ts';
import { askAddressChange } from '../store/address-changes.ts';
import type { SuppressionReason } from '../store/schema.ts';
import { changePreferences } from '../store/subscribers.ts';
import { wordsFor } from '../words/words.ts';
import { textField } from './fields.ts';
import { limitedPage } from './home.ts';
import { librarySection } from './library.ts';
import { freshToken, type Reader, readerOf } from './links.ts';
import { badLink, type Markup, said, show } from './page.ts';
import { preferenceFields, shownValues } from './preference-fields.ts';
import { readPreferences, shownBefore } from './preference-form.ts';
import { previewSection } from './preference-preview.ts';
import { first, formLimit, formOf, networkFrom, sameSite } from './security.ts';

/** `/preferences/TOKEN`: what somebody asked for, without a login. A GET changes nothing. */
export function preferring(app: App): Hono {
  const web = new Hono();
  const page = (path: string, act: (context: Context, reader: Reader) => Promise<Response>) =>
    web.post(path, formLimit, sameSite(app), async (context) => {
      const reader = await readerOf(app, context, 'preferences');
      return reader === undefined ? badLink(context) : act(context, reader);
    });

  web.get('/:token', async (context) => {
    const reader = await readerOf(app, context, 'preferences');
    if (reader === undefined) return badLink(context);
    const done = context.req.query('done');
    if (done === 'saved')
      return preferencesPage(context, app, reader, { told: reader.words.preferences.saved });
    if (done === 'asked') {
      return preferencesPage(context, app, reader, { told: reader.words.preferences.addressAsked });
    }
    return preferencesPage(context, app, reader, {});
  });

  page('/:token', async (context, reader) => {
    const { subscriber, token, words } = reader;
    const form = await formOf(context);
    const { preferences, faults } = readPreferences(form, subscriber.preferences, words);
    if (preferences === undefined) return preferencesPage(context, app, reader, { form, faults });
    await changePreferences(
      app.db,
      subscriber.id,
      (current) => readPreferences(form, current, words).preferences,
    );
    return context.redirect(`/preferences/${token}?done=saved`, 303);
  });

  page('/:token/address', async (context, reader) => {
    const { subscriber, token, words, language } = reader;
    const typed = first((await formOf(context)).newAddress);
    const email = EmailAddress.safeParse(typed);
    const fault = !email.success
      ? words.faults.email
      : app.blocked(email.data) === 'domain'
        ? words.faults.emailBlocked
        : undefined;
    if (!email.success || fault !== undefined) {
      return preferencesPage(context, app, reader, {
        addressFault: fault ?? words.faults.email,
        newAddress: typed.slice(0, 254),
      });
    }
    if (!(await mayAsk(app, networkFrom(context, app)))) return limitedPage(context, language);
    const forgotten = tombstones(app.keys, email.data);
    const asked = await askAddressChange(app.db, subscriber, email.data, forgotten, app.now());
    await notifySoon(app, asked);
    return context.redirect(`/preferences/${token}?done=asked`, 303);
  });
  return web;
}

/** What the page shows beside what is stored. */
interface Shown {
  readonly told?: string;
  readonly form?: Readonly<Record<string, string | string[]>>;
  readonly faults?: Readonly<Record<string, string>>;
  readonly newAddress?: string;
  readonly addressFault?: string;
}

async function preferencesPage(
  context: Context,
  app: App,
  reader: Reader,
  { told, form = {}, faults = {}, newAddress = '', addressFault }: Shown,
): Promise<Response> {
  const { subscriber, token, language, words } = reader;
  const { preferences: own } = words;
  const faulty = Object.keys(faults).length > 0 || addressFault !== undefined;
  return show(context, {
    title: own.title,
    language,
    status: faulty ? 422 : 200,
    main: html`${told === undefined ? '' : said(told)}${faulty ? said(own.faulty, true) : ''}
    ${subscriber.state === 'active' ? '' : said(own.gone, true)}
    ${subscriber.suppressed === null ? '' : said(stoppedWords(subscriber.suppressed, own), true)}
    <section class="card">
      <h1>${own.title}</h1>
      <p class="lead">${own.whose(maskedAddress(subscriber.email))}</p>
      <form method="post" action="/preferences/${token}">
        ${shownBefore(subscriber.preferences, form)}
        ${preferenceFields(shownValues(subscriber.preferences, form), faults, words)}
        <button>${own.save}</button>
      </form>
    </section>
    ${faulty ? '' : await previewSection(app, reader)}
    ${await librarySection(app, reader)}
    <section class="card">
      <h2>${own.address}</h2>
      <form method="post" action="/preferences/${token}/address">
        ${textField({ name: 'newAddress', label: own.newAddress, hint: own.addressHint, value: newAddress, type: 'email', max: 254, autocomplete: 'email', fault: addressFault })}
        <button class="plain">${own.change}</button>
      </form>
    </section>
    ${doors(app, reader)}`,
  });
}

/** That nothing comes, why, and what helps. */
function stoppedWords(
  reason: SuppressionReason,
  { stopped }: Reader['words']['preferences'],
): string {
  return reason === 'bounced' || reason === 'complained' ? stopped[reason] : stopped.other;
}

function doors(app: App, { subscriber, token, language }: Reader): Markup {
  const { preferences: own } = wordsFor(language);
  const { id } = subscriber;
  return html`<section class="card">
      <h2>${own.yours}</h2>
      <ul>
        <li><a href="/saved/${freshToken(app, 'feedback', id)}">${own.savedPapers}</a></li>
        <li><a href="/preferences/${token}/data">${own.data}</a></li>
        <li><a href="/unsubscribe/${freshToken(app, 'unsubscribe', id)}">${own.leave}</a></li>
      </ul>
    </section>`;
}
