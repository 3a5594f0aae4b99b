import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { compileHtml, compileText } from './handlebars.ts';
import { placeholderFaults } from './placeholders.ts';
import { sampleView } from './sample.ts';
import { TemplateError } from './template-error.ts';
import { type Folders, type Line, readLines } from './template-files.ts';
import { plainTheme, type Theme } from './theme.ts';

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

/**
 * Reads `subject.txt`, `body.mjml` and `body.txt` of a template, with what they take from
 * `partials/` and from the theme, and compiles MJML. Whatever would fail or be lost at the first
 * delivery fails here.
 * @param folders the folder that holds all templates, or several.
 * @param view a view with every field that it may name.
 * @throws {TemplateError}
 */
export async function loadTemplate(
  folders: Folders,
  name: string,
  view: object = sampleView(),
  theme: Theme = plainTheme,
): Promise<Template> {
  const read = (file: string) => readLines(folders, join(name, file), theme);
  const [subjectLines, mjmlLines, textLines] = [
    await read('subject.txt'),
    await read('body.mjml'),
    await read('body.txt'),
  ];
  check(subjectLines, view);
  check(mjmlLines, view);
  check(textLines, view);
  const subject = sourceOf(subjectLines).trim();
  const html = await toHtml(join(name, 'body.mjml'), mjmlLines);
  const text = sourceOf(textLines);
  fill(join(name, 'subject.txt'), () => compileText(subject)(view));
  fill(join(name, 'body.mjml'), () => compileHtml(html)(view));
  fill(join(name, 'body.txt'), () => compileText(text)(view));

  const sources = { subject, html, text };
  const hash = createHash('sha256').update(JSON.stringify({ name, ...sources }));
  return { name, version: hash.digest('hex').slice(0, 16), sources };
}

/** Beside this much of a frame, papers would not fit into what Gmail shows. */
const FRAME_BYTES_MAX = 60_000;

function sourceOf(lines: readonly Line[]): string {
  return lines.map(({ text }) => text).join('\n');
}

async function toHtml(file: string, lines: readonly Line[]): Promise<string> {
  const mjml = sourceOf(lines);
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
    throw new TemplateError(`${file}: ${placed(cause.message, lines)}`, { cause });
  });
  const lost = lostTags(mjml, compiled.html);
  if (lost.length > 0) {
    throw new TemplateError(`${file}: MJML drops or doubles ${lost.join(', ')}; wrap it in mj-raw`);
  }
  const html = lean(compiled.html);
  const bytes = Buffer.byteLength(html);
  if (bytes > FRAME_BYTES_MAX) {
    throw new TemplateError(
      `${file}: has ${bytes} bytes as HTML before any paper is in it, at most ${FRAME_BYTES_MAX}: leave something out`,
    );
  }
  return html;
}

/** A message of MJML or Handlebars with the places where its lines were written. */
function placed(message: string, lines: readonly Line[]): string {
  return message.replace(/\bline (\d+)(?: of \S+)?/gi, (whole, at: string) => {
    return lines[Number(at) - 1]?.place ?? whole;
  });
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

/** Placeholders as they were written, before MJML. @throws {TemplateError} with the place of each fault. */
function check(lines: readonly Line[], view: object): void {
  let faults: readonly { line: number; why: string }[];
  try {
    faults = placeholderFaults(sourceOf(lines), view);
  } catch (cause) {
    const { place = '' } = lines[0] ?? {};
    const why = placed((cause as Error).message, lines);
    throw new TemplateError(`${place.replace(/:\d+$/, '')}: ${why}`, { cause });
  }
  if (faults.length === 0) return;
  throw new TemplateError(
    faults.map(({ line, why }) => `${lines[line - 1]?.place ?? ''}: ${why}`).join('\n'),
  );
}

function fill(file: string, work: () => unknown): void {
  try {
    work();
  } catch (cause) {
    throw new TemplateError(`${file}: ${(cause as Error).message}`, { cause });
  }
}
