import { z } from 'zod';

/**
 * The form under which an address is unique and suppressed: trimmed, lower case. The local part is
 * case-sensitive by RFC 5321 section 2.4, but no large provider treats it so and one person must
 * not get two digests.
 */
export function emailKey(email: string): string {
  return email.trim().toLowerCase();
}

/** One plain address: no display name, no comma, no line break, at most 254 characters. */
export const EmailAddress = z
  .string()
  .trim()
  .max(254)
  .pipe(z.email({ error: 'expected one address such as ada@example.org' }));

/** Providers that ignore dots in the local part. */
const DOTLESS = new Set(['gmail.com', 'googlemail.com']);

/**
 * The form under which the limits count an address: without a tag (`ada+x@` is `ada@`), and without
 * dots where the provider ignores them. Never used to send or to compare people.
 */
export function limitKey(email: string): string {
  const key = emailKey(email);
  const at = key.lastIndexOf('@');
  const domain = key.slice(at + 1);
  const local = key.slice(0, at).replace(/(?<=.)\+.*$/, '');
  return `${DOTLESS.has(domain) ? local.replaceAll('.', '') : local}@${domain}`;
}

/** An address that its owner recognises and nobody else can read: `a•••@e•••.org`. */
export function maskedAddress(email: string): string {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1);
  const dot = domain.lastIndexOf('.');
  const [local = '', host = ''] = [...email.slice(0, at)].slice(0, 1).concat([...domain][0] ?? '');
  return `${local}•••@${host}•••${dot > 0 ? domain.slice(dot) : ''}`;
}

/** Words of others with every address in them taken out: `550 <…@…>: user unknown`. */
export function withoutAddresses(words: string): string {
  return words.replace(/[^\s<>@:;,"/()]{1,128}@[^\s<>@:;,"]{1,255}/g, '…@…');
}

/**
 * The network of an IP address, as limits count it and consent records keep it: the first 24 bits of
 * IPv4, the first 48 of IPv6. `unknown` when it is neither.
 */
export function networkOf(address: string | undefined): string {
  const bare = (address ?? '')
    .trim()
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/, '');
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/.exec(bare);
  if (v4 !== null) return `${v4[1]}.${v4[2]}.${v4[3]}.0/24`;
  if (!/^[0-9a-f:]{2,39}$/.test(bare) || !bare.includes(':')) return 'unknown';
  const [head = '', tail] = bare.split('::');
  const groups = head === '' ? [] : head.split(':');
  const behind = tail === undefined || tail === '' ? 0 : tail.split(':').length;
  while (tail !== undefined && groups.length < 8 - behind) groups.push('0');
  return `${[0, 1, 2].map((at) => (groups[at] ?? '0').replace(/^0+(?=.)/, '')).join(':')}::/48`;
}
