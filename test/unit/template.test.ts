import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compileHtml, compileText } from '../../src/render/handlebars.ts';
import { loadTemplate, Template } from '../../src/render/template.ts';
import { TemplateError } from '../../src/render/template-error.ts';

const templates = new URL('../../templates', import.meta.url).pathname;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'templates-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** Loads a template with this content in its column; other files replace the good ones. */
async function load(content: string, files: Record<string, string> = {}): Promise<Template> {
  const all = {
    'mine/subject.txt': '{{lead}}\n',
    'mine/body.txt': '{{#each papers}}{{title}}\n{{/each}}',
    'mine/body.mjml': `<mjml lang="{{language}}"><mj-body><mj-section><mj-column>${content}</mj-column></mj-section></mj-body></mjml>`,
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  return loadTemplate(dir, 'mine');
}
const inText = (content: string) => `<mj-text>${content}</mj-text>`;

describe('the digest template', () => {
  it('loads, and loads the same every time', async () => {
    const [one, two] = await Promise.all([
      loadTemplate(templates, 'digest'),
      loadTemplate(templates, 'digest'),
    ]);
    expect(two).toEqual(one);
    expect(one.version).toMatch(/^[0-9a-f]{16}$/);
    expect(one.sources.html).not.toMatch(/fonts\.googleapis|@import|<mj-|mj-include/);
    expect(Template.parse(JSON.parse(JSON.stringify(one)))).toEqual(one);
  });
});

describe('loadTemplate', () => {
  it('changes the version with every source', async () => {
    const versions = [
      await load(inText('{{heading}}')),
      await load(inText('{{intro}}')),
      await load(inText('{{heading}}'), { 'mine/subject.txt': '{{heading}}' }),
      await load(inText('{{heading}}'), { 'mine/body.txt': '{{heading}}' }),
    ].map(({ version }) => version);
    expect(new Set(versions).size).toBe(4);
  });

  it('takes partials, also from partials, in MJML and in text', async () => {
    const { sources } = await load('{{> a.mjml}}', {
      'mine/body.txt': '{{> a.txt}}',
      'partials/a.mjml': '{{> b.mjml}}\n',
      'partials/b.mjml': inText('here {{heading}}'),
      'partials/a.txt': 'there {{heading}}\n',
    });
    expect(sources.html).toContain('here {{heading}}');
    expect(sources.text).toBe('there {{heading}}');
  });

  it.each([
    ['a block that MJML drops', '{{#each papers}}<mj-text>{{title}}</mj-text>{{/each}}', 'drops'],
    [
      'a value that MJML drops',
      '{{heading}}<mj-text>x</mj-text>',
      '{{heading}} (1 before, 0 after)',
    ],
    ['a tag that MJML does not know', '<mj-nothing />', 'mj-nothing'],
    ['three braces', inText('{{{heading}}}'), 'heading would not be escaped'],
    ['an ampersand', inText('{{& heading}}'), 'heading would not be escaped'],
    ['an unknown field', inText('{{headline}}'), 'no field is named headline'],
    ['an unknown field of a paper', inText('{{#each papers}}{{name}}{{/each}}'), 'named name'],
    ['an unknown condition', inText('{{#if nothing}}x{{/if}}'), 'no field is named nothing'],
    [
      'an unknown field where the sample never goes',
      inText('{{#if heading}}x{{else}}{{nothing}}{{/if}}'),
      'no field is named nothing',
    ],
    ['an inherited field', inText('{{links.constructor}}'), 'no field is named links.constructor'],
    ['a way around to the view', inText('{{@root.nothing}}'), 'no field is named @root.nothing'],
    ['an unknown list', inText('{{#each items}}{{x}}{{/each}}'), 'no field is named items'],
    ['an unknown helper', inText('{{upper heading}}'), 'no helper is named upper'],
    ['an unknown block', inText('{{#list papers}}{{/list}}'), 'named list'],
    ['a block without an end', inText('{{#if heading}}'), 'body.mjml: Parse error'],
    ['a partial that does not exist', '{{> none.mjml}}', 'partials/none.mjml cannot be read'],
    ['mj-include', '<mj-include path="/etc/passwd" />', 'instead of mj-include'],
    ['a partial from elsewhere', inText('{{> ../../etc/passwd}}'), 'PartialStatement'],
  ])('refuses %s', async (_, content, message) => {
    const loading = load(content);
    await expect(loading).rejects.toBeInstanceOf(TemplateError);
    await expect(loading).rejects.toThrow(message);
  });

  it('names the file and the line', async () => {
    await expect(load(inText('x'), { 'mine/body.txt': 'a\nb {{nothing}}' })).rejects.toThrow(
      'mine/body.txt:2: no field is named nothing; here there are ',
    );
    await expect(load(inText('x'), { 'mine/subject.txt': '{{nothing}}' })).rejects.toThrow(
      'mine/subject.txt:1: no field is named nothing',
    );
  });

  it('names the place of what stands in a partial, and of what MJML finds', async () => {
    const files = { 'partials/a.mjml': '<mj-text>\n  {{nothing}}\n</mj-text>' };
    await expect(load('\n{{> a.mjml}}', files)).rejects.toThrow(
      'partials/a.mjml:2: no field is named nothing',
    );
    await expect(load('\n<mj-none />')).rejects.toThrow(/mine\/body\.mjml:2 \(mj-none\)/);
    await expect(load(inText('{{#if heading}}'))).rejects.toThrow(
      'mine/body.mjml: Parse error on mine/body.mjml:1',
    );
  });

  it('refuses a frame that leaves no room for papers', async () => {
    await expect(load(inText('tea '.repeat(16_000)))).rejects.toThrow(
      'at most 60000: leave something out',
    );
  });

  it('takes each file from the first folder that has it', async () => {
    const own = join(dir, 'own');
    const files = { 'partials/a.mjml': inText('bundled {{heading}}') };
    await load('{{> a.mjml}}', { ...files, 'own/mine/subject.txt': 'Tea: {{lead}}' });
    const one = await loadTemplate([own, dir], 'mine');
    expect([one.sources.subject, one.sources.html.includes('bundled {{heading}}')]).toEqual([
      'Tea: {{lead}}',
      true,
    ]);
    await mkdir(join(own, 'partials'));
    await writeFile(join(own, 'partials/a.mjml'), inText('own {{headline}}'));
    await expect(loadTemplate([own, dir], 'mine')).rejects.toThrow(
      `${own}/partials/a.mjml:1: no field is named headline`,
    );
    await writeFile(join(own, 'partials/a.mjml'), inText('own {{heading}}'));
    expect((await loadTemplate([own, dir], 'mine')).sources.html).toContain('own {{heading}}');
    await expect(loadTemplate([own, dir], 'other')).rejects.toThrow('it is in none of');
  });

  it('refuses a partial that includes itself', async () => {
    const files = { 'partials/a.mjml': '{{> a.mjml}}' };
    await expect(load('{{> a.mjml}}', files)).rejects.toThrow('a.mjml includes itself');
  });
});

describe('compiling', () => {
  const view = { title: 'R&D <x> {{secret}}', secret: 'LEAK' };

  it('escapes in HTML and not in text, whichever came first', () => {
    const text = compileText('{{title}}');
    const html = compileHtml('{{title}}');
    expect(text(view)).toBe('R&D <x> {{secret}}');
    expect(html(view)).toBe('R&amp;D &lt;x&gt; {{secret}}');
    expect(compileText('{{title}}')(view)).toBe(text(view));
    expect(compileHtml('{{title}}')(view)).toBe(html(view));
  });

  it('fails on a missing field and on a syntax tree', () => {
    expect(() => compileHtml('{{nothing}}')(view)).toThrow('nothing');
    const tree: unknown = { type: 'Program', body: [] };
    expect(() => compileHtml(tree as string)).toThrow('not text');
  });
});
