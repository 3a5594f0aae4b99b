import { script } from './latex-maths.ts';

/** An address with the label that `\href` gave it: `https://x.org/{project page}`. */
const LABELLED =
  /(https?:\/\/[^\s{}]{4,500})\{(?:[^{}]{0,300}[\s:./][^{}]{0,300}|here|link|website|webpage|github|demo)\}/gi;
const STYLED = /\{(?:bf|em|it|tt|rm|sc|sf|sl) ([^{}]{1,200})\}/g;
const CALLED =
  /(?<![\p{L}\p{N}])(?:text(?:bf|it|tt)?|emph|math(?:bf|cal|rm|bb)|red|blue|teal)\{([^{}]{1,200})\}/gu;
/** `256^3`, `360^circ`, `A^*`; letters stay, as `pass^k` is written so on purpose. */
const POWER =
  /(?<=[\p{L}\p{N})\]])\^(?:(-?\d{1,3})(?!\d|\.\d)|(circ)(?=times|[^a-z]|$)|([*+])(?!\w))/gu;
const TIMES = /(?<=[\d°])(?:times(?![a-z])|times(?=sim\d)|\s?\{times\}\s?)/g;
const PLUS_MINUS = /(?<=\d)(?:pm|\s?\{pm\}\s?)(?=\d)/g;
const ABOUT =
  /(?<![\p{L}\p{N}-])sim(?:(?=\d[\d.,]{0,12}(?:[%×]|[BKMkx]?(?![\p{L}\p{N}])))| (?=\d[\d.,]{0,12}%))|\{sim\}(?=\d)/gu;
/** Half of a formula: `Preference Modeling$ (`. A price has a digit on one side. */
const STRAY_DOLLAR = /(?<=[\p{Ll}/])\$(?=[\s.,;:)]|$)/gu;

/**
 * Repairs what stays of LaTeX when a web page dropped its backslashes, as the Hugging Face papers
 * page does: `3.2times faster`, `256^3`, `0.45pm0.15`, `sim50%`, `{bf Name}`. Only where a number or
 * a brace beside it leaves no doubt, so that `sim2real` and `sometimes` stay.
 */
export function withLostSigns(text: string): string {
  if (!/[{$^]|times|pm|sim/.test(text)) return text;
  return text
    .replace(LABELLED, '$1')
    .replace(STYLED, '$1')
    .replace(CALLED, '$1')
    .replace(POWER, (_whole, digits?: string, degree?: string, sign?: string) =>
      script('^', digits ?? (degree === undefined ? (sign ?? '') : '∘')),
    )
    .replace(TIMES, '×')
    .replace(PLUS_MINUS, '±')
    .replace(ABOUT, '∼')
    .replace(STRAY_DOLLAR, '');
}
