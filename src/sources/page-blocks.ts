/** A paragraph of a page. */
export interface Block {
  /** 1-based line on which it begins. */
  readonly at: number;
  readonly text: string;
}

/** One paper's place on a page; one of the two may be missing. */
export interface Place {
  readonly title: Block | undefined;
  readonly abstract: Block | undefined;
}

/** What it costs to read a title after a title, or an abstract after an abstract. */
const BREAK_COST = 2;
/** Titles reach 226 characters, abstracts begin at 128; few of either lie beyond 200. */
const EVEN_CHARS = 230;

/**
 * The paragraphs of a page behind its header. Lines that stand together are one paragraph, unless
 * the page has no blank line at all: then every line is one.
 */
export function blocksOf(text: string, isHeader: (line: string) => boolean): Block[] {
  const lines = text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line, index) => ({ at: index + 1, text: visible(line) }));
  const start = lines.findIndex((line) => line.text !== '' && !isHeader(line.text));
  const body = start === -1 ? [] : lines.slice(start);
  const paragraphs: { at: number; parts: string[] }[] = [];
  let open = false;
  for (const line of body) {
    const last = paragraphs.at(-1);
    if (line.text !== '' && open && last !== undefined) last.parts.push(line.text);
    else if (line.text !== '') paragraphs.push({ at: line.at, parts: [line.text] });
    open = line.text !== '';
  }
  if (paragraphs.length === 1) return body.filter((line) => line.text !== '');
  return paragraphs.map(({ at, parts }) => ({ at, text: parts.join(' ') }));
}

/** A line without what cannot be seen at its ends: spaces of any width and byte order marks. */
function visible(line: string): string {
  return line.replace(/[\u200b\u2060]/g, '').trim();
}

/**
 * Titles with their abstracts. Each paragraph is read as a title or as an abstract so that the
 * whole page costs least: a paragraph against its looks, or the alternation broken, costs. So one
 * missing paragraph breaks the alternation there and nowhere else, and one odd paragraph (a short
 * abstract, an endless title) is still read by its place. Viterbi's algorithm with two states.
 */
export function pairUp(blocks: readonly Block[]): Place[] {
  const places: Place[] = [];
  let title: Block | undefined;
  for (const [index, kind] of kindsOf(blocks).entries()) {
    const block = blocks[index];
    if (kind === 'abstract') {
      places.push({ title, abstract: block });
      title = undefined;
    } else {
      if (title !== undefined) places.push({ title, abstract: undefined });
      title = block;
    }
  }
  if (title !== undefined) places.push({ title, abstract: undefined });
  return places;
}

type Kind = 'title' | 'abstract';

function kindsOf(blocks: readonly Block[]): Kind[] {
  const steps: Record<Kind, Kind>[] = [];
  // Before the page stands, as it were, an abstract: it begins with a title for nothing.
  let costs: Record<Kind, number> = { title: BREAK_COST, abstract: 0 };
  for (const block of blocks) {
    const looks = looksOf(block.text);
    const toTitle = costs.title + BREAK_COST < costs.abstract ? 'title' : 'abstract';
    const toAbstract = costs.abstract + BREAK_COST < costs.title ? 'abstract' : 'title';
    steps.push({ title: toTitle, abstract: toAbstract });
    costs = {
      title: Math.min(costs.title + BREAK_COST, costs.abstract) + Math.max(0, looks),
      abstract: Math.min(costs.abstract + BREAK_COST, costs.title) + Math.max(0, -looks),
    };
  }
  const kinds: Kind[] = [];
  let kind: Kind = costs.title + BREAK_COST < costs.abstract ? 'title' : 'abstract';
  for (let index = blocks.length - 1; index >= 0; index--) {
    kinds.push(kind);
    kind = steps[index]?.[kind] ?? 'title';
  }
  return kinds.reverse();
}

/** How much a paragraph looks like an abstract (above 0) or like a title (below 0). */
function looksOf(text: string): number {
  const length = Math.max(-4, Math.min(6, (text.length - EVEN_CHARS) / 40));
  const ended = /[.…。]["'”’)\]]?$/.test(text) ? 4.5 : -1;
  const sentences = /[.!?]\s+["“(]?[A-Z]/.test(text) ? 1.5 : 0;
  return length + ended + sentences + (/https?:\/\//.test(text) ? 4 : 0);
}
