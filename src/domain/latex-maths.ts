import { SUBSCRIPTS, SUPERSCRIPTS } from './latex-symbols.ts';

/** Letters that still read well when raised or lowered: `xₖ`, `19ᵗʰ`, but `L_task`. */
const SMALL_LETTERS_MAX = 2;

/**
 * A superscript (`^`) or subscript (`_`) in Unicode when every sign has such a twin and it is short,
 * else the sign itself and the text, in parentheses when it is more than a word.
 */
export function script(sign: '^' | '_', text: string): string {
  const twins = sign === '^' ? SUPERSCRIPTS : SUBSCRIPTS;
  const signs = [...text.trim()];
  if (signs.length === 0) return '';
  const small = signs.map((one) => twins.get(one));
  const letters = signs.filter((one) => /\p{L}/u.test(one)).length;
  if (letters <= SMALL_LETTERS_MAX && !small.includes(undefined)) return small.join('');
  const word = signs.join('');
  return /^[\p{L}\p{N}\p{M}.+*'′-]+$/u.test(word) ? `${sign}${word}` : `${sign}(${word})`;
}

/** A part of a fraction or under a root, in parentheses when it is more than one term. */
export function term(text: string): string {
  const bare = text.trim();
  return /^[\p{L}\p{N}\p{M}._^]*$/u.test(bare) ? bare : `(${bare})`;
}

/**
 * Whether the text between two dollar signs is a formula rather than what stands between two
 * prices. `next` is the sign behind the closing dollar. After pandoc's rule for `tex_math_dollars`,
 * loosened for `$ \alpha $` and tightened for prices in parentheses.
 * @see https://pandoc.org/MANUAL.html#math
 */
export function isMaths(content: string, next: string): boolean {
  if (content.trim() === '') return false;
  const latex = /\\[A-Za-z]|[\^_]/.test(content);
  if (/^\d/.test(content) && !latex) {
    const price = /\d/.test(next) || /\s\S{0,20}[A-Za-z]{2}\S{0,20}\s/.test(content);
    return !price && /[\p{L}\p{N}%+)\]*!}]$/u.test(content);
  }
  if (/^\d/.test(content)) return !/\s$/.test(content);
  return latex || content.trim() === content;
}
