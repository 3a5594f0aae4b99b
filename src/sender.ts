import { type Config, ConfigError } from './config.ts';
import type { Frame } from './domain/frame.ts';
import type { Theme } from './render/theme.ts';

/** Who writes: the part of the frame that digests and notices have in common. */
export type Sender = Pick<Frame, 'from' | 'baseUrl' | 'postalAddress'> & { readonly brand: string };

/**
 * The sender as theme and environment say; what both say, the theme decides.
 * @throws ConfigError when real emails would leave without a postal address.
 */
export function senderOf(
  config: Pick<Config, 'from' | 'baseUrl' | 'postalAddress' | 'mail'>,
  { name, sender, postalAddress: themed }: Theme,
): Sender {
  const { baseUrl, mail } = config;
  const postalAddress = themed ?? config.postalAddress;
  if (postalAddress === '' && mail.kind !== 'outbox')
    throw new ConfigError(
      'PAPERBOY_POSTAL_ADDRESS: neither it nor postalAddress of the theme is set; the law asks for one in the footer, CAN-SPAM',
    );
  const from = sender === null ? config.from : config.from.replace(/^[^<]*/, `${quoted(sender)} `);
  return { from, baseUrl, postalAddress, brand: name };
}

/** A name that holds specials of RFC 5322 section 3.2.3 stands in quotes. */
function quoted(name: string): string {
  return /[()[\]:;@\\,."]/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : name;
}
