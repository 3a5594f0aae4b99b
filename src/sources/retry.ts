/**
 * How long a source is left alone after a refusal, told once. What it asks for itself (`Retry-After`)
 * is obeyed up to six hours. When it names nothing, or a time that is past, the wait starts at five
 * seconds and doubles with every refusal in a row, over all runs and processes, up to an hour.
 */
const OBEYED_MS_MAX = 6 * 3_600_000;
const HOLD_MIN_MS = 5_000;
const HOLD_MAX_MS = 3_600_000;

/** How often a request is tried that fails without a word from the source, and the first wait. */
export const TRIES_MAX = 3;
const TRY_AGAIN_MIN_MS = 1_000;

/**
 * What `Retry-After` asks for, in ms from `now`: a number of seconds, or a date as HTTP writes it.
 * `undefined` when it is missing or neither.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,12}$/.test(text)) return Math.min(Number(text) * 1_000, OBEYED_MS_MAX);
  if (!/^[A-Za-z]{3,9}[, ]/.test(text)) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  return Math.min(Math.max(0, at - now.getTime()), OBEYED_MS_MAX);
}

/** How long a host is left alone after its so-many-th refusal in a row, the first being 1. */
export function holdMs(refusals: number, askedForMs: number | undefined): number {
  const ours = Math.min(HOLD_MAX_MS, HOLD_MIN_MS * 2 ** Math.min(refusals - 1, 30));
  // A date in the past, or nought seconds, asks for nothing.
  return askedForMs !== undefined && askedForMs > 0 ? askedForMs : ours;
}

/** How long to wait before the second try, the third, …. */
export function tryAgainMs(tried: number): number {
  return TRY_AGAIN_MIN_MS * 2 ** (tried - 1);
}
