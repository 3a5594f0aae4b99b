/** The oldest arXiv papers have one version; the most that one has had is about fifty. */
const VERSION_MAX = 1_000;

/** The version in `2510.14968v2`, an `oai:arXiv.org:` name or a link to it. */
export function versionOf(id: string): number | undefined {
  const [, digits] = /\d{4,7}v(\d{1,4})(?:\.pdf)?$/.exec(id.trim()) ?? [];
  const version = Number(digits);
  return version >= 1 && version <= VERSION_MAX ? version : undefined;
}

const WHAT = '(?:paper|article|submission|manuscript|preprint|work|version)';
const WITHDRAWN = new RegExp(
  `^\\W*(?:(?:this|the|our) (?:\\w+ )?${WHAT} )?(?:(?:has been|was|is)(?: being| now)? )?(?:temporarily )?withdrawn\\b`,
  'i',
);

/** Whether a comment, or an abstract that was put in place of one, says that the paper was withdrawn. */
export function isWithdrawn(...words: readonly (string | undefined)[]): boolean {
  return words.some((text) => text !== undefined && WITHDRAWN.test(text.replace(/\s+/g, ' ')));
}

const SUFFIX = /^(?:jr\.?|sr\.?|i{2,3}|iv)$/i;

/**
 * The names in one string of authors: commas and `and` between them, affiliations in parentheses,
 * which are left out. Neither counts within TeX's braces.
 */
export function splitAuthors(text: string): string[] {
  const names: string[] = [];
  let name = '';
  let parentheses = 0;
  let braces = 0;
  const end = () => {
    const words = name.replace(/\s+/g, ' ').trim();
    if (SUFFIX.test(words) && names.length > 0) names.push(`${names.pop()}, ${words}`);
    else if (words !== '') names.push(words);
    name = '';
  };
  for (const part of text.split(/([(){},;]|\s+and\s+)/)) {
    if (part === '(') parentheses++;
    else if (part === ')') parentheses = Math.max(0, parentheses - 1);
    else if (parentheses > 0) continue;
    else if (braces === 0 && (part === ',' || part === ';' || /^\s+and\s+$/.test(part))) end();
    else name += part;
    if (part === '{') braces++;
    if (part === '}') braces = Math.max(0, braces - 1);
  }
  end();
  return names;
}

const ANNOUNCED = /^\s*arXiv:\S+\s+Announce Type:\s*([\w-]+)\s*(?:Abstract:)?\s*/i;

/** A feed's summary without `arXiv:… Announce Type: cross Abstract:` before it, and that type. */
export function withoutHead(summary: string): { type: string | undefined; abstract: string } {
  return { type: ANNOUNCED.exec(summary)?.[1], abstract: summary.replace(ANNOUNCED, '') };
}
