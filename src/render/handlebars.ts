import Handlebars from 'handlebars';

/** A compiled source: a view in, text out. Throws when it names a field that the view lacks. */
export type Fill = (view: object) => string;

// Two environments, because what an option or a partial does in one would reach into the other.
const htmlEnvironment = Handlebars.create();
const textEnvironment = Handlebars.create();
const CHECKED = { strict: true, knownHelpersOnly: true } as const;

/** Compiles a source whose values are escaped for HTML text and quoted attributes. */
export function compileHtml(source: string): Fill {
  return htmlEnvironment.compile(text(source), { ...CHECKED, noEscape: false });
}

/** Compiles a source whose values stand as they are: plain text, subjects. */
export function compileText(source: string): Fill {
  return textEnvironment.compile(text(source), { ...CHECKED, noEscape: true });
}

/** Handlebars would also run a syntax tree, which stored data could smuggle in. */
function text(source: unknown): string {
  if (typeof source !== 'string') throw new TypeError('a template source is not text');
  return source;
}
