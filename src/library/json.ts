import { z } from 'zod';
import {
  type Collected,
  type Format,
  isFull,
  LibraryFileError,
  namesIn,
  take,
  yearOf,
} from './entry.ts';

const Text = z.union([z.string(), z.number()]).transform(String).optional().catch(undefined);
const Name = z
  .object({ family: Text, given: Text, literal: Text })
  .catch({ family: undefined, given: undefined, literal: undefined });

/** @see https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html */
const CslItem = z.object({
  title: Text,
  abstract: Text,
  author: z.array(Name).optional().catch(undefined),
  DOI: Text,
  URL: Text,
  note: Text,
  number: Text,
  archive_location: Text,
  'container-title': Text,
  issued: z
    .object({
      'date-parts': z.array(z.array(z.union([z.string(), z.number()]))).optional(),
      raw: Text,
    })
    .optional()
    .catch(undefined),
});

const Value = z
  .object({ value: z.union([z.string(), z.number()]) })
  .nullish()
  .catch(undefined);
const Ids = z
  .object({
    'external-id': z
      .array(z.object({ 'external-id-type': z.string(), 'external-id-value': z.string() }))
      .catch([]),
  })
  .nullish()
  .catch(undefined);
const Work = z.object({
  title: z.object({ title: Value }).nullish().catch(undefined),
  'external-ids': Ids,
  url: Value,
  'publication-date': z.object({ year: Value }).nullish().catch(undefined),
});
/** Works of one paper that several services told. */
const Group = z.object({ 'external-ids': Ids, 'work-summary': z.array(Work).min(1) });

/**
 * The entries of a JSON file: CSL-JSON (a list of items), or the works of an ORCID record as its public API tells
 * them (`/v3.0/…/works` or the whole record).
 * @throws LibraryFileError when it is no JSON, or neither of these.
 */
export function parseJson(text: string, collected: Collected): Format {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new LibraryFileError(
      'unreadable',
      'the file begins as JSON and is none: export it again',
    );
  }
  const groups = orcidGroups(body);
  const items = Array.isArray(body) ? body : listIn(body, 'items');
  const [list, read] =
    groups === undefined ? ([items, cslEntry] as const) : ([groups, orcidEntry] as const);
  if (list === undefined) {
    throw new LibraryFileError(
      'unreadable',
      'the JSON is neither a list of CSL items nor the works of an ORCID record',
    );
  }
  for (const [index, item] of list.entries()) {
    if (isFull(collected)) break;
    const entry = read(item);
    if (entry === undefined) collected.refused.push({ at: index + 1, why: 'malformed' });
    else take(collected, { at: index + 1, ...entry });
  }
  return groups === undefined ? 'csl' : 'orcid';
}

function orcidGroups(body: unknown): unknown[] | undefined {
  const inside = (of: unknown, name: string) =>
    typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[name] : undefined;
  const works =
    inside(inside(body, 'activities-summary'), 'works') ?? inside(body, 'works') ?? body;
  return listIn(works, 'group');
}

function listIn(of: unknown, name: string): unknown[] | undefined {
  if (typeof of !== 'object' || of === null) return undefined;
  const list = (of as Record<string, unknown>)[name];
  return Array.isArray(list) ? list : undefined;
}

function cslEntry(item: unknown) {
  const parsed = CslItem.safeParse(item);
  if (!parsed.success) return undefined;
  const { title = '', abstract = '', author, issued, ...rest } = parsed.data;
  const [first] = author ?? [];
  const name =
    first?.literal ?? [first?.given, first?.family].filter((part) => part !== undefined).join(' ');
  return {
    ...namesIn([
      rest.DOI,
      rest.URL,
      rest.number,
      rest.archive_location,
      rest.note,
      rest['container-title'],
    ]),
    title,
    abstract,
    author: name === '' ? undefined : name,
    year: yearOf(issued?.['date-parts']?.[0]?.[0] ?? issued?.raw),
  };
}

function orcidEntry(group: unknown) {
  const parsed = Group.safeParse(group);
  if (!parsed.success) return undefined;
  const { 'work-summary': works, ...all } = parsed.data;
  const [work] = works;
  const ids = [all, ...works].flatMap((one) => one['external-ids']?.['external-id'] ?? []);
  const paperIds = ids.filter((id) =>
    ['doi', 'arxiv', 'uri'].includes(id['external-id-type'].toLowerCase()),
  );
  return {
    ...namesIn([
      ...paperIds.map((id) => id['external-id-value']),
      ...works.map(({ url }) => textOf(url)),
    ]),
    title: textOf(work?.title?.title) ?? '',
    abstract: '',
    year: yearOf(textOf(work?.['publication-date']?.year)),
  };
}

function textOf(value: z.infer<typeof Value>): string | undefined {
  return value?.value === undefined ? undefined : String(value.value);
}
