import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { EmailAddress } from '../domain/address.ts';
import { guessedTimeZone, type Language } from '../domain/language.ts';
import { Preferences } from '../domain/preferences.ts';
import { summaryOf } from '../domain/summary/frozen.ts';
import { signUp } from '../signup.ts';
import { editionPart, listEditions, topicsOf } from '../store/archive.ts';
import { type Words, wordsFor } from '../words/words.ts';
import { checkField, selectField, textField, trapField, zoneOptions } from './fields.ts';
import { languageOf, type Markup, said, show } from './page.ts';
import { paperList } from './papers.ts';
import { readPreferences, terms } from './preference-form.ts';
import { first, formLimit, formOf, networkFrom, sameSite } from './security.ts';

const PAPERS = 6;
const SUGGESTIONS = 8;
const TYPED_CHARS_MAX = 2_000;

/** `/`, where people subscribe, and `POST /subscribe`. */
export function home(app: App): Hono {
  const web = new Hono();
  web.get('/', async (context) => {
    const language = languageOf(context);
    const timeZone = guessedTimeZone(context.req.header('accept-language'));
    const preferences = Preferences.parse({ language, timeZone });
    return homePage(context, app, language, { email: '', topics: '', preferences, faults: {} });
  });

  web.post('/subscribe', formLimit, sameSite(app), async (context) => {
    const form = await formOf(context);
    const language = languageOf(context);
    const words = wordsFor(language);
    if (first(form.website) !== '') return askedPage(context, language); // a robot, kept happy
    const email = EmailAddress.safeParse(first(form.email));
    const current = Preferences.parse({ language });
    const { topics, suggested = [] } = form;
    const wanted = { ...form, topics: terms([topics ?? '', suggested].flat()) };
    const { preferences, faults } = readPreferences(wanted, current, words);
    const again = (emailFault?: string, status: 422 = 422) =>
      homePage(
        context,
        app,
        language,
        {
          email: first(form.email).slice(0, TYPED_CHARS_MAX),
          topics: first(topics).slice(0, TYPED_CHARS_MAX),
          preferences: preferences ?? cautious(form, current),
          faults: { ...faults, ...(emailFault === undefined ? {} : { email: emailFault }) },
        },
        status,
      );
    if (!email.success || preferences === undefined) {
      return again(email.success ? undefined : words.faults.email);
    }
    const wish = { email: email.data, preferences };
    const occasion = {
      page: 'subscribe',
      network: networkFrom(context, app),
      words: words.home.consent,
    };
    switch (await signUp(app, wish, occasion)) {
      case 'asked':
        return askedPage(context, language);
      case 'blocked domain':
        return again(words.faults.emailBlocked);
      case 'limited':
        return limitedPage(context, language);
    }
  });
  return web;
}

/** Of a form that is not right, what its selects may show again. */
function cautious(form: Record<string, string | string[]>, current: Preferences): Preferences {
  const { cadence, timeZone } = form;
  const parsed = Preferences.safeParse({ ...current, cadence, timeZone });
  return parsed.success ? parsed.data : current;
}

/** What the form shows: as it was sent, or as it begins. */
interface Shown {
  readonly email: string;
  readonly topics: string;
  readonly preferences: Preferences;
  readonly faults: Readonly<Record<string, string>>;
}

async function homePage(
  context: Context,
  app: App,
  language: Language,
  shown: Shown,
  status: 200 | 422 = 200,
): Promise<Response> {
  const words = wordsFor(language);
  const { home: own } = words;
  const [newest] = await listEditions(app.db, { limit: 1 });
  const suggestions = newest === undefined ? [] : await topicsOf(app.db, newest.id, SUGGESTIONS);
  const fresh = Object.keys(shown.faults).length === 0;
  return show(context, {
    title: own.title,
    language,
    status,
    description: own.lead,
    scripted: fresh,
    feeds: FEEDS,
    main: html`<section class="card">
      <h1>${own.title}</h1>
      <p class="lead">${own.lead}</p>
      ${fresh ? '' : said(words.preferences.faulty, true)}
      <form method="post" action="/subscribe?lang=${language}">
        ${textField({ name: 'email', label: own.email, value: shown.email, type: 'email', max: 254, autocomplete: 'email', required: true, fault: shown.faults.email })}
        ${textField({ name: 'topics', label: own.topics, hint: own.topicsHint, value: shown.topics, max: 2_000, fault: shown.faults.topics })}
        ${suggestions.length === 0 ? '' : suggestionBoxes(suggestions, words)}
        <div class="row">
          ${selectField({ name: 'cadence', label: own.cadence, value: shown.preferences.cadence, options: Object.entries(words.cadences), fault: shown.faults.cadence })}
          ${selectField({ name: 'timeZone', label: own.timeZone, hint: own.timeZoneHint, value: shown.preferences.timeZone, options: zoneOptions(shown.preferences.timeZone), guessed: fresh, fault: shown.faults.timeZone })}
        </div>
        ${trapField(own.trap)}
        <button>${own.subscribe}</button>
        <p class="quiet">${own.consent}</p>
      </form>
    </section>
    ${newest === undefined ? html`<p class="quiet">${own.none}</p>` : await todaysPapers(app, newest.id, words)}`,
  });
}

function suggestionBoxes(suggestions: readonly string[], { home: own }: Words): Markup {
  return html`<fieldset>
          <legend class="hint">${own.suggestions}</legend>
          <div class="chips">${suggestions.map((topic) => checkField('suggested', topic, topic, false))}</div>
        </fieldset>`;
}

async function todaysPapers(app: App, editionId: string, words: Words): Promise<Markup> {
  const part = await editionPart(app.db, editionId, 0, PAPERS);
  if (part === undefined) return '';
  const entries = part.candidates.map((candidate, at) => ({
    paper: candidate.paper,
    place: at + 1,
    summary: summaryOf(candidate),
  }));
  return html`<section class="card" aria-labelledby="today">
      <p class="over" id="today">${words.home.today(words.longDay(part.date))}</p>
      ${paperList(entries, words)}
      <p><a class="button plain" href="/archive/${part.id}">${words.home.whole}</a></p>
    </section>`;
}

export const FEEDS = [
  { type: 'application/atom+xml', url: '/feed.atom' },
  { type: 'application/feed+json', url: '/feed.json' },
] as const;

function askedPage(context: Context, language: Language): Promise<Response> {
  const { asked } = wordsFor(language);
  return show(context, {
    title: asked.title,
    language,
    main: html`<section class="card">
      <h1>${asked.title}</h1>
      <p>${asked.why}</p>
      <p class="quiet">${asked.late}</p>
    </section>`,
  });
}

/** The same for every address: it is the network, or everybody together, that asked too much. */
export function limitedPage(
  context: Context,
  language: Language,
  retryAfterSeconds = 3_600,
): Promise<Response> {
  const { limited } = wordsFor(language);
  context.header('retry-after', String(retryAfterSeconds));
  return show(context, {
    title: limited.title,
    language,
    status: 429,
    main: html`<section class="card"><h1>${limited.title}</h1><p>${limited.why}</p></section>`,
  });
}
