/** Signs that may end what a tie binds: a word, a number, a bracket, a quote, the end of a tag. */
const BEFORE = /[\p{L}\p{N}.,;:)\]}'’”"$>]/u;
const RANGE = /\d[A-Za-z%]{0,3}$/;

/**
 * Whether the `~` at this place is LaTeX's unbreakable space, as in `Figure~3` and `et~al.`, and
 * not the sign for "about" or "to", as in `a ~2% drop`, `(~10k)` and `1M~4M`.
 */
export function isTie(text: string, at: number): boolean {
  const last = text[at - 1] ?? ' ';
  const next = text[at + 1] ?? ' ';
  if (!BEFORE.test(last)) return false;
  if (/\d/.test(next)) return !RANGE.test(text.slice(Math.max(0, at - 5), at));
  return /[\p{L}([{\\$“‘<]/u.test(next);
}

/** Every `∼` as the usual `~`, but where that would be taken for a tie. */
export function plainTildes(text: string): string {
  return text.replace(/∼/g, (sign, at: number) => (isTie(text, at) ? sign : '~'));
}
