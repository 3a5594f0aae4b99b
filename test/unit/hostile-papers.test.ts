import { describe, expect, it } from 'vitest';
import { renderer } from '../../src/render/render.ts';
import { loadTemplate } from '../../src/render/template.ts';
import { candidatesOf, digestInput } from '../support/digest-input.ts';
import { expectParity, flat, skeleton, titlesOf } from '../support/email-html.ts';

const templates = new URL('../../templates', import.meta.url).pathname;
const render = renderer(await loadTemplate(templates, 'digest'));

describe('hostile papers', () => {
  const corpus = [
    'R&D <x> {{secret}} </mj-text><mj-include path="/etc/passwd"/>',
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    `' onmouseover='alert(1)`,
    '" style="position:fixed" x="',
    '</h2></td></tr></table><form action="https://evil.example">',
    '<!--<![endif]--><!--',
    '--><svg/onload=alert(1)>',
    '</title><style>*{display:none}</style>',
    '{{{links.unsubscribe}}} {{#each papers}} {{> partial}} \\{{x}}',
    'javascript:alert(1)',
    '&lt;script&gt; &amp;amp; &#x3c;b',
    '<![CDATA[<b>]]>',
    'a`b=c/d\\e',
  ];
  const benign = () => skeleton(render(digestInput(candidatesOf(2))).html ?? '');

  it.each(corpus)('stay text: %s', (text) => {
    const record = { title: text, abstract: text, authors: [text], categories: [text] };
    const input = digestInput(candidatesOf(2, record), {
      composition: candidatesOf(2).map(({ paper }) => ({
        paperId: paper.id,
        reason: { kind: 'topic', topics: [text] },
      })),
    });
    const email = render(input);
    const { html = '' } = email;
    expect(skeleton(html)).toEqual(benign());
    expect(titlesOf(html)).toEqual([text, text]);
    expect(email.subject).toBe(`${text} + 1 more`);
    expect(flat(email.text)).toContain(`1. ${text}`);
    expect(html).not.toMatch(/<script|<img|<form|<svg/i);
    expectParity(email);
  });

  it('lose links that are none', () => {
    const bad = 'javascript:alert(1)//https://example.org';
    const email = render(
      digestInput(candidatesOf(2, { codeUrl: bad, projectUrl: 'data:text/html,x' })),
    );
    expect(email.html).not.toMatch(/javascript:|data:/i);
    expect(email.text).not.toMatch(/javascript:|data:/i);
    const quoted = render(
      digestInput(candidatesOf(1, { codeUrl: `https://e.example/"><b onclick='x'>` })),
    );
    expect(quoted.html).not.toMatch(/<b |onclick='/);
    expectParity(quoted);
  });

  it('can neither add a header nor turn the reading direction', () => {
    const title = 'A\r\nBcc: victim@example.org\u0000\u0085\u202Eevil\u2028end';
    const input = digestInput(candidatesOf(1, { title }));
    const edition = { ...input.edition, title };
    const { subject, html, text, headers } = render({ ...input, edition });
    expect(subject).toBe('A Bcc: victim@example.orgevil end');
    expect(headers['List-Id']).toBe('A Bcc victim example orgevil end <daily.papers.example.org>');
    for (const line of [subject, ...Object.values(headers)])
      expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
    expect(`${html}${text}`).not.toMatch(/\p{Bidi_Control}/u);
  });

  it('keep a subject of 78 characters and a title of 226', () => {
    const title = 'Reading papers each morning '.repeat(9).slice(0, 226).trim();
    const email = render(digestInput(candidatesOf(3, { title })));
    expect(email.subject.length).toBeLessThanOrEqual(78);
    expect(email.subject).toMatch(/\w… \+ 2 more$/);
    expect(titlesOf(email.html ?? '')[0]).toBe(title);
    expectParity(email);
  });

  it('may be written from right to left, or have nothing but a title', () => {
    const title = 'قراءة الأوراق العلمية في الصباح';
    const email = render(
      digestInput(candidatesOf(2, { title, authors: [], categories: [], topics: [] })),
    );
    expect(email.html).toMatch(/<h2[^>]* dir="auto"/);
    expect(titlesOf(email.html ?? '')).toEqual([title, title]);
    expectParity(email);
  });

  it('may have 3,303 authors', () => {
    const authors = Array.from({ length: 3303 }, (_, i) => `Author Number${i}`);
    expect(render(digestInput(candidatesOf(1, { authors }))).text).toContain('+3,299');
  });
});
