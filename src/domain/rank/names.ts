import { hash32 } from './analyse.ts';

/** A name as it is compared: no accents, no punctuation, no matter which letters are large. */
export function nameKey(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
}

/** The hash under which a name is compared, where it must be short. */
export function nameHash(name: string): number {
  return hash32(nameKey(name));
}
