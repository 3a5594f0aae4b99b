import { type Paper, paperUrl } from './paper.ts';

/** What means something to TeX, as TeX wants it written. */
const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  _: '\\_',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
};

/** Papers as BibTeX entries, each under a key that no other one has. */
export function bibtex(papers: readonly Paper[]): string {
  const used = new Set<string>();
  return papers.map((paper) => entry(paper, uniqueKey(paper, used))).join('\n');
}

function entry(paper: Paper, key: string): string {
  const year = (paper.publishedAt ?? paper.listedOn).slice(0, 4);
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['title', `{${escaped(paper.title)}}`],
    ['author', paper.authors.length > 0 ? paper.authors.map(escaped).join(' and ') : undefined],
    ['year', year],
    ['eprint', paper.arxivId],
    ['archivePrefix', paper.arxivId === undefined ? undefined : 'arXiv'],
    ['doi', paper.doi === undefined ? undefined : escaped(paper.doi)],
    ['url', plainUrl(paperUrl(paper))],
  ];
  const lines = fields.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`  ${name} = {${value}},`],
  );
  return [`@misc{${key},`, ...lines, '}', ''].join('\n');
}

/** First author, year, first long word of the title: `okafor2025small`. */
function uniqueKey(paper: Paper, used: Set<string>): string {
  const plain = (text: string) =>
    text
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9]/g, '')
      .toLowerCase()
      .slice(0, 30);
  const author = plain(paper.authors[0]?.split(' ').at(-1) ?? '') || 'anonymous';
  const word =
    paper.title
      .split(/\s+/)
      .map(plain)
      .find((one) => one.length > 3) ?? '';
  const base = `${author}${paper.listedOn.slice(0, 4)}${word}`;
  let key = base;
  for (let n = 2; used.has(key); n += 1) key = `${base}-${n}`;
  used.add(key);
  return key;
}

function escaped(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\{}$&#%_^~]/g, (sign) => SPECIAL[sign] ?? sign);
}

/** A link as it is, unless it would end the field. */
function plainUrl(url: string | undefined): string | undefined {
  return url !== undefined && /^https?:\/\/[^\s{}\\]+$/.test(url) ? url : undefined;
}
