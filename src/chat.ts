import { postJson } from './sources/post.ts';

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

const BODY_BYTES_MAX = 200_000;
const TOKENS_MAX = 250;
const BUSY_MS = 60_000;
const EXCERPT_CHARS = 160;

/**
 * Asks one question, in one request. It never throws for what the other side does, and its answer is a
 * stranger's text.
 */
export async function chat(
  { url, model, apiKey, timeoutMs }: ChatConfig,
  { system, user, now }: { readonly system: string; readonly user: string; readonly now: Date },
): Promise<ChatAnswer> {
  const body = {
    model,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ],
    temperature: 0,
    max_tokens: TOKENS_MAX,
  };
  const question = { url: endpointOf(url), apiKey, body, timeoutMs, bodyBytesMax: BODY_BYTES_MAX };
  const reply = await postJson(question, now);
  switch (reply.kind) {
    case 'answer':
      return answerOf(reply.status, reply.text, reply.retryAfterMs); // cut, it is no JSON any more
    case 'too slow':
      return { kind: 'broken', why: `no whole answer within ${timeoutMs} ms` };
    case 'broken off':
      return { kind: 'broken', why: `no answer: ${reply.code}` };
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
