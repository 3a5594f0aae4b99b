import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TemplateError } from './template-error.ts';
import type { Theme } from './theme.ts';
import { themed } from './themed.ts';

/**
 * Where templates are: one folder, or several, of which the first that has a file gives it. So a folder
 * of an operator's own holds no more than what is different, a partial as well as a whole template.
 */
export type Folders = string | readonly string[];

/** A line of a template with its partials in it, and where it was written. */
export interface Line {
  readonly text: string;
  /** `digest/body.mjml:12`; with its folder when that is not the last one. */
  readonly place: string;
}

const PARTIAL = /\{\{>\s*([\w-]+\.[a-z]+)\s*\}\}/;
const PARTIAL_DEPTH_MAX = 5;
const FILE_BYTES_MAX = 200_000;

/**
 * The lines of a file, with `{{> name.ext}}` replaced by the text of `partials/name.ext`, and with the theme
 * in them. Done here and not by `mj-include`, which leaves out what it cannot or may not read
 * without an error, and not by Handlebars, where one registered partial would have to serve HTML
 * and plain text.
 * @throws {TemplateError}
 */
export async function readLines(folders: Folders, file: string, theme: Theme): Promise<Line[]> {
  const kind = file.endsWith('.txt') ? 'text' : 'html';
  return (await expanded([folders].flat(), file, 0)).map(({ text, place }) => {
    try {
      return { text: themed(text, theme, kind), place };
    } catch (cause) {
      throw new TemplateError(`${place}: ${(cause as Error).message}`, { cause });
    }
  });
}

async function expanded(folders: readonly string[], file: string, depth: number): Promise<Line[]> {
  if (depth > PARTIAL_DEPTH_MAX) throw new TemplateError(`${file} includes itself`);
  const { source, label } = await firstOf(folders, file);
  const rows = source.split('\n').map((text, at) => ({ text, place: `${label}:${at + 1}` }));
  const lines: Line[] = [];
  for (let next = rows.shift(); next !== undefined; next = rows.shift()) {
    const [whole, name] = PARTIAL.exec(next.text) ?? [];
    if (whole === undefined || name === undefined) {
      lines.push(next);
      continue;
    }
    const at = next.text.indexOf(whole);
    const partial = await expanded(folders, join('partials', name), depth + 1);
    while (partial.length > 1 && partial.at(-1)?.text.trim() === '') partial.pop();
    const [first, last] = [partial[0], partial.at(-1)];
    if (first === undefined || last === undefined) continue;
    partial[0] = { ...first, text: next.text.slice(0, at) + first.text };
    const end = partial.pop() ?? last;
    lines.push(...partial);
    // What follows on the line may hold another partial: it is looked at again.
    const rest = next.text.slice(at + whole.length);
    const tail = { text: end.text.trimEnd(), place: end.place };
    if (PARTIAL.test(rest)) rows.unshift({ text: tail.text + rest, place: next.place });
    else lines.push({ text: tail.text + rest, place: tail.place });
  }
  return lines;
}

async function firstOf(
  folders: readonly string[],
  file: string,
): Promise<{ source: string; label: string }> {
  for (const [at, folder] of folders.entries()) {
    const path = join(folder, file);
    const label = at === folders.length - 1 ? file : path;
    try {
      const source = await readFile(path, 'utf8');
      if (Buffer.byteLength(source) > FILE_BYTES_MAX)
        throw new TemplateError(`${label}: has more than ${FILE_BYTES_MAX} bytes`);
      return { source, label };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') {
        if (error instanceof TemplateError) throw error;
        throw new TemplateError(`${label} cannot be read: ${code}`, { cause: error });
      }
    }
  }
  throw new TemplateError(`${file} cannot be read: it is in none of ${folders.join(', ')}`);
}
