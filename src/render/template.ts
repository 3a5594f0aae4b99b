import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { compileHtml, compileText, type Fill } from './handlebars.ts';
import { placeholderFaults } from './placeholders.ts';
import { sampleView } from './sample.ts';
import { plainTheme, type Theme, themed } from './theme.ts';

/**
 * A template as an edition pins it: Handlebars sources after MJML, so that neither a changed file
 * nor another version of MJML can change the bytes of a second attempt.
 */
export const Template = z.object({
  name: z.string(),
  /** First 16 hex digits of a SHA-256 over the name and all sources. */
  version: z.string(),
  sources: z.object({ subject: z.string(), html: z.string(), text: z.string() }),
});
export type Template = z.infer<typeof Template>;

/** A template cannot be used: the message names the file and what is wrong in it. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/**
 * Reads `subject.txt`, `body.mjml` and `body.txt` of a template, with what they take from
 * `partials/` and from the theme, and compiles MJML. Whatever would fail or be lost at the first
 * delivery fails here.
 * @param dir the folder that holds all templates.
 * @param view a view with every field that it may name.
 * @throws {TemplateError}
 */
export async function loadTemplate(
  dir: string,
  name: string,
  view: object = sampleView(),
  theme: Theme = plainTheme,
): Promise<Template> {
  const source = async (file: string) => {
    const path = join(name, file);
    return dressed(path, await expanded(dir, path, 0), theme);
  };
  const subject = (await source('subject.txt')).trim();
  const html = await toHtml(join(name, 'body.mjml'), await source('body.mjml'));
  const text = await source('body.txt');

  check(join(name, 'subject.txt'), subject, view, compileText);
  check(join(name, 'body.mjml'), html, view, compileHtml);
  check(join(name, 'body.txt'), text, view, compileText);

  const sources = { subject, html, text };
  const hash = createHash('sha256').update(JSON.stringify({ name, ...sources }));
  return { name, version: hash.digest('hex').slice(0, 16), sources };
}

const PARTIAL = /\{\{>\s*([\w-]+\.[a-z]+)\s*\}\}/g;
const PARTIAL_DEPTH_MAX = 5;

/**
 * A file with its `{{> name.ext}}` replaced by the text of `partials/name.ext`. Done here and not by
 * `mj-include`, which leaves out what it cannot or may not read without an error, and not by
 * Handlebars, where one registered partial would have to serve HTML and plain text.
 */
async function expanded(dir: string, file: string, depth: number): Promise<string> {
  if (depth > PARTIAL_DEPTH_MAX) throw new TemplateError(`${file} includes itself`);
  const source = await readFile(join(dir, file), 'utf8').catch((cause: unknown) => {
    throw new TemplateError(`${file} cannot be read`, { cause });
  });
  const partials = new Map<string, string>();
  for (const [whole, partial = ''] of source.matchAll(PARTIAL)) {
    partials.set(whole, await expanded(dir, join('partials', partial), depth + 1));
  }
  return source.replace(PARTIAL, (whole) => (partials.get(whole) ?? '').trimEnd());
}

/** With the theme in it: as markup, or, in the files of the text part, as plain words. */
function dressed(file: string, source: string, theme: Theme): string {
  try {
    return themed(source, theme, file.endsWith('.txt') ? 'text' : 'html');
  } catch (cause) {
    throw new TemplateError(`${file}: ${(cause as Error).message}`, { cause });
  }
}

async function toHtml(file: string, mjml: string): Promise<string> {
  if (mjml.includes('<mj-include')) {
    throw new TemplateError(`${file}: write {{> name.mjml}} instead of mj-include`);
  }
  // Loaded here: MJML takes a second to load, and most commands freeze nothing.
  const { default: mjml2html } = await import('mjml');
  const compiled = await mjml2html(mjml, {
    validationLevel: 'strict',
    keepComments: false,
    fonts: {},
    minify: true,
    // The cssnano that MJML asks for needs Node 22.
    minifyOptions: { minifyCss: false },
  }).catch((cause: Error) => {
    throw new TemplateError(`${file}: ${cause.message}`, { cause });
  });
  const lost = lostTags(mjml, compiled.html);
  if (lost.length > 0) {
    throw new TemplateError(`${file}: MJML drops or doubles ${lost.join(', ')}; wrap it in mj-raw`);
  }
  return lean(compiled.html);
}

const BLOCK_TAG = '<\\/?(?:table|tbody|tr|td|div|p|h[1-3])\\b[^>]*>';
const CONTROL_TAG = '\\{\\{(?:[#/][^{}]*|else)\\}\\}';
const BETWEEN_BLOCKS = new RegExp(
  `(${BLOCK_TAG}|${CONTROL_TAG})\\s+(?=${BLOCK_TAG})|(${BLOCK_TAG})\\s+(?=${CONTROL_TAG})`,
  'g',
);

/**
 * Without the blanks that inlining writes into every style, and without those around tags that make
 * blocks, where they show nothing: an eighth of a digest.
 */
function lean(html: string): string {
  return html
    .replace(/ style="([^"]*)"/g, (_, style: string) => {
      const tight = style.replace(/\s*([;:])\s*/g, '$1').replace(/;$/, '');
      return ` style="${tight}"`;
    })
    .replace(BETWEEN_BLOCKS, '$1$2');
}

const TAG = /\{\{[^{}]*\}\}/g;

/**
 * Handlebars tags that MJML did not carry over: in the wrong place it deletes them without an error.
 * Blocks must be as many as before; a value may come back more often, as the title does.
 */
function lostTags(before: string, after: string): string[] {
  const kept = tally(after);
  return [...tally(before)]
    .filter(([tag, times]) => {
      const found = kept.get(tag) ?? 0;
      return /^\{\{(?:[#/^]|else)/.test(tag) ? found !== times : found < times;
    })
    .map(([tag, times]) => `${tag} (${times} before, ${kept.get(tag) ?? 0} after)`);
}

function tally(source: string): Map<string, number> {
  const times = new Map<string, number>();
  for (const [tag] of source.matchAll(TAG)) times.set(tag, (times.get(tag) ?? 0) + 1);
  return times;
}

function check(
  file: string,
  source: string,
  view: object,
  compile: (source: string) => Fill,
): void {
  try {
    const faults = placeholderFaults(source, view);
    if (faults.length > 0) throw new Error(faults.join('; '));
    compile(source)(view);
  } catch (cause) {
    throw new TemplateError(`${file}: ${(cause as Error).message}`, { cause });
  }
}
