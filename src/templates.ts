import { readdirSync } from 'node:fs';
import type { Email } from './domain/email.ts';
import { eml } from './providers/eml.ts';
import { emailFaults, type Fault } from './render/check.ts';
import { noticeRenderer, sampleNotice } from './render/notice.ts';
import { renderer } from './render/render.ts';
import { digestCases } from './render/sample-cases.ts';
import { noticeCases } from './render/sample-notices.ts';
import { loadTemplate, type Template } from './render/template.ts';
import { TemplateError } from './render/template-error.ts';
import { readTheme, type Theme } from './render/theme.ts';

/** One email that a template made of a sample, and what is wrong with it. */
export interface Proof {
  readonly template: string;
  /** `weekly/german`; of notices `confirm/de`. */
  readonly case: string;
  /** Absent: it could not be made, as the faults say. */
  readonly email: Email | undefined;
  readonly faults: readonly Fault[];
  /** Its papers hold placeholders, markup and entities as text. */
  readonly mimics: boolean;
}

/** A template with all that was made of it. */
export interface Proofs {
  readonly template: string;
  /** Why it cannot be loaded: then nothing is made of it. */
  readonly broken: string | undefined;
  readonly proofs: readonly Proof[];
}

const NOTICE = 'notice';

/** Every template of these folders: a folder with a subject, by name. */
function templateNames(folders: readonly string[]): string[] {
  const names = folders.flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'partials')
      .map(({ name }) => name),
  );
  return [...new Set(names)].sort();
}

/** Where templates and theme are, see `template-folders.ts`. */
export interface Bench {
  readonly folders: readonly string[];
  readonly themePath: string;
}

/** Every email of every template that there is a sample for, each checked by every rule. */
export async function prove({ folders, themePath }: Bench): Promise<Proofs[]> {
  let theme: Theme;
  try {
    theme = readTheme(themePath);
  } catch (error) {
    return [{ template: 'theme', broken: (error as Error).message, proofs: [] }];
  }
  const all: Proofs[] = [];
  // One after the other: MJML is not in a hurry either.
  for (const name of templateNames(folders)) all.push(await proofsOf(folders, name, theme));
  return all;
}

async function proofsOf(folders: readonly string[], name: string, theme: Theme): Promise<Proofs> {
  try {
    const view = name === NOTICE ? sampleNotice() : undefined;
    const template = await loadTemplate(folders, name, view, theme);
    const proofs = await Promise.all(
      name === NOTICE ? noticeProofs(template) : digestProofs(template),
    );
    return { template: name, broken: undefined, proofs };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { template: name, broken: error.message, proofs: [] };
  }
}

function digestProofs(template: Template): Promise<Proof>[] {
  const render = renderer(template);
  return digestCases().map(({ name, input }) =>
    proof(template.name, name, () => render(input), {
      given: textsIn(input),
      language: input.addressee.language,
      digest: true,
    }),
  );
}

function noticeProofs(template: Template): Promise<Proof>[] {
  const render = noticeRenderer(template);
  return noticeCases().map(({ name, input }) =>
    proof(template.name, name, () => render(input), {
      given: textsIn(input),
      language: input.language,
      digest: false,
    }),
  );
}

async function proof(
  template: string,
  name: string,
  make: () => Email,
  expected: Parameters<typeof emailFaults>[1],
): Promise<Proof> {
  let email: Email | undefined;
  const of = { template, case: name, mimics: name.endsWith('/hostile') };
  try {
    email = make();
    const faults = emailFaults(email, expected);
    await eml(email); // it throws when no line of 998 bytes can hold a header
    return { ...of, email, faults };
  } catch (error) {
    const rule = email === undefined ? 'render' : 'message';
    return { ...of, email, faults: [{ rule, why: (error as Error).message }] };
  }
}

/** Every text of a sample, as the rules need it to tell a stranger's words from the template's. */
function textsIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textsIn).join('\n');
}

/** A line for each fault: template, case, rule, why. */
export function faultLines({ template, broken, proofs }: Proofs): string[] {
  if (broken !== undefined) return broken.split('\n').map((line) => `${template}  load  ${line}`);
  return proofs.flatMap(({ case: name, faults }) =>
    faults.map(({ rule, why }) => `${template}  ${name}  ${rule}  ${why}`),
  );
}
