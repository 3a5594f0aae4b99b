import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a link is good for. A token of one purpose opens nothing else. */
export const PURPOSES = [
  'unsubscribe',
  'preferences',
  'view',
  'confirm',
  'address',
  'feedback',
  'opt-out',
] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Signing keys by name. New tokens are signed with one; every key listed still verifies. */
export type Keys = ReadonlyMap<string, string>;

const MAC_BYTES = 16;
const TOKEN = /^([a-z0-9]{1,16})\.(\d{1,15})\.([A-Za-z0-9_-]{22})$/;

/**
 * A link token: `<key name>.<subscriber number>.<mac>`. The mac is HMAC-SHA-256 cut to 128 bits
 * (RFC 2104 section 5) over purpose, key name, subscriber and scope; purpose and scope are not in
 * the token but come from the path, so a token moved to another path does not verify. The number is
 * that of a subscriber; of a sign-up for `confirm`, of a change of address for `address`, of a notice
 * for `opt-out`.
 * @param scope what else the link names, such as an edition id; empty for none.
 * @throws when no key has that name.
 */
export function signToken(
  keys: Keys,
  keyId: string,
  purpose: Purpose,
  subscriberId: number,
  scope = '',
): string {
  const key = keys.get(keyId);
  if (key === undefined) {
    throw new Error(
      `no signing key is named "${keyId}": an edition was frozen with it, so keep it in PAPERBOY_SECRET as ${keyId}:SECRET`,
    );
  }
  return `${keyId}.${subscriberId}.${mac(key, keyId, purpose, subscriberId, scope).toString('base64url')}`;
}

/** The subscriber whom a token names, or `undefined` when it does not verify for this purpose. */
export function verifyToken(
  keys: Keys,
  token: string,
  purpose: Purpose,
  scope = '',
): number | undefined {
  const [, keyId = '', number = '', given = ''] = TOKEN.exec(token) ?? [];
  const key = keys.get(keyId);
  if (key === undefined) return undefined;
  const subscriberId = Number(number);
  if (String(subscriberId) !== number) return undefined;
  const expected = mac(key, keyId, purpose, subscriberId, scope);
  // Compared as text: base64url of 16 bytes has spare bits, so several texts decode to one mac.
  return timingSafeEqual(Buffer.from(given), Buffer.from(expected.toString('base64url')))
    ? subscriberId
    : undefined;
}

function mac(key: string, keyId: string, purpose: Purpose, subscriberId: number, scope: string) {
  return createHmac('sha256', key)
    .update(JSON.stringify(['paperboy', purpose, keyId, subscriberId, scope]))
    .digest()
    .subarray(0, MAC_BYTES);
}
