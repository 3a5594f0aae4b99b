import { MATHS_ACCENTS, withMark } from './latex-accents.ts';
import { script, term } from './latex-maths.ts';
import { BLACKBOARD, LETTERS, SYMBOLS } from './latex-symbols.ts';

/** Stands where a reference was: with the space before it and the brackets around it, it goes. */
const GONE = '\ue000';

/** What a command means. `args` of a call: how many arguments it takes at most. */
export type Meaning =
  | { readonly kind: 'sign'; readonly text: string }
  /** As a sign, but the spaces behind it belong to it. */
  | { readonly kind: 'letter'; readonly text: string }
  | {
      readonly kind: 'call';
      readonly args: number;
      /** Whether its arguments are words even inside a formula. */
      readonly words?: boolean;
      readonly text: (...args: string[]) => string;
    };

const COMMANDS = new Map<string, Meaning>();
for (const [name, text] of SYMBOLS) COMMANDS.set(name, { kind: 'sign', text });
for (const [name, text] of LETTERS) COMMANDS.set(name, { kind: 'letter', text });

function define(names: string, meaning: Meaning): void {
  for (const name of names.trim().split(/\s+/)) COMMANDS.set(name, meaning);
}

define('eg', { kind: 'sign', text: 'e.g.' });
define('ie', { kind: 'sign', text: 'i.e.' });
define('etc', { kind: 'sign', text: 'etc.' });
define('etal', { kind: 'sign', text: 'et al.' });
define('wrt', { kind: 'sign', text: 'w.r.t.' });
define('vs', { kind: 'sign', text: 'vs.' });
define('sys', { kind: 'sign', text: 'sys' });
define('quad qquad space newline par item hfill linebreak', { kind: 'sign', text: ' ' });
define(
  'xspace allowbreak nolinebreak protect limits nolimits left right middle big Big bigg Bigg',
  {
    kind: 'sign',
    text: '',
  },
);
define('bigl bigr Bigl Bigr biggl biggr Biggl Biggr', { kind: 'sign', text: '' });
define(
  `bf em it tt rm sc sf sl bfseries itshape ttfamily rmfamily scshape sffamily upshape normalfont
   tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge noindent centering
   displaystyle textstyle scriptstyle`,
  { kind: 'letter', text: '' },
);
define(
  `cite citep citet citealp citealt citeauthor citeyear parencite textcite autocite nocite ref eqref
   cref Cref autoref pageref label bibliography bibliographystyle includegraphics footnotemark`,
  { kind: 'call', args: 1, text: () => GONE },
);
define('begin end vspace hspace pagestyle color', { kind: 'call', args: 1, text: () => ' ' });
define('definecolor newcommand renewcommand rule', { kind: 'call', args: 3, text: () => ' ' });
define('textcolor colorbox hyperlink scalebox raisebox', {
  kind: 'call',
  args: 2,
  words: true,
  text: (_how = '', what = '') => what,
});
define('footnote thanks', {
  kind: 'call',
  args: 1,
  words: true,
  text: (note = '') => (note.trim() === '' ? '' : ` (${note.trim()})`),
});
define('url path', { kind: 'call', args: 1, words: true, text: (address = '') => address.trim() });
define('href', { kind: 'call', args: 2, words: true, text: link });
define('frac dfrac tfrac nicefrac sfrac', {
  kind: 'call',
  args: 2,
  text: (over = '', under = '') => `${term(over)}/${term(under)}`,
});
define('sqrt', { kind: 'call', args: 1, text: (under = '') => `√${term(under)}` });
define('mathbb', {
  kind: 'call',
  args: 1,
  text: (letters = '') => [...letters].map((one) => BLACKBOARD.get(one) ?? one).join(''),
});
define('textsuperscript', { kind: 'call', args: 1, text: (text = '') => script('^', text) });
define('textsubscript', { kind: 'call', args: 1, text: (text = '') => script('_', text) });
define('unicode', { kind: 'call', args: 1, text: codePoint });
define(
  `text textbf textit texttt textsc textrm textsf textsl textmd textup textnormal emph underline
   mbox hbox`,
  { kind: 'call', args: 1, words: true, text: (text = '') => text },
);
define(
  `mathbf mathrm mathit mathsf mathtt mathcal mathfrak mathscr boldsymbol bm operatorname
   ensuremath`,
  { kind: 'call', args: 1, text: (text = '') => text },
);
for (const [name, mark] of MATHS_ACCENTS) {
  define(name, {
    kind: 'call',
    args: 1,
    text: (base = '') => (/^\p{L}$/u.test(base.trim()) ? withMark(base.trim(), mark) : base),
  });
}

/** The names of functions, which stay words with a space before them: `n log n`. */
const FUNCTIONS = new Set(
  'log ln exp sin cos tan max min arg argmax argmin sup inf lim det dim ker gcd mod tanh'.split(
    ' ',
  ),
);

/** What the command of this name means; `undefined` when nobody but its authors knows. */
export function meaningOf(name: string): Meaning | undefined {
  return COMMANDS.get(name);
}

/** Whether the name is that of a function such as `\log`. */
export function isFunction(name: string): boolean {
  return FUNCTIONS.has(name);
}

/** The label of a link, and its address behind a label that says nothing without it. */
export function link(address = '', label = ''): string {
  const words = label.trim();
  const points = /^(?:here|link|(?:at )?this (?:https? )?(?:link|url|website|page))[.!]?$/i.test(
    words,
  );
  const target = address.trim();
  if (words === '') return target;
  return points && /^https?:\/\//i.test(target) ? `${words} (${target})` : words;
}

function codePoint(text = ''): string {
  const hex = /^x([0-9a-f]{1,6})$/i.exec(text.trim())?.[1];
  const code = hex === undefined ? Number(text) : Number.parseInt(hex, 16);
  return Number.isInteger(code) && code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

/** The text without what references left: their place, the space before it, brackets around it. */
export function withoutGone(text: string): string {
  return text.replace(/[ ~]?[([][;,\s\ue000]{0,50}\ue000[)\]]/g, '').replace(/ ?\ue000/g, '');
}
