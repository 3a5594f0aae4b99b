import { describe, expect, it } from 'vitest';
import type { Email } from '../../src/domain/email.ts';
import { emailFaults } from '../../src/render/check.ts';

const LEAVE = 'https://papers.example.org/unsubscribe/k1.17.abc';
const PREHEADER = 'Kettles that listen, spoons that converge, and three papers more on tea';
const HTML = `<!doctype html><html lang="en" dir="ltr"><head><style>p{color:#000}</style></head><body>
<div style="display:none">${PREHEADER}&#847;&zwnj;&nbsp;</div>
<h1>Two papers</h1><h2><a href="https://arxiv.org/abs/1?a=1&amp;b=2">On Tea &amp; Kettles</a></h2>
<img src="https://papers.example.org/logo.png" width="80" height="20" alt="Paperboy">
<a href="${LEAVE}">Unsubscribe</a></body></html>`;
const TEXT = `TWO PAPERS\n\n1. On Tea &\nKettles\nhttps://arxiv.org/abs/1?a=1&b=2\n\nUnsubscribe:\n${LEAVE}\n`;

const sound: Email = {
  deliveryId: 'daily/2025-03-14/17',
  from: 'Paperboy <digest@papers.example.org>',
  to: 'reader@example.com',
  subject: 'On Tea & Kettles + 1 more',
  html: HTML,
  text: TEXT,
  headers: { 'List-Unsubscribe': `<${LEAVE}>` },
};
const expected = { given: 'On Tea & Kettles', language: 'en', digest: true };
const rules = (over: Partial<Email>, more: Partial<typeof expected> = {}) =>
  emailFaults({ ...sound, ...over }, { ...expected, ...more }).map(({ rule }) => rule);
/** The sound HTML with one thing changed. */
const but = (from: string, to: string) => {
  if (!HTML.includes(from)) throw new Error(`the sample has no ${from}`);
  return { html: HTML.replace(from, to) };
};
const into = (markup: string) => but('</body>', `${markup}</body>`);

describe('an email', () => {
  it('that keeps every rule has no fault', () => {
    expect(emailFaults(sound, expected)).toEqual([]);
    const { html: _, ...text } = sound;
    expect(emailFaults(text, expected)).toEqual([]);
  });

  it.each<[string, string, Partial<Email>]>([
    ['subject', 'no subject', { subject: ' ' }],
    ['subject', 'a long subject', { subject: 'tea '.repeat(20) }],
    ['html-size', 'too much HTML', into('x'.repeat(90_000))],
    ['one-h1', 'no h1', { html: HTML.replace(/h1>/g, 'p>') }],
    ['one-h1', 'two of them', into('<h1>On Tea</h1>')],
    ['lang', 'no language', but(' lang="en"', '')],
    ['lang', 'another language', but('lang="en"', 'lang="und"')],
    ['dir', 'no direction', but(' dir="ltr"', '')],
    ['remote', 'a script', into('<script>1</script>')],
    ['remote', 'a handler', but('<h1>', '<h1 onclick="go()">')],
    ['remote', 'a frame', into('<iframe></iframe>')],
    ['remote', 'a form', into('<form></form>')],
    ['remote', 'a style sheet from elsewhere', into('<link rel="stylesheet">')],
    ['remote', 'a font from elsewhere', but('p{', '@import "https://fonts.example/a.css";p{')],
    ['remote', 'a font face', but('p{', '@font-face{}p{')],
    [
      'remote',
      'a picture in a style',
      but('<h1>', '<h1 style="background:url(https://e.example)">'),
    ],
    ['remote', 'an element that does not exist', into('<mj-text></mj-text>')],
    ['links', 'a link that runs', into('<a href="javascript:alert(1)">On</a>')],
    ['links', 'a relative link', into('<a href="/x">On</a>')],
    ['img-alt', 'a picture without words', but(' alt="Paperboy"', '')],
    ['pixel', 'a pixel', but('width="80"', 'width="1"')],
    ['pixel', 'a hidden picture', but('width="80"', 'style="display:none"')],
    ['preheader', 'no preheader', but(PREHEADER, '')],
    ['preheader', 'a short one', but(PREHEADER, 'Tea')],
    ['text-links', 'a link that the text lacks', { text: TEXT.replace('?a=1&b=2', '') }],
    ['text-titles', 'a title that the text lacks', { text: TEXT.replace('Kettles', '') }],
    ['unsubscribe', 'no header to leave by', { headers: {} }],
    ['unsubscribe', 'no link in the HTML', but(`<a href="${LEAVE}">Unsubscribe</a>`, '')],
    ['unsubscribe', 'no link in the text', { ...into(''), text: TEXT.replace(LEAVE, '') }],
    ['placeholder', 'one in the HTML', into('{{title}}')],
    ['placeholder', 'one in the text', { text: `${TEXT}{{title}}` }],
    ['placeholder', 'one in the subject', { subject: '{{lead}} and more' }],
    ['double-escape', 'an entity escaped again', but('Tea &amp; Kettles', 'Tea &amp;amp; Kettles')],
    ['double-escape', 'a numbered one', into('&amp;#x27;')],
    ['double-escape', 'an entity in plain text', { text: TEXT.replace('&\n', '&amp;\n') }],
  ])('breaks %s with %s', (rule, _, over) => {
    expect(rules(over)).toContain(rule);
  });

  it('may say what its papers say', () => {
    const given = 'On {{tea}} &amp; <b>';
    const { html = '' } = into('{{tea}} &amp;amp; &lt;b&gt;');
    expect(rules({ html, text: `${TEXT} {{tea}} &amp; <b>` }, { given })).toEqual([]);
  });

  it('that is a notice needs no way out and no preheader', () => {
    const { html = '' } = but(PREHEADER, '');
    expect(rules({ html, headers: {} }, { digest: false })).toEqual([]);
  });
});
