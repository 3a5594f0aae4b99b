import { lookup as resolve } from 'node:dns';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { type Networks, refusal } from './addresses.ts';
import { SourceError } from './source.ts';

/** How much of an error page is read for the message. */
const ERROR_BYTES_MAX = 8_192;
const HEADER_BYTES_MAX = 32_768;

/** One request and its answer, without following anything. */
export interface Question {
  readonly headers: Readonly<Record<string, string>>;
  /** For the whole answer, not only its first byte. */
  readonly timeoutMs: number;
  /** Of the body of a 200, after decompression. */
  readonly bodyBytesMax: number;
  /** Ranges of addresses that are open although they are no public ones; `all` asks nothing. */
  readonly networks: Networks | 'all';
}

export interface Answer {
  readonly status: number;
  header(name: string): string | undefined;
  readonly text: string;
  /** The body was longer than allowed, and is cut. */
  readonly over: boolean;
}

/** The address belongs to a network that sources may not reach. */
export class RefusedAddress extends SourceError {}

/** The answer did not come, or broke off. */
export class BrokenExchange extends Error {
  override readonly name = 'BrokenExchange';
}

/**
 * Asks one address, over a connection of its own that ends with the answer. The address that the
 * socket really connects to is the one that is judged, so that a name which changes its mind
 * between two look-ups leads nowhere.
 * @throws RefusedAddress when the network is not for sources.
 * @throws BrokenExchange when there is no complete answer within the time.
 */
export async function exchange(url: URL, question: Question): Promise<Answer> {
  refuseLiteral(url, question.networks);
  const signal = AbortSignal.timeout(question.timeoutMs);
  try {
    const response = await ask(url, question, signal);
    const bytesMax = response.statusCode === 200 ? question.bodyBytesMax : ERROR_BYTES_MAX;
    const { body, over } = await read(response, bytesMax);
    return {
      status: response.statusCode ?? 0,
      header: (name) => [response.headers[name]].flat()[0],
      text: new TextDecoder(charsetOf(response)).decode(body),
      over,
    };
  } catch (error) {
    if (error instanceof RefusedAddress) throw error;
    const why = signal.aborted
      ? `gave no complete answer within ${question.timeoutMs} ms`
      : `could not be read: ${(error as Error).message || (error as NodeJS.ErrnoException).code}`;
    throw new BrokenExchange(why, { cause: error });
  }
}

/** `lookup` is not asked for an address that needs no look-up, in whatever way it was spelt. */
function refuseLiteral(url: URL, networks: Networks | 'all') {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (networks === 'all' || isIP(host) === 0) return;
  const what = refusal(host, networks);
  if (what !== undefined) throw refused(host, what);
}

function refused(address: string, what: string): RefusedAddress {
  return new RefusedAddress(
    `leads to ${address}, ${what}, where sources may not go: allow it with PAPERBOY_SOURCE_NETWORKS if it is yours`,
  );
}

function ask(url: URL, question: Question, signal: AbortSignal): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((answered, failed) => {
    const asked = request(url, {
      agent: false,
      headers: { ...question.headers, 'accept-encoding': 'gzip, deflate, br' },
      lookup: judging(question.networks),
      maxHeaderSize: HEADER_BYTES_MAX,
      signal,
    });
    asked.once('response', answered).on('error', failed).end();
  });
}

/** Resolves a name to those of its addresses that may be reached. */
function judging(networks: Networks | 'all'): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '');
      const open = addresses.filter(
        ({ address }) => networks === 'all' || refusal(address, networks) === undefined,
      );
      const [first] = open;
      if (first !== undefined) {
        return options.all === true
          ? callback(null, open)
          : callback(null, first.address, first.family);
      }
      const { address = '' } = addresses[0] ?? {};
      callback(refused(address, networks === 'all' ? '' : (refusal(address, networks) ?? '')), '');
    });
  };
}

/** The body up to a limit; what comes behind it is not taken from the network. */
async function read(
  response: IncomingMessage,
  bytesMax: number,
): Promise<{ body: Buffer; over: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of decoded(response) as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, bytesMax - bytes));
    bytes += chunk.byteLength;
    if (bytes > bytesMax) break; // leaving the loop ends the connection
  }
  return { body: Buffer.concat(chunks), over: bytes > bytesMax };
}

const DECODERS = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

function decoded(response: IncomingMessage): Readable {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? '';
  const decoder = DECODERS.get(encoding)?.();
  // The reader of the last stream gets the error of every one.
  return decoder === undefined ? response : pipeline(response, decoder, () => {});
}

/** XML may also name it inside, and JSON is always UTF-8; anything unknown is read as UTF-8. */
function charsetOf(response: IncomingMessage): string {
  const [, name = 'utf-8'] =
    /charset="?([\w-]{1,40})/i.exec(response.headers['content-type'] ?? '') ?? [];
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return 'utf-8';
  }
}
