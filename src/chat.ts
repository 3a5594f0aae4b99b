import { retryAfterMs } from './sources/retry.ts';

/** An endpoint that speaks OpenAI's chat completions. */
export interface ChatConfig {
  /** `https://api.openai.com/v1`, or the whole address of its `chat/completions`. */
  readonly url: string;
  readonly model: string;
  /** Absent: it asks for none, as a server on this machine. */
  readonly apiKey: string | undefined;
  /** For a whole request, the answer's body included. */
  readonly timeoutMs: number;
}

/** What came of asking. */
export type ChatAnswer =
  | { readonly kind: 'text'; readonly text: string }
  /** It answered, but nothing that can be used: of this question. */
  | { readonly kind: 'useless'; readonly why: string }
  /** It did not answer, or with an error of its own. */
  | { readonly kind: 'broken'; readonly why: string }
  /** It wants to be left alone for a while. */
  | { readonly kind: 'busy'; readonly why: string; readonly afterMs: number }
  /** It does not know us or the model: no question will do until an operator acts. */
  | { readonly kind: 'refused'; readonly why: string };

const ANSWER_BYTES_MAX = 200_000;
const TOKENS_MAX = 250;
const BUSY_MS = 60_000;
const EXCERPT_CHARS = 160;

/**
 * Asks one question, in one request. It never throws for what the other side does, and its answer is a
 * stranger's text. Redirects are not followed: the key would travel with them.
 */
export async function chat(
  { url, model, apiKey, timeoutMs }: ChatConfig,
  { system, user, now }: { readonly system: string; readonly user: string; readonly now: Date },
): Promise<ChatAnswer> {
  // Not AbortSignal.timeout: Node may collect it, and then nothing ever ends.
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  try {
    const response = await fetch(endpointOf(url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify({
        model,
        messages: [
          { role: 'system', content: system },
          { role: 'user', content: user },
        ],
        temperature: 0,
        max_tokens: TOKENS_MAX,
      }),
      redirect: 'manual',
      signal: abort.signal,
    });
    const body = await bodyOf(response);
    // An error may quote what was sent to it.
    const quotable = apiKey === undefined ? body : body.replaceAll(apiKey, '…');
    const afterMs = retryAfterMs(response.headers.get('retry-after') ?? undefined, now);
    return answerOf(response.status, quotable, afterMs);
  } catch (error) {
    const why = abort.signal.aborted ? `no whole answer within ${timeoutMs} ms` : reason(error);
    return { kind: 'broken', why };
  } finally {
    clearTimeout(timer);
  }
}

function endpointOf(url: string): string {
  const base = url.replace(/\/+$/, '');
  return base.endsWith('/chat/completions') ? base : `${base}/chat/completions`;
}

/** What an answer means; pure. */
function answerOf(status: number, body: string, afterMs: number | undefined): ChatAnswer {
  const why = `answered ${status}: ${JSON.stringify(body.slice(0, EXCERPT_CHARS))}`;
  if (status === 429 || (status === 503 && afterMs !== undefined)) {
    return { kind: 'busy', why, afterMs: afterMs || BUSY_MS };
  }
  if (status >= 500 || status === 408) return { kind: 'broken', why };
  if (status === 401 || status === 403 || status === 404 || (status >= 300 && status < 400)) {
    return { kind: 'refused', why };
  }
  const text = status === 200 ? contentOf(body) : undefined;
  return text === undefined ? { kind: 'useless', why } : { kind: 'text', text };
}

function contentOf(body: string): string | undefined {
  try {
    const { content } = JSON.parse(body).choices[0].message;
    return typeof content === 'string' && content.trim() !== '' ? content : undefined;
  } catch {
    return undefined; // HTML, a cut body, another shape
  }
}

async function bodyOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES_MAX) break; // leaving the loop cancels the stream
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Of what `fetch` throws only the code: a message may quote a header, and so the key. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code =
    cause instanceof Error && 'code' in cause ? String(cause.code) : 'the exchange broke off';
  return `no answer: ${code}`;
}
