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
