import { html } from 'hono/html';
import { clockTime } from '../domain/calendar.ts';
import { LANGUAGES } from '../domain/language.ts';
import type { Preferences } from '../domain/preferences.ts';
import { type Words, wordsFor } from '../words/words.ts';
import { checkField, radioField, selectField, textField, zoneOptions } from './fields.ts';
import type { Markup } from './page.ts';
import { first } from './security.ts';

type Values = Readonly<Record<string, string>>;

const TERMS_CHARS_MAX = 4_000;

/** What each field shows: as it was sent when the form was not right, else what is stored. */
export function shownValues(
  preferences: Preferences,
  form: Readonly<Record<string, string | string[]>>,
): Values {
  const stored = Object.entries(preferences).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : String(value),
  ]);
  const sent = Object.entries(form).map(([name, value]) => [
    name,
    first(value).slice(0, TERMS_CHARS_MAX),
  ]);
  const unticked = ['sendEmpty', 'community']
    .filter((name) => sent.length > 0 && !(name in form))
    .map((name) => [name, 'false']);
  return Object.fromEntries([...stored, ...sent, ...unticked]);
}

/** Every preference, in the order in which people think of them. */
export function preferenceFields(values: Values, faults: Values, words: Words): Markup {
  const { preferences: own } = words;
  const value = (name: string) => values[name] ?? '';
  const common = (name: string) => ({ name, value: value(name), fault: faults[name] });
  const list = (name: string, label: string, hint: string) =>
    textField({ ...common(name), label, hint, max: TERMS_CHARS_MAX });
  const tick = (name: string, label: string) =>
    checkField(name, label, 'on', value(name) === 'true' || value(name) === 'on');
  const hours = Array.from({ length: 48 }, (_, half): [string, string] => [
    String(half / 2),
    clockTime(half / 2),
  ]);
  const weekdays = words.weekdays.map((day, at): [string, string] => [String(at + 1), day]);
  return html`<fieldset>
          <h2>${own.about}</h2>
          ${list('topics', own.topics, own.topicsHint)}
          ${list('exclude', own.exclude, own.excludeHint)}
          ${list('categories', own.categories, own.categoriesHint)}
          <div class="row">
            ${list('authors', own.authors, own.namesHint)}
            ${list('organisations', own.organisations, own.namesHint)}
          </div>
          <div class="field">
            <label for="dial">${own.dial}</label> <span class="hint" id="dial-hint">${own.dialHint}</span>
            <input type="range" id="dial" name="dial" min="0" max="100" step="10" value="${value('dial')}" aria-describedby="dial-hint">
            <div class="ends" aria-hidden="true"><span>${own.popular}</span><span>${own.relevant}</span></div>
            ${faults.dial === undefined ? '' : html`<p class="fault">${faults.dial}</p>`}
          </div>
          ${tick('community', own.community)}
          <p class="hint">${own.communityHint}</p>
        </fieldset>
        <fieldset>
          <h2>${own.when}</h2>
          ${radioField({ ...common('cadence'), label: words.home.cadence, options: Object.entries(words.cadences) })}
          <div class="row">
            ${selectField({ ...common('weekday'), label: own.weekday, options: weekdays })}
            ${selectField({ ...common('hour'), label: own.hour, options: hours })}
            ${selectField({ ...common('timeZone'), label: own.timeZone, options: zoneOptions(value('timeZone')) })}
            ${textField({ ...common('pausedUntil'), label: own.pausedUntil, hint: own.pausedHint, type: 'date', max: 10 })}
          </div>
          ${tick('sendEmpty', own.sendEmpty)}
        </fieldset>
        <fieldset>
          <h2>${own.looks}</h2>
          ${radioField({ ...common('layout'), label: own.layout, options: Object.entries(own.layouts) })}
          <div class="row">
            ${textField({ ...common('papersMax'), label: own.papersMax, hint: own.papersHint, type: 'number', max: 3 })}
            ${selectField({ ...common('language'), label: own.language, options: LANGUAGES.map((one) => [one, wordsFor(one).name] as const) })}
          </div>
        </fieldset>`;
}
