import { html } from 'hono/html';
import type { Markup } from './page.ts';

/** What every field has: its name in the form, its words, and what is wrong with it. */
interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly fault?: string | undefined;
}

/** A line of text, or several. */
export function textField(
  field: Field & {
    readonly value: string;
    readonly type?: string;
    readonly rows?: number;
    readonly max: number;
    readonly autocomplete?: string;
    readonly required?: boolean;
  },
): Markup {
  const { name, value, type = 'text', rows, max, autocomplete = 'off' } = field;
  const common = html`id="${name}" name="${name}" maxlength="${max}" ${describedBy(field)} ${field.required === true ? html`required` : ''}`;
  return html`<div class="field">
      ${labelOf(field)}
      ${
        rows === undefined
          ? html`<input type="${type}" value="${value}" autocomplete="${autocomplete}" ${common}>`
          : html`<textarea rows="${rows}" ${common}>${value}</textarea>`
      }
      ${faultOf(field)}
    </div>`;
}

/** A file to send along. */
export function fileField(field: Field): Markup {
  return html`<div class="field">
      ${labelOf(field)}
      <input type="file" id="${field.name}" name="${field.name}" required ${describedBy(field)}>
      ${faultOf(field)}
    </div>`;
}

/** One of a list. An option without words of its own is shown as its value. */
export function selectField(
  field: Field & {
    readonly value: string;
    readonly options: readonly (readonly [string, string?])[];
    readonly guessed?: boolean;
  },
): Markup {
  return html`<div class="field">
      ${labelOf(field)}
      <select id="${field.name}" name="${field.name}" ${describedBy(field)} ${field.guessed === true ? html`data-guessed` : ''}>${field.options.map(
        ([value, words]) =>
          words === undefined
            ? html`<option${value === field.value ? html` selected` : ''}>${value}`
            : html`<option value="${value}"${value === field.value ? html` selected` : ''}>${words}`,
      )}</select>
      ${faultOf(field)}
    </div>`;
}

/** One of a few that are all shown. */
export function radioField(
  field: Field & {
    readonly value: string;
    readonly options: readonly (readonly [string, string])[];
  },
): Markup {
  return html`<fieldset ${describedBy(field)}>
      <legend>${field.label}</legend>
      ${field.options.map(
        ([value, words]) =>
          html`<label class="pick"><input type="radio" name="${field.name}" value="${value}"${value === field.value ? html` checked` : ''}> ${words}</label>`,
      )}
      ${faultOf(field)}
    </fieldset>`;
}

export function checkField(name: string, words: string, value: string, checked: boolean): Markup {
  return html`<label class="pick"><input type="checkbox" name="${name}" value="${value}"${checked ? html` checked` : ''}> ${words}</label>`;
}

/** A field that only a robot fills in. */
export function trapField(label: string): Markup {
  return html`<div class="trap" aria-hidden="true"><label for="website">${label}</label><input id="website" name="website" tabindex="-1" autocomplete="off"></div>`;
}

/** Every time zone that this runtime knows. */
export function zoneOptions(chosen: string): (readonly [string])[] {
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  return [...new Set(zones.includes(chosen) ? zones : [chosen, ...zones])].map((zone) => [zone]);
}

function labelOf({ name, label, hint }: Field): Markup {
  return html`<label for="${name}">${label}</label>${hint === undefined ? '' : html` <span class="hint" id="${name}-hint">${hint}</span>`}`;
}

function describedBy({ name, hint, fault }: Field): Markup {
  const ids = [
    ...(hint === undefined ? [] : [`${name}-hint`]),
    ...(fault === undefined ? [] : [`${name}-fault`]),
  ];
  return html`${ids.length > 0 ? html`aria-describedby="${ids.join(' ')}"` : ''}${fault === undefined ? '' : html` aria-invalid="true"`}`;
}

function faultOf({ name, fault }: Field): Markup {
  return fault === undefined ? '' : html`<p class="fault" id="${name}-fault">${fault}</p>`;
}
