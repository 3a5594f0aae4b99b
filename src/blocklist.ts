import { readFileSync } from 'node:fs';
import { ConfigError } from './config.ts';
import { emailKey } from './domain/address.ts';

/** What of an address may not sign up: the address itself, its domain, or nothing of it. */
export type Blocklist = (email: string) => 'address' | 'domain' | undefined;

/**
 * Reads addresses and domains from a file, one a line; what follows a `#` is not read. A domain
 * stands for its subdomains, too.
 * @throws ConfigError when the file cannot be read.
 */
export function readBlocklist(file: string | undefined): Blocklist {
  if (file === undefined) return () => undefined;
  try {
    return blocklist(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigError(`PAPERBOY_BLOCKLIST_FILE: ${(cause as Error).message}`, { cause });
  }
}

export function blocklist(text: string): Blocklist {
  const lines = text.split(/\r?\n/).map((line) => emailKey(line.replace(/#.*$/, '')));
  const listed = new Set(lines.filter((line) => line !== ''));
  return (email) => {
    const key = emailKey(email);
    if (listed.has(key)) return 'address';
    const labels = key.slice(key.lastIndexOf('@') + 1).split('.');
    const hosts = labels.map((_, at) => labels.slice(at).join('.'));
    return hosts.some((host) => listed.has(host)) ? 'domain' : undefined;
  };
}
