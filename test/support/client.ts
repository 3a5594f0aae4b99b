import { type Client, type ClientOptions, openClient } from '../../src/sources/http.ts';
import { holdMs } from '../../src/sources/retry.ts';

export const AGENT = 'paperboy-test (ops@papers.example)';

/** A client that waits for nobody, and what it would have waited. Its own server may be anywhere. */
export function testClient(
  options: Partial<ClientOptions> & { readonly server?: string } = {},
): Client & { readonly waits: number[] } {
  const waits: number[] = [];
  let refusals = 0;
  const client = openClient({
    userAgent: AGENT,
    now: () => new Date('2025-03-14T05:00:00Z'),
    origins: new Set(options.server === undefined ? [] : [options.server]),
    networks: [],
    pace: (url) => ({ host: url.host, intervalMs: 0 }),
    gate: {
      take: async () => ({ token: '' }),
      give: async () => {},
      refused: async (_host, _token, askedForMs) => holdMs(++refusals, askedForMs),
    },
    validators: async () => undefined,
    sleep: async (ms) => void waits.push(ms),
    ...options,
  });
  return Object.assign(client, { waits });
}
