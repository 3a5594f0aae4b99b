import { retryAfterMs } from './retry.ts';

/** One question to an endpoint that speaks as OpenAI does. */
export interface Question {
  readonly url: string;
  /** Absent: it asks for none, as a server on this machine. */
  readonly apiKey: string | undefined;
  readonly body: unknown;
  /** For the whole exchange, the answer's body included. */
  readonly timeoutMs: number;
  /** More of an answer is not read. */
  readonly bodyBytesMax: number;
}

/** What came of asking. */
export type Reply =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** Without the key, which an error may quote. */
      readonly text: string;
      /** The body was larger than `bodyBytesMax`, and `text` is its beginning. */
      readonly isCut: boolean;
      /** For how long it wants to be left alone, if it says so. */
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: 'too slow' }
  /** `code` is Node's, such as `ECONNREFUSED`. */
  | { readonly kind: 'broken off'; readonly code: string };

/**
 * Posts JSON to an endpoint that an operator named, in one request. It never throws for what the other side does.
 * Redirects are not followed, so that text and key go to the address that was named and to no other.
 */
export async function postJson(question: Question, now: Date): Promise<Reply> {
  const { url, apiKey, body, timeoutMs, bodyBytesMax } = question;
  // Not AbortSignal.timeout: Node may collect it, and then nothing ever ends.
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: abort.signal,
    });
    const { text, isCut } = await bodyOf(response, bodyBytesMax);
    return {
      kind: 'answer',
      status: response.status,
      text: apiKey === undefined ? text : text.replaceAll(apiKey, '…'),
      isCut,
      retryAfterMs: retryAfterMs(response.headers.get('retry-after') ?? undefined, now),
    };
  } catch (error) {
    return abort.signal.aborted ? { kind: 'too slow' } : { kind: 'broken off', code: code(error) };
  } finally {
    clearTimeout(timer);
  }
}

async function bodyOf({ body }: Response, bytesMax: number) {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let isCut = false;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    isCut = bytes > bytesMax;
    if (isCut) break; // leaving the loop cancels the stream
    chunks.push(chunk);
  }
  return { text: new TextDecoder().decode(Buffer.concat(chunks)), isCut };
}

/** Of what `fetch` throws only the code: a message may quote a header, and so the key. */
function code(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'the exchange broke off';
}
