/** The languages that pages and emails speak: one catalogue each, in `src/words/`. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

const HEADER_CHARS_MAX = 500;

/**
 * The language that a browser likes best among ours; English when it likes none of them.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
 */
export function preferredLanguage(acceptLanguage: string | undefined): Language {
  const wishes = (acceptLanguage ?? '')
    .slice(0, HEADER_CHARS_MAX)
    .split(',')
    .map((wish) => {
      const [tag = '', ...parameters] = wish.split(';');
      const quality = parameters.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find(Boolean);
      return {
        tag: tag.trim().toLowerCase(),
        quality: quality === undefined ? 1 : Number(quality),
      };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { tag } of wishes) {
    const found = LANGUAGES.find((language) => tag === language || tag.startsWith(`${language}-`));
    if (found !== undefined) return found;
  }
  return 'en';
}

/** The language of that name, if it is one of ours. */
export function languageNamed(name: string | undefined): Language | undefined {
  return LANGUAGES.find((language) => language === name);
}

/** Where people who read a language and region mostly live; only a first guess that a form shows. */
const ZONES: Readonly<Record<string, string>> = {
  'de-at': 'Europe/Vienna',
  'de-ch': 'Europe/Zurich',
  de: 'Europe/Berlin',
  'en-au': 'Australia/Sydney',
  'en-ca': 'America/Toronto',
  'en-gb': 'Europe/London',
  'en-in': 'Asia/Kolkata',
  'en-nz': 'Pacific/Auckland',
  'en-us': 'America/New_York',
  es: 'Europe/Madrid',
  fr: 'Europe/Paris',
  it: 'Europe/Rome',
  ja: 'Asia/Tokyo',
  ko: 'Asia/Seoul',
  nl: 'Europe/Amsterdam',
  pl: 'Europe/Warsaw',
  'pt-br': 'America/Sao_Paulo',
  tr: 'Europe/Istanbul',
  zh: 'Asia/Shanghai',
};

/** A time zone to begin a form with, by the first language that a browser names. */
export function guessedTimeZone(acceptLanguage: string | undefined): string {
  const [first = ''] = (acceptLanguage ?? '').slice(0, HEADER_CHARS_MAX).split(/[,;]/);
  const tag = first.trim().toLowerCase();
  return ZONES[tag] ?? ZONES[tag.split('-')[0] ?? ''] ?? 'UTC';
}
