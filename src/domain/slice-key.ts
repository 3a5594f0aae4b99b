import { createHash } from 'node:crypto';

/** Resend takes no longer one. */
const KEY_MAX = 256;

/**
 * The idempotency key of a slice: the same for every attempt, another one for every other slice and
 * for every other installation.
 */
export function sliceKey(installation: string, sliceId: string): string {
  const key = `paperboy/${installation}/${sliceId}`;
  if (key.length <= KEY_MAX) return key;
  return `paperboy/${installation}/${createHash('sha256').update(sliceId).digest('hex')}`;
}

/** That of a slice that was attempted before installations had an id. */
export const formerSliceKey = (sliceId: string): string => `paperboy/${sliceId}`;
