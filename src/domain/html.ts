import { link } from './latex-commands.ts';
import { script } from './latex-maths.ts';
import { SYMBOLS } from './latex-symbols.ts';

/** Elements that break the text; the others vanish without a space. */
const BLOCKS = new Set(
  `address article aside blockquote br caption center dd div dl dt figcaption figure footer h1 h2 h3
   h4 h5 h6 header hr li main nav ol p pre section sec table tbody td tfoot th thead tr ul list
   list-item title-group`.split(/\s+/),
);

/**
 * Elements of running text. Those that papers also use as tokens of their own (`<video>`,
 * `<image>`, `<output>`, `<title>`) are left out: they stay as text.
 */
const INLINE = new Set(
  `a abbr acronym b bdi bdo big cite code del dfn em embed font form i iframe img ins italic bold kbd
   link mark meta noscript q s samp script small span strike strong style sub sup svg tt u var wbr
   html body head object`.split(/\s+/),
);

const NAMED = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['ensp', ' '],
  ['emsp', ' '],
  ['thinsp', ' '],
  ['shy', ''],
  ['ndash', '–'],
  ['mdash', '—'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['ldquo', '“'],
  ['rdquo', '”'],
  ['sbquo', '‚'],
  ['bdquo', '„'],
  ['laquo', '«'],
  ['raquo', '»'],
  ['hellip', '…'],
  ['middot', '·'],
  ['bull', '•'],
  ['plusmn', '±'],
  ['minus', '−'],
  ['infin', '∞'],
  ['asymp', '≈'],
  ['rarr', '→'],
  ['larr', '←'],
  ['harr', '↔'],
  ['reg', '®'],
  ['copy', '©'],
  ['trade', '™'],
  ['sect', '§'],
  ['frac12', '½'],
  ['sup1', '¹'],
  ['sup2', '²'],
  ['sup3', '³'],
  ['szlig', 'ß'],
  ['aelig', 'æ'],
  ['AElig', 'Æ'],
  ['oelig', 'œ'],
  ['OElig', 'Œ'],
  ['oslash', 'ø'],
  ['Oslash', 'Ø'],
  ['lstrok', 'ł'],
  ['Lstrok', 'Ł'],
]);

const ACCENTS = new Map([
  ['acute', '\u0301'],
  ['grave', '\u0300'],
  ['circ', '\u0302'],
  ['uml', '\u0308'],
  ['tilde', '\u0303'],
  ['cedil', '\u0327'],
  ['ring', '\u030a'],
  ['caron', '\u030c'],
]);

/** HTML's character references as the characters they name; one that nobody knows stays. */
export function decodeReferences(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([\dA-Fa-f]{1,6})|([A-Za-z][A-Za-z\d]{1,20}));/g,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return named(name) ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code > 0x10ffff ? '' : String.fromCodePoint(code);
    },
  );
}

function named(name: string): string | undefined {
  const [, base = '', accent = ''] = /^([A-Za-z])([a-z]{3,5})$/.exec(name) ?? [];
  const mark = ACCENTS.get(accent);
  if (mark !== undefined) return (base + mark).normalize('NFC');
  return NAMED.get(name) ?? SYMBOLS.get(name);
}

/**
 * Text without HTML's tags and comments. A tag that is no element of running text stays, as in a
 * paper on `<think>`; so does every `<` that opens no tag.
 */
export function withoutTags(text: string): string {
  return text
    .replace(/<!--[^<]{0,2000}-->/g, ' ')
    .replace(/<a\s([^<>]{1,2000})>([^<]{0,500})<\/a>/gi, (_whole, attributes: string, label) =>
      link(/href\s?=\s?["']?([^"'\s]{1,1000})/i.exec(attributes)?.[1], label),
    )
    .replace(/<(su[bp])>([^<]{0,20})<\/\1>/gi, (_whole, name: string, inner: string) =>
      script(name.toLowerCase() === 'sup' ? '^' : '_', inner),
    )
    .replace(
      /<\/?(?:jats:)?([a-z][a-z\d-]{0,20})(\s[^<>]{0,2000})?\/?>/gi,
      (tag, element: string, attributes = '') => {
        const name = element.toLowerCase();
        const known = BLOCKS.has(name) || INLINE.has(name);
        // `if a <b and c> d` has no attribute, so it is no tag.
        const words = attributes.replace(/\/$/, '').trim();
        if (!known || (words !== '' && !words.includes('='))) return tag;
        return BLOCKS.has(name) ? ' ' : '';
      },
    );
}
