import { createHash } from 'node:crypto';
import type { CreateBatchOptions } from 'resend';
import type { Email } from '../domain/email.ts';
import type { Provider } from './provider.ts';
import { type Answer, classify } from './resend-classify.ts';

const HOUR = 60 * 60 * 1_000;
const ANSWER_BYTES_MAX = 1_000_000;

/** Where Resend is and who we are to it. */
export interface ResendOptions {
  readonly apiKey: string;
  readonly baseUrl?: string;
  /** For a whole request, the answer's body included. */
  readonly timeoutMs?: number;
  /** Resend turns away requests without one. */
  readonly userAgent?: string;
}

/**
 * Resend's batch endpoint: a slice is one request under one Idempotency-Key, all or nothing
 * (strict validation). Resend remembers a key for 24 h; an hour of it is left as a margin.
 *
 * The SDK's own client is not used because it shows the parsed error body in place of the HTTP
 * status, and the status is what tells "refused" from "perhaps accepted".
 * @throws TypeError when `baseUrl` is not a URL.
 */
export function resend(options: ResendOptions): Provider {
  const { apiKey, baseUrl = 'https://api.resend.com', timeoutMs = 30_000 } = options;
  // Node loads its HTTP client at the first use, which must not delay a request whose turn has come.
  void fetch('data:,').catch(() => {});
  const underway = new Set<AbortController>();
  const endpoint = new URL('emails/batch', baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);

  function headersFor(key: string): Headers | undefined {
    try {
      return new Headers({
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': key,
        'user-agent': options.userAgent ?? 'paperboy',
        'x-batch-validation': 'strict',
      });
    } catch {
      return undefined; // its message quotes the value, which may be the API key
    }
  }

  return {
    name: 'resend',
    account: `resend ${endpoint.host} ${createHash('sha256').update(apiKey).digest('hex').slice(0, 12)}`,
    sliceMax: 100,
    keyLifeMs: 23 * HOUR,
    async submit(emails, key) {
      if (emails.length === 0) return { kind: 'submitted', providerIds: [] };
      const headers = headersFor(key);
      if (headers === undefined)
        return {
          kind: 'halted',
          why: 'the API key, the user agent or the idempotency key has characters that no HTTP header can carry: correct it',
        };
      // Not AbortSignal.any: Node may collect the timeout that is in it, and then nothing ever ends.
      const abort = new AbortController();
      const late = () => abort.abort(new DOMException('too late', 'TimeoutError'));
      const timer = setTimeout(late, timeoutMs);
      underway.add(abort);
      try {
        const body = JSON.stringify(emails.map(entry));
        const answer = await post(endpoint, headers, body, abort.signal, timeoutMs);
        return classify({ ...answer, emails: emails.length });
      } finally {
        clearTimeout(timer);
        underway.delete(abort);
      }
    },
    /** Breaks off what is under way: whether it was taken is then unknown. */
    async close() {
      for (const abort of underway) abort.abort(new Error('broken off: Paperboy stops'));
    },
  };
}

/** `to` as a list, so that nothing in it is ever split into two recipients. */
function entry({ from, to, subject, html, text, headers }: Email): CreateBatchOptions[number] {
  return { from, to: [to], subject, ...(html === undefined ? {} : { html }), text, headers };
}

async function post(
  endpoint: URL,
  headers: Headers,
  body: string,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Omit<Answer, 'emails'>> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual', // never followed: the API key would travel with it
      signal,
    });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await readable(response),
    };
  } catch (error) {
    return { status: null, headers: {}, body: reason(error, timeoutMs) };
  }
}

/** The body as far as it came and as far as we care to read; the status is known in any case. */
async function readable({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > ANSWER_BYTES_MAX) break; // leaving the loop cancels the stream
      chunks.push(chunk);
    }
  } catch {
    // Cut off or timed out: what came so far fails to parse, and that is the right answer.
  }
  return Buffer.concat(chunks).toString();
}

function reason(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
  return `no answer: ${code}`;
}
