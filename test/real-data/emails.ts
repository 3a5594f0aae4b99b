import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DefaultTreeAdapterMap, parse } from 'parse5';
import type { Composition } from '../../src/domain/composition.ts';
import type { Candidate } from '../../src/domain/edition.ts';
import { cutAtWord } from '../../src/domain/text.ts';
import { eml } from '../../src/providers/eml.ts';
import { oneLine } from '../../src/render/plain.ts';
import { type DigestInput, renderer } from '../../src/render/render.ts';
import { loadTemplate } from '../../src/render/template.ts';
import { authorsLine } from '../../src/render/view.ts';
import { packageRoot } from '../../src/root.ts';
import { readJsonl } from '../../src/sources/jsonl.ts';
import { digestInput } from '../support/digest-input.ts';

/**
 * Run by `.ci/real-data`: every title and author list of the recorded months in an email, whose HTML
 * a parser of the standard finds no fault with, and whose text part says and links the same.
 */
const [data = '../shared/data'] = process.argv.slice(2);
const faults: string[] = [];
/** Ten in full and thirty in short are what a digest holds at most unless its reader asks for more. */
const FOLDERS = { 'hf-daily': 10, arxiv: 30 } as const;
const BYTES_MAX = {
  full: { 10: 40_960, 30: 90_000 },
  compact: { 10: 40_960, 30: 46_080 },
} as const;
const ASSEMBLED_EACH = 20;
const LAYOUTS = ['full', 'compact'] as const;
const SECTIONS = ['followed', 'yours', 'trending'] as const;
/** What our templates are made of: anything else would come from a title. */
const TAGS = new Set(
  'html head title meta style body div table tbody tr td h1 h2 h3 p a span br'.split(' '),
);
const ATTRIBUTES =
  /^(?:lang|dir|xmlns.*|http-equiv|content|charset|media|name|type|class|style|role|aria-.*|align|valign|border|cell.*|width|height|href)$/;

const render = renderer(await loadTemplate(join(packageRoot(), 'templates'), 'digest'));

async function candidatesOf(path: string): Promise<Candidate[]> {
  const { listings } = await readJsonl(path, {});
  return listings.map(({ record, signal }) => ({
    paper: { ...record, id: record.arxivId ?? record.title },
    signal: signal ?? { upvotes: 0, comments: 0, stars: 0, position: 0 },
    newOn: record.listedOn,
  }));
}

/** An email of these papers; by its number it has sections or none, is in English or German. */
function inputOf(candidates: readonly Candidate[], number: number): DigestInput {
  const [first, ...others] = candidates.map(({ paper }) => paper.id);
  const composition: Composition = candidates.map(({ paper }, at) => ({
    paperId: paper.id,
    reason:
      at % 2 === 0
        ? { kind: 'topic', topics: [paper.title] }
        : { kind: 'close', title: paper.title },
    ...(number % 2 === 0 ? { section: SECTIONS[Math.min(2, at >> 2)] ?? 'yours' } : {}),
    ...(number % 3 === 0 && paper.id === first ? { also: others.slice(0, 2) } : {}),
  }));
  const layout = LAYOUTS[number % 4 === 2 ? 1 : 0] ?? 'full';
  const input = digestInput(candidates, { composition, layout });
  return {
    ...input,
    addressee: { ...input.addressee, language: number % 4 === 3 ? 'de' : 'en' },
  };
}

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

function* elementsOf(node: Node): Generator<Element> {
  if ('tagName' in node) yield node;
  if ('childNodes' in node) for (const child of node.childNodes) yield* elementsOf(child);
}

function textOf(node: Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

const flat = (text: string) => text.replace(/\s+/g, ' ').trim();
const attribute = (element: Element, name: string) =>
  element.attrs.find((one) => one.name === name)?.value;

async function check(candidates: readonly Candidate[], number: number, size: 10 | 30) {
  const input = inputOf(candidates, number);
  const email = render(input);
  const { html = '' } = email;
  const about = `the email of ${candidates[0]?.paper.id}`;
  const fault = (why: string) => faults.push(`${about}: ${why}`);
  const bytes = Buffer.byteLength(html);
  const { layout } = input.addressee;
  const bytesMax = layout === 'text' ? 0 : BYTES_MAX[layout][size];
  if (bytes > bytesMax) fault(`${bytes} bytes`);
  const document = parse(html, {
    onParseError: ({ code, startLine }) => fault(`${code}, line ${startLine}`),
  });
  const elements = [...elementsOf(document)];
  for (const { tagName, attrs } of elements) {
    if (!TAGS.has(tagName)) fault(`has a <${tagName}>`);
    for (const { name } of attrs) if (!ATTRIBUTES.test(name)) fault(`has an attribute ${name}`);
  }
  if (elements.filter(({ tagName }) => tagName === 'h1').length !== 1) fault('has not one h1');
  const classed = (name: string) =>
    elements.filter((one) => attribute(one, 'class')?.split(' ').includes(name));
  const titles = classed('title').map((title) => flat(textOf(title)));
  const expected = candidates.map(({ paper }) => cutAtWord(oneLine(paper.title), 300));
  if (JSON.stringify(titles) !== JSON.stringify(expected)) fault(`titles are ${titles}`);
  const text = flat(email.text);
  const shown = flat(classed('meta').map(textOf).join(' '));
  for (const { paper } of candidates) {
    const title = cutAtWord(oneLine(paper.title), 300);
    if (!text.includes(title)) fault(`the text part lacks “${title}”`);
    // What no longer fits in full is in the short form, whose lines are shorter.
    const authors = cutAtWord(authorsLine(paper.authors), 160).replace(/…$/, '');
    if (!text.includes(authors)) fault(`the text part lacks the authors “${authors}”`);
    if (!shown.includes(authors)) fault(`the HTML lacks the authors “${authors}”`);
  }
  const links = new Set(elements.flatMap((one) => attribute(one, 'href') ?? []));
  const inText = new Set(email.text.match(/(?<=^|: )https?:\S+$/gm));
  for (const link of links) if (!inText.has(link)) fault(`the text part lacks ${link}`);
  for (const link of inText) {
    const cited = candidates.some(({ paper }) => paper.abstract.includes(link));
    if (!links.has(link) && !cited) fault(`the HTML lacks ${link}`);
  }
  if (/&(?:amp|lt|gt|quot|#x?[0-9a-f]+);/i.test(text.replace(/https?:\S+/g, ''))) {
    const own = candidates.some(({ paper }) => /&\w+;/.test(`${paper.title}${paper.abstract}`));
    if (!own) fault('the text part is escaped');
  }
  if (number % ASSEMBLED_EACH === 0) await eml(email);
  return bytes;
}

const started = performance.now();
let papers = 0;
let emails = 0;
let largest = 0;
for (const [folder, size] of Object.entries(FOLDERS)) {
  for (const name of readdirSync(join(data, folder)).sort()) {
    const all = await candidatesOf(join(data, folder, name));
    for (let from = 0; from < all.length; from += size) {
      const bytes = await check(all.slice(from, from + size), emails++, size);
      largest = Math.max(largest, bytes);
    }
    papers += all.length;
  }
}
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `${papers} papers in ${emails} emails, the largest with ${largest} bytes of HTML: ${seconds} s`,
);
for (const fault of faults.slice(0, 50)) console.error(fault);
if (faults.length > 50) console.error(`and ${faults.length - 50} more`);
process.exitCode = faults.length > 0 ? 1 : 0;
