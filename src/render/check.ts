import type { Email } from '../domain/email.ts';
import { decodeReferences } from '../domain/html.ts';
import { type Element, type Scan, scan } from './page-scan.ts';

/** What an email breaks. */
export interface Fault {
  /** `html-size`, as docs/templates.md lists them. */
  readonly rule: string;
  readonly why: string;
}

/** What an email was made of, which decides what is wrong with it. */
export interface Expected {
  /** Every text that was put in: what stands there may look like a fault and be none. */
  readonly given: string;
  readonly language: string;
  /** A digest says how to leave it, and has a preheader. */
  readonly digest: boolean;
}

const HTML_BYTES_MAX = 90_000;
const SUBJECT_CHARS_MAX = 78;
const PREHEADER_CHARS = [40, 130] as const;
const WHY_CHARS_MAX = 160;

/** Every rule that a finished email breaks. Pure: nothing is fetched and nothing is run. */
export function emailFaults(email: Email, expected: Expected): Fault[] {
  const { html } = email;
  const page = html === undefined ? undefined : scan(html);
  return [
    ...subjectFaults(email),
    ...(html === undefined || page === undefined
      ? []
      : [...htmlFaults(html, page, expected), ...parityFaults(email, page)]),
    ...(expected.digest ? leavingFaults(email, page) : []),
    ...leftovers(email, expected),
  ].map(({ rule, why }) => ({ rule, why: why.slice(0, WHY_CHARS_MAX) }));
}

const fault = (broken: boolean, rule: string, why: string): Fault[] =>
  broken ? [{ rule, why }] : [];

function subjectFaults({ subject }: Email): Fault[] {
  return [
    ...fault(subject.trim() === '', 'subject', 'it is empty'),
    ...fault(
      subject.length > SUBJECT_CHARS_MAX,
      'subject',
      `it has ${subject.length} characters, at most ${SUBJECT_CHARS_MAX}`,
    ),
  ];
}

/** What a mail program takes out, or what tells somebody that the mail was opened. */
const FORBIDDEN = /^(?:script|iframe|object|embed|form|input|button|video|audio|svg|base|link)$/;

