import { html } from 'hono/html';
import { Preferences } from '../domain/preferences.ts';
import { visibleText } from '../domain/text.ts';
import type { Words } from '../words/words.ts';
import type { Markup } from './page.ts';
import { first } from './security.ts';

type Form = Readonly<Record<string, string | string[]>>;

/** What a form says, as far as it may be said, and what is wrong with which field. */
export interface ReadForm {
  readonly preferences: Preferences | undefined;
  readonly faults: Readonly<Partial<Record<keyof Preferences, string>>>;
}

/** What other pages change: a form that leaves such a field as its page showed it does not ask for it. */
const CHANGED_ELSEWHERE = ['cadence', 'pausedUntil'] as const;
const shownName = (name: string) => `shown-${name}`;

/** Hidden fields that say what a page showed: as it was sent when the form was not right. */
export function shownBefore(preferences: Preferences, form: Form): Markup[] {
  return CHANGED_ELSEWHERE.map((name) => {
    const value = first(form[shownName(name)] ?? preferences[name] ?? '');
    return html`<input type="hidden" name="${shownName(name)}" value="${value}">`;
  });
}

const NUMBER = /^\d{1,3}(?:\.5)?$/;
const TERMS_CHARS_MAX = 20_000;

/**
 * The preferences that a form asks for. What the form does not have stays as it was, so that a page
 * may show a part of them, and so does what the page showed already; what it has wrongly is told field by field, in the reader's words.
 */
export function readPreferences(form: Form, current: Preferences, words: Words): ReadForm {
  const text = (name: string) => visibleText(first(form[name]).slice(0, TERMS_CHARS_MAX));
  const asShown = (name: string) => shownName(name) in form && text(name) === text(shownName(name));
  const given = (name: string) => name in form && !asShown(name);
  const number = (name: string) => (NUMBER.test(text(name)) ? Number(text(name)) : Number.NaN);
  const optional = <T>(name: string, value: (name: string) => T) =>
    text(name) === '' ? undefined : value(name);
  const lists = ['topics', 'exclude', 'categories', 'authors', 'organisations'] as const;
  const choices = ['cadence', 'timeZone', 'layout', 'language'] as const;
  const numbers = ['weekday', 'hour', 'dial'] as const;
  const asked = {
    ...current,
    ...Object.fromEntries(lists.filter(given).map((name) => [name, terms(form[name])])),
    ...Object.fromEntries(choices.filter(given).map((name) => [name, text(name)])),
    ...Object.fromEntries(numbers.filter(given).map((name) => [name, number(name)])),
    ...(given('papersMax') ? { papersMax: optional('papersMax', number) } : {}),
    ...(given('pausedUntil') ? { pausedUntil: optional('pausedUntil', text) } : {}),
    // A box that is not ticked is not in the form: another field says that the box was on the page.
    ...(given('papersMax') ? { sendEmpty: given('sendEmpty'), community: given('community') } : {}),
  };
  const parsed = Preferences.safeParse(asked);
  if (parsed.success) return { preferences: parsed.data, faults: {} };
  const names = parsed.error.issues.map(({ path }) => path[0] as keyof Preferences);
  return {
    preferences: undefined,
    faults: Object.fromEntries(names.map((name) => [name, faultWords(name, words)])),
  };
}

/** Words or phrases that were typed with commas, semicolons or line breaks between them, each once. */
export function terms(value: string | string[] | undefined): string[] {
  const found = [value ?? '']
    .flat()
    .flatMap((text) => text.slice(0, TERMS_CHARS_MAX).split(/[,;\n]/))
    .map(visibleText)
    .filter((term) => term !== '');
  const byKey = new Map<string, string>();
  for (const term of found) if (!byKey.has(term.toLowerCase())) byKey.set(term.toLowerCase(), term);
  return [...byKey.values()];
}

function faultWords(name: keyof Preferences, { faults }: Words): string {
  switch (name) {
    case 'topics':
    case 'exclude':
    case 'authors':
    case 'organisations':
      return faults.terms;
    case 'categories':
      return faults.categories;
    case 'timeZone':
      return faults.timeZone;
    case 'papersMax':
      return faults.papersMax;
    case 'dial':
      return faults.dial;
    case 'pausedUntil':
      return faults.date;
    default:
      return faults.choice;
  }
}
