import { excerpt } from './explain.ts';
import { SourceError } from './source.ts';

/** How much of an error page is read for the message. */
const ERROR_BYTES_MAX = 8_192;

/** How one answer is asked for. */
export interface Request {
  /** What we say we are: sources ask for a name and an address of the operator. */
  readonly userAgent: string;
  readonly accept: string;
  /** For the whole answer, not only its first byte. */
  readonly timeoutMs: number;
  /** After decompression. */
  readonly bodyBytesMax: number;
}

/**
 * The text of an answer to GET. Redirects are refused, because a source that moves is to be looked
 * at, and because an open redirect would lead into the operator's own network.
 * @throws SourceError when there is no complete answer 200 within the time and the size allowed.
 */
export async function getText(url: string, request: Request): Promise<string> {
  try {
    const response = await fetch(url, {
      headers: { 'user-agent': request.userAgent, accept: request.accept },
      redirect: 'error',
      signal: AbortSignal.timeout(request.timeoutMs),
    });
    const ok = response.status === 200;
    const { text, over } = await read(response, ok ? request.bodyBytesMax : ERROR_BYTES_MAX);
    if (!ok) throw new SourceError(`${url} answered ${response.status}: ${excerpt(text)}`);
    if (over) {
      throw new SourceError(`${url} sent more than ${request.bodyBytesMax} bytes: is it the API?`);
    }
    return text;
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError(`${url} ${whatFailed(error, request)}`, { cause: error });
  }
}

/** The body up to a limit; what comes behind it is not taken from the network. */
async function read(
  response: Response,
  bytesMax: number,
): Promise<{ text: string; over: boolean }> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (response.body !== null) {
    for await (const chunk of response.body) {
      chunks.push(chunk.subarray(0, bytesMax - bytes));
      bytes += chunk.byteLength;
      if (bytes > bytesMax) break; // leaving the loop cancels the answer
    }
  }
  return { text: new TextDecoder().decode(Buffer.concat(chunks)), over: bytes > bytesMax };
}

function whatFailed(error: unknown, request: Request): string {
  const { name, message, cause } = error as { name?: string; message?: string; cause?: unknown };
  if (name === 'TimeoutError') return `gave no complete answer within ${request.timeoutMs} ms`;
  const inner = cause instanceof Error ? cause.message : message;
  if (inner === 'unexpected redirect')
    return 'redirects, which is not followed: correct the address';
  return `could not be read: ${excerpt(inner ?? 'unknown')}`;
}
