import { Parser } from 'htmlparser2';

/** An element of a page as its start tag says. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What the checks of an email want to know of its HTML. */
export interface Scan {
  readonly elements: readonly Element[];
  /** Texts of the headings, by level: `h1`, `h2`, `h3`. */
  readonly headings: readonly { readonly name: string; readonly text: string }[];
  /** Of every style element, one after the other. */
  readonly css: string;
  /** What a mail program shows beside the subject: the text of the first element that is not shown. */
  readonly preheader: string;
}

const HEADING = /^h[1-3]$/;
/** What fills the rest of a preheader up, so that no other text follows it. */
const FILLER = /[\u034f\u200b\u200c\u00a0\u2007\u00ad\ufeff]/g;

/** Reads a page as browsers do, far enough for the checks. */
export function scan(html: string): Scan {
  const elements: Element[] = [];
  const headings: { name: string; text: string }[] = [];
  let [css, preheader, depth, hiddenAt] = ['', '', 0, 0];
  let open: { name: string; text: string } | undefined;
  let inStyle = false;
  const parser = new Parser({
    onopentag(name, attributes) {
      elements.push({ name, attributes });
      depth++;
      if (name === 'style') inStyle = true;
      if (HEADING.test(name)) open = { name, text: '' };
      const hidden = /display:\s*none/.test(attributes.style ?? '');
      if (hidden && hiddenAt === 0 && preheader === '') hiddenAt = depth;
    },
    ontext(text) {
      if (inStyle) css += text;
      else if (open !== undefined) open.text += text;
      if (hiddenAt > 0) preheader += text;
    },
    onclosetag(name) {
      if (depth === hiddenAt) hiddenAt = 0;
      depth--;
      if (name === 'style') inStyle = false;
      if (open !== undefined && name === open.name) {
        headings.push(open);
        open = undefined;
      }
    },
  });
  parser.end(html);
  const shown = preheader.replace(FILLER, ' ').replace(/\s+/g, ' ').trim();
  return { elements, headings, css, preheader: shown };
}
