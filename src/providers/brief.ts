import { withoutAddresses } from '../domain/address.ts';

/** What a provider said, as one line for a log or a page, where no address belongs. */
export function brief(words: string): string {
  const line = withoutAddresses(words.slice(0, 2_000).replace(/\p{Cc}+/gu, ' '));
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
