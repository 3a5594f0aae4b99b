import { createHmac } from 'node:crypto';
import { emailKey } from './address.ts';
import type { Keys } from './token.ts';

/**
 * What stays of an erased address: `erased:<key name>:<mac>`, by which it is recognised when somebody
 * brings it back and from which it cannot be read. One for each key, the signing one first.
 */
export function tombstones(keys: Keys, email: string): string[] {
  return [...keys].map(([keyId, key]) => {
    const mac = createHmac('sha256', key).update(
      JSON.stringify(['paperboy', 'erased', emailKey(email)]),
    );
    return `erased:${keyId}:${mac.digest('base64url')}`;
  });
}
