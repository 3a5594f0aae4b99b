import { announcedOn } from '../domain/arxiv-calendar.ts';
import { archiveOf } from '../domain/arxiv-categories.ts';
import { arxivId } from '../domain/paper.ts';
import { isWithdrawn, splitAuthors } from './arxiv-words.ts';
import { excerpt } from './explain.ts';
import { normalise, type RawPaper } from './record.ts';
import { type Listing, type Pulled, type Rejection, SourceError } from './source.ts';
import { attribute, type Element, elements, parseXml, textAt } from './xml.ts';

/** One answer of a harvest. */
export interface Harvest extends Pulled {
  /** How to ask for the rest; absent on the last page. */
  readonly token: string | undefined;
  readonly withdrawn: readonly string[];
}

const NO_SIGNAL = { upvotes: 0, comments: 0, stars: 0, position: 0 };
/** A day alone is taken for its noon in New York, which is before the day's cut-off. */
const NOON = 'T16:00:00Z';

/**
 * A page of `ListRecords` from arXiv's OAI-PMH, in the formats `arXiv` and `arXivRaw`. Records come by
 * the day of their last change; a paper counts as listed when its first version was announced. What
 * arXiv deleted is withdrawn. That nothing matches is a normal empty day.
 * @param options.from how many records came before, for the numbers of the rejections.
 * @throws SourceError when the answer is an error.
 * @see https://info.arxiv.org/help/oa/index.html
 */
export function parseArxivOai(text: string, options: { readonly from?: number } = {}): Harvest {
  const [root] = elements(parseXml(text), 'OAI-PMH');
  if (root === undefined) throw new SourceError(`expected OAI-PMH, got ${excerpt(text)}`);
  const [error] = elements(root, 'error');
  const code = attribute(error, 'code');
  if (error !== undefined && code !== 'noRecordsMatch') {
    throw new SourceError(`arXiv refuses the harvest: ${code}, ${excerpt(textAt(error) ?? '')}`);
  }
  const listings: Listing[] = [];
  const rejections: Rejection[] = [];
  const withdrawn: string[] = [];
  for (const [index, record] of elements(root, 'ListRecords', 'record').entries()) {
    const [header] = elements(record, 'header');
    const gone = attribute(header, 'status') === 'deleted';
    const id = arxivId(textAt(record, 'header', 'identifier') ?? '');
    if (gone && id !== undefined) withdrawn.push(id);
    const read = gone ? undefined : listing(record);
    const at = (options.from ?? 0) + index + 1;
    if (gone && id === undefined) rejections.push({ at, why: 'identifier: is no arXiv id' });
    else if (read !== undefined && 'why' in read) rejections.push({ at, why: read.why });
    else if (read !== undefined) listings.push(read);
  }
  const token = textAt(root, 'ListRecords', 'resumptionToken');
  return { listings, rejections, withdrawn, token };
}

function listing(record: Element): Listing | { readonly why: string } {
  const [raw] = elements(record, 'metadata', 'arXivRaw');
  const [plain] = elements(record, 'metadata', 'arXiv');
  const metadata = raw ?? plain;
  if (metadata === undefined) return { why: 'metadata: is neither arXiv nor arXivRaw' };
  const history = raw === undefined ? createdOn(metadata) : versionsOf(raw);
  if (history === undefined) return { why: 'version: has no date' };
  const abstract = textAt(metadata, 'abstract') ?? '';
  const read = normalise({
    id: textAt(metadata, 'id') ?? '',
    title: textAt(metadata, 'title') ?? '',
    abstract,
    authors: raw === undefined ? namesOf(metadata) : splitAuthors(textAt(raw, 'authors') ?? ''),
    categories: textAt(metadata, 'categories')?.split(/\s+/),
    withdrawn: isWithdrawn(textAt(metadata, 'comments'), abstract) || undefined,
    ...history,
  });
  return 'why' in read ? read : { record: read.record, signal: NO_SIGNAL };
}

type History = Pick<RawPaper, 'version' | 'publishedAt' | 'listedOn'>;

function versionsOf(raw: Element): History | undefined {
  const versions = elements(raw, 'version');
  const first = Date.parse(textAt(versions[0] ?? {}, 'date') ?? '');
  if (Number.isNaN(first)) return undefined;
  const at = new Date(first);
  return { version: versions.length, publishedAt: at.toISOString(), listedOn: announcedOn(at) };
}

function createdOn(plain: Element): History | undefined {
  const created = textAt(plain, 'created') ?? '';
  if (!/^\d{4}-\d\d-\d\d$/.test(created)) return undefined;
  return { publishedAt: created, listedOn: announcedOn(new Date(`${created}${NOON}`)) };
}

function namesOf(plain: Element): string[] {
  return elements(plain, 'authors', 'author').map((author) =>
    ['forenames', 'keyname', 'suffix'].flatMap((part) => textAt(author, part) ?? []).join(' '),
  );
}

const OF_PHYSICS = new Set(
  'astro-ph cond-mat gr-qc hep-ex hep-lat hep-ph hep-th math-ph nlin nucl-ex nucl-th physics quant-ph'.split(
    ' ',
  ),
);

/** The OAI set of a category: `cs:cs:CL`, `physics:quant-ph`, `physics:astro-ph:CO`. */
export function oaiSet(category: string): string {
  const archive = archiveOf(category);
  const group = OF_PHYSICS.has(archive) ? 'physics' : archive;
  return [group, ...category.split('.')].join(':');
}
