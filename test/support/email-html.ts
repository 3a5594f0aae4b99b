import { expect } from 'vitest';
import type { Email } from '../../src/domain/email.ts';

/** The tags and attribute names of a page, without text and attribute values. */
export const skeleton = (html: string) =>
  [...html.matchAll(/<(?:"[^"]*"|[^>"])*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""'));

/** Escaped text as a reader sees it. */
export const decoded = (html: string) =>
  html
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) =>
      String.fromCodePoint(Number.parseInt(hex, 16)),
    )
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');

const linksOf = (html: string) =>
  new Set([...html.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => decoded(href)));

/** The headings of the papers, as text. */
export const titlesOf = (html: string) =>
  [...html.matchAll(/<h[23] class="(?:\w+ )?title[^>]*>(.*?)<\/h[23]>/gs)].map(([, inner = '']) =>
    decoded(inner.replace(/<[^>]*>/g, '')),
  );

/** Wrapped text on one line. */
export const flat = (text: string) => text.replace(/\s+/g, ' ');

/** HTML and text carry the same links, and the same titles. */
export function expectParity({ html = '', text }: Email): void {
  for (const link of linksOf(html)) expect(text).toContain(link);
  for (const [, link] of text.matchAll(/^(?:[A-Z][\w ]+: )?(https?:\S+)$/gm))
    expect(linksOf(html)).toContain(link);
  for (const title of titlesOf(html)) expect(flat(text)).toContain(title);
}
