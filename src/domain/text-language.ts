/** Words that one language uses all the time and the others of this list hardly do. */
const WORDS: Readonly<Record<string, string>> = {
  en: 'the of and to we is that this with are by our from which be as an it these has can show',
  de: 'der die und das ist von mit den für auf ein eine wir nicht werden dass sich zu dem wird auch',
  fr: 'les des est dans une pour que nous sur par avec cette du qui sont au aux ces et le',
  es: 'los las una por para del con este esta que se como son más es sobre entre y el',
  pt: 'os uma para com não por mais dos das este são ao na no em foi que e o',
  it: 'il della che per un una con del sono gli questo dei è nel alla le di si',
  nl: 'het een van en voor met dat deze zijn niet wordt worden op te aan de wij ook',
};
const byWord = new Map<string, string[]>();
for (const [language, words] of Object.entries(WORDS)) {
  for (const word of words.split(' ')) {
    byWord.set(word, [...(byWord.get(word) ?? []), language]);
  }
}

/** Scripts that tell a language, the more particular ones first. */
const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ['ko', /\p{Script=Hangul}/gu],
  ['th', /\p{Script=Thai}/gu],
  ['he', /\p{Script=Hebrew}/gu],
  ['el', /\p{Script=Greek}/gu],
  ['ar', /\p{Script=Arabic}/gu],
  ['ru', /\p{Script=Cyrillic}/gu],
  ['zh', /\p{Script=Han}/gu],
];
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/** Fewer of a language's words, or fewer letters of a script, than this tell nothing. */
const HITS_MIN = 4;
const LETTERS_MIN = 8;
const READ_CHARS_MAX = 4_000;

/**
 * The language of a text as a code such as `en`, told by its script or its commonest words; `undefined`
 * when it is too short, mixed, or of a language that is not known here.
 */
export function languageOf(text: string): string | undefined {
  const read = text.slice(0, READ_CHARS_MAX);
  return byScript(read) ?? byWords(read);
}

function byScript(text: string): string | undefined {
  const letters = count(text, /\p{L}/gu);
  if (letters < LETTERS_MIN) return undefined;
  const kana = count(text, KANA);
  const han = count(text, /\p{Script=Han}/gu);
  if (kana * 10 > letters && (kana + han) * 2 > letters) return 'ja';
  const [found] = SCRIPTS.find(([, script]) => count(text, script) * 2 > letters) ?? [];
  if (found === 'ru' && /[іїєґ]/i.test(text)) return 'uk';
  if (found === 'ar' && /[پچژگ]/.test(text)) return 'fa';
  return found;
}

function byWords(text: string): string | undefined {
  const hits = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) {
    for (const language of byWord.get(word) ?? []) {
      hits.set(language, (hits.get(language) ?? 0) + 1);
    }
  }
  const [first, second] = [...hits].sort(([, a], [, b]) => b - a);
  if (first === undefined || first[1] < HITS_MIN) return undefined;
  return first[1] >= 2 * (second?.[1] ?? 0) ? first[0] : undefined;
}

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}
