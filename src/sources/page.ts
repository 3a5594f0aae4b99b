import { excerpt } from './explain.ts';
import { type Block, blocksOf, pairUp } from './page-blocks.ts';
import { normalise, requireDay } from './record.ts';
import { type Listing, type Pulled, type Rejection, SourceError } from './source.ts';

const PAGE_CHARS_MAX = 20_000_000;
/** Titles and abstracts together; the longest day so far had 50 papers. */
const BLOCKS_MAX = 20_000;
/** Of a paragraph that stands alone. */
const SHOWN_CHARS_MAX = 60;

const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}';
/** What a copied Hugging Face papers page brings along before its first paper. */
const HEADER = [
  /^new$/i,
  /^get trending papers\b.{0,60}$/i,
  /^subscribe$/i,
  /^by\s{0,3}@?[\w.-]{1,40}\s+and the research community$/i,
  new RegExp(`^${MONTH}\\.? \\d{1,2}(?:, \\d{4})?$`, 'i'),
  /^(?:daily|trending) papers$/i,
];
const REPOSITORY = /\b(?:https?:\/\/)?(?:www\.)?github\.com\/([\w.-]{1,100})\/([\w.-]{1,100})/i;

/**
 * The papers of a Hugging Face papers page as a person copies it: some lines of header, then title
 * and abstract in turn with blank lines between. Such a page has no ids, authors, votes or year, so
 * the day is the caller's. The first GitHub link of an abstract becomes the link to the code. A
 * title without abstract, or an abstract without title, is rejected alone and keeps its place.
 * @param options.date the day on which the papers were on the list, ISO.
 * @throws SourceError when there is no paper at all, the page is too long, or the day is none.
 */
export function parsePage(text: string, options: { date: string }): Pulled {
  requireDay(options.date);
  if (text.length > PAGE_CHARS_MAX) {
    throw new SourceError('the page is longer than 20 MB: copy the papers of one day only');
  }
  const blocks = blocksOf(text, isHeader);
  if (blocks.length === 0) {
    throw new SourceError(
      'the page holds no paper: copy the whole papers page, titles and abstracts, into the file',
    );
  }
  if (blocks.length > BLOCKS_MAX) {
    throw new SourceError(`the page holds ${blocks.length} paragraphs: is it a papers page?`);
  }
  const listings: Listing[] = [];
  const rejections: Rejection[] = [];
  pairUp(blocks).forEach(({ title, abstract }, index) => {
    const read = listing(title, abstract, index + 1, options.date);
    if ('at' in read) rejections.push(read);
    else listings.push(read);
  });
  return { listings, rejections };
}

function isHeader(line: string): boolean {
  return HEADER.some((known) => known.test(line));
}

function listing(
  title: Block | undefined,
  abstract: Block | undefined,
  position: number,
  listedOn: string,
): Listing | Rejection {
  if (title === undefined || abstract === undefined) {
    return lonely(title ?? abstract, title === undefined);
  }
  const codeUrl = repository(abstract.text);
  const read = normalise({ title: title.text, abstract: abstract.text, codeUrl, listedOn });
  if ('why' in read) return { at: title.at, why: read.why };
  return { record: read.record, signal: { upvotes: 0, comments: 0, stars: 0, position } };
}

function lonely(block: Block | undefined, isAbstract: boolean): Rejection {
  const start = `“${excerpt(block?.text ?? '', SHOWN_CHARS_MAX)}”`;
  const why = isAbstract
    ? `the abstract ${start} has no title above it: add the title, or remove the abstract`
    : `the title ${start} has no abstract below it: add the abstract, or remove the title`;
  return { at: block?.at ?? 0, why };
}

function repository(abstract: string): string | undefined {
  const [, owner, name] = REPOSITORY.exec(abstract.replaceAll('\\_', '_')) ?? [];
  const bare = name?.replace(/\.$/, '').replace(/\.git$/, '');
  return owner === undefined || bare === undefined || bare === ''
    ? undefined
    : `https://github.com/${owner}/${bare}`;
}
