/** The fields of a paper that a column may hold; the names are those of a papers file. */
export const sqlFields = [
  'id',
  'mark',
  'doi',
  'title',
  'abstract',
  'authors',
  'topics',
  'categories',
  'url',
  'githubRepo',
  'projectPage',
  'organization',
  'comment',
  'submittedBy',
  'publishedAt',
  'listedOn',
  'upvotes',
  'numComments',
  'githubStars',
  'position',
] as const;
export type SqlField = (typeof sqlFields)[number];

/** Without these a relation cannot be read: `mark` is what says how far it was. */
const NEEDED = ['id', 'mark', 'title', 'abstract'] as const;

/** What is wrong with a mapping of fields to columns, in words. Empty: nothing. */
export function columnFaults(columns: Readonly<Record<string, string>>): string[] {
  const strange = Object.keys(columns).filter((field) => !sqlFields.includes(field as SqlField));
  const missing = NEEDED.filter((field) => columns[field] === undefined);
  return [
    ...strange.map((field) => `no field is named ${field}; there are ${sqlFields.join(', ')}`),
    ...missing.map((field) => `the field ${field} needs a column: ${field}=COLUMN`),
  ];
}