function htmlFaults(html: string, page: Scan, { language, digest }: Expected): Fault[] {
  const { elements, headings, css, preheader } = page;
  const bytes = Buffer.byteLength(html);
  const root = elements.find(({ name }) => name === 'html')?.attributes ?? {};
  const h1 = headings.filter(({ name }) => name === 'h1').length;
  const [least, most] = PREHEADER_CHARS;
  const images = elements.filter(({ name }) => name === 'img');
  return [
    ...fault(bytes >= HTML_BYTES_MAX, 'html-size', `${bytes} bytes, fewer than ${HTML_BYTES_MAX}`),
    ...fault(h1 !== 1, 'one-h1', `there are ${h1}`),
    ...fault(root.lang !== language, 'lang', `lang is ${root.lang ?? 'missing'}, not ${language}`),
    ...fault(!/^(?:ltr|rtl|auto)$/.test(root.dir ?? ''), 'dir', 'dir of the page is not set'),
    ...elements.flatMap(elementFaults),
    ...fault(
      /@import|@font-face|url\(/i.test(css),
      'remote',
      'a style asks for a font or a picture',
    ),
    ...images
      .filter(({ attributes }) => attributes.alt === undefined)
      .map(named('img-alt', 'has no alt')),
    ...images.filter(isPixel).map(named('pixel', 'is too small to be seen')),
    ...fault(
      digest && (preheader.length < least || preheader.length > most),
      'preheader',
      `it has ${preheader.length} characters, ${least} to ${most} are shown`,
    ),
  ];
}

function elementFaults({ name, attributes }: Element): Fault[] {
  const runs = Object.keys(attributes).find((attribute) => attribute.startsWith('on'));
  const links = [attributes.href, attributes.src].filter((link) => link !== undefined);
  return [
    ...fault(
      FORBIDDEN.test(name) || name.includes('-'),
      'remote',
      `<${name}> may not be in an email`,
    ),
    ...fault(runs !== undefined, 'remote', `<${name} ${runs}> would run a script`),
    ...links
      .filter((link) => !/^(?:https?:\/\/|mailto:|#)/i.test(link))
      .map((link) => ({ rule: 'links', why: `<${name}> leads to ${JSON.stringify(link)}` })),
    ...fault(
      /url\(|expression\(/i.test(attributes.style ?? ''),
      'remote',
      `the style of <${name}> asks for a picture`,
    ),
  ];
}

const named = (rule: string, why: string) => (element: Element) => ({
  rule,
  why: `<${element.name} src=${JSON.stringify(element.attributes.src ?? '')}> ${why}`,
});

function isPixel({ attributes: { width, height, style = '' } }: Element): boolean {
  const small = (size: string | undefined) =>
    size !== undefined && /^[01](?:px)?$/.test(size.trim());
  return small(width) || small(height) || /(?:width|height):\s*[01]px|display:\s*none/.test(style);
}

/** The text part has every link and every title of the HTML. */
function parityFaults({ text }: Email, { elements, headings }: Scan): Fault[] {
  const links = elements.flatMap(({ name, attributes }) =>
    name === 'a' ? [attributes.href ?? ''] : [],
  );
  const words = folded(text);
  const lacking = [...new Set(links)].filter((link) => !text.includes(link));
  const untitled = headings.filter((heading) => !words.includes(folded(heading.text)));
  return [
    ...fault(
      lacking.length > 0,
      'text-links',
      `${lacking.length} are missing, the first is ${lacking[0]}`,
    ),
    ...fault(
      untitled.length > 0,
      'text-titles',
      `${untitled.length} are missing, the first is ${JSON.stringify(untitled[0]?.text.trim())}`,
    ),
  ];
}

/** Letters and digits alone: a text part may set a heading in capitals, and breaks lines. */
function folded(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** One click in the mail program, and a link in both parts. */
function leavingFaults({ headers, text }: Email, page: Scan | undefined): Fault[] {
  const [, url = ''] = /<(https?:[^>]+)>/.exec(headers['List-Unsubscribe'] ?? '') ?? [];
  if (url === '') return [{ rule: 'unsubscribe', why: 'there is no List-Unsubscribe header' }];
  const linked = page?.elements.some(
    ({ name, attributes }) => name === 'a' && attributes.href === url,
  );
  return [
    ...fault(linked === false, 'unsubscribe', 'the HTML has no link to it'),
    ...fault(!text.includes(url), 'unsubscribe', 'the text has no link to it'),
  ];
}

const PLACEHOLDER = /\{\{[^{}]*\}?\}|\{\{/g;
const TWICE = /&amp;(?:amp|lt|gt|quot|nbsp|#x?[0-9a-f]+);/gi;
const ESCAPED = /&(?:amp|lt|gt|quot|nbsp|#x?[0-9a-f]+);/gi;

/** What filling in has left over, unless a stranger wrote it so. */
function leftovers({ html = '', text, subject }: Email, { given }: Expected): Fault[] {
  const known = given.replace(/\s+/g, '');
  const foreign = (found: string) => !known.includes(found.replace(/\s+/g, ''));
  const shown = decodeReferences(html);
  return [
    ...first(`${subject}\n${shown}\n${text}`, PLACEHOLDER, foreign).map((found) => ({
      rule: 'placeholder',
      why: `${found} is left over`,
    })),
    ...first(html, TWICE, (found) => foreign(decodeReferences(found))).map((found) => ({
      rule: 'double-escape',
      why: `${found} is escaped twice`,
    })),
    ...first(`${subject}\n${text}`, ESCAPED, foreign).map((found) => ({
      rule: 'double-escape',
      why: `${found} stands in plain text`,
    })),
  ];
}

function first(text: string, what: RegExp, wanted: (found: string) => boolean): string[] {
  const found = [...text.matchAll(what)].map(([one]) => one).find(wanted);
  return found === undefined ? [] : [found];
}
