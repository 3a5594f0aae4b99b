import { setTimeout } from 'node:timers/promises';
import type { Networks } from './addresses.ts';
import { type Answer, BrokenExchange, exchange, RefusedAddress } from './exchange.ts';
import { excerpt } from './explain.ts';
import { retryAfterMs, TRIES_MAX, tryAgainMs } from './retry.ts';
import { SourceError } from './source.ts';

const TIMEOUT_MS = 30_000;
const BODY_BYTES_MAX = 20_000_000;
/** For one document, with every wait, redirect and repetition. */
const PATIENCE_MS = 5 * 60_000;
const HOPS_MAX = 5;
/** A lease outlives its request by this much, so that nobody else comes in while it ends. */
const LEASE_SLACK_MS = 5_000;

/** Whether a host may be asked now, over all processes; see `src/store/politeness.ts`. */
export interface Gate {
  /** Takes the host for one request, or tells how long to wait before asking again. */
  take(host: string, leaseMs: number): Promise<{ token: string } | { waitMs: number }>;
  /** The request is over; the next one may come so much later. */
  give(host: string, token: string, intervalMs: number): Promise<void>;
  /** The host refused: it is left alone. @returns for how long, ms. */
  refused(host: string, token: string, askedForMs: number | undefined): Promise<number>;
}

/** What a host said of a document the last time, so that it need not send it again. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

export interface ClientOptions {
  /** What we say we are: sources ask for a name and an address of the operator. */
  readonly userAgent: string;
  readonly gate: Gate;
  /** Who is counted as one host, and how long to wait between two requests to it. */
  readonly pace: (url: URL) => { readonly host: string; readonly intervalMs: number };
  /** `https://example.org`: the operator's configuration names it, so it may be anywhere. */
  readonly origins: ReadonlySet<string>;
  readonly networks: Networks;
  readonly validators: (url: string) => Promise<Validators | undefined>;
  readonly patienceMs?: number;
  readonly now: () => Date;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** How one document is asked for. */
export interface Request {
  readonly accept: string;
  readonly timeoutMs?: number | undefined;
  /** After decompression. */
  readonly bodyBytesMax?: number | undefined;
  /** Whether a word that it has not changed will do. */
  readonly conditional?: boolean;
  /** Why an answer with status 200 is none, and is to be asked for again. */
  readonly flaw?: (text: string) => string | undefined;
}

/** A document, or the word that it is the one of the last time. */
export type Got = { readonly text: string } | { readonly unchanged: true };

/** Asks for documents, politely, for one pull of one source. */
export interface Client {
  /** @throws SourceError when there is no complete document within the time and the size allowed. */
  get(url: string, request: Request): Promise<Got>;
  /** Requests that left, repeated ones and hops included. */
  readonly requests: number;
  /** What went wrong on the way and was overcome, in words. */
  readonly troubles: readonly string[];
  /** Of what was got conditionally: to be kept once its papers are saved. */
  readonly learnt: Map<string, Validators>;
}

/**
 * One client for every source. A host is asked by one request at a time over all processes, and not
 * sooner than its interval after the one before. What it refuses (429, 503) waits as `retry.ts`
 * tells; what breaks, or is no document, is tried three times. Redirects are followed by hand, few
 * of them, and each address on the way is judged.
 */
export function openClient(options: ClientOptions): Client {
  const { sleep = setTimeout } = options;
  const troubles: string[] = [];
  const learnt = new Map<string, Validators>();
  const client = { requests: 0, troubles, learnt };

  async function get(url: string, request: Request): Promise<Got> {
    const deadline = performance.now() + (options.patienceMs ?? PATIENCE_MS);
    const known = request.conditional === true ? await options.validators(url) : undefined;
    for (let broken = 0; ; ) {
      const told = await attempt(url, request, known, deadline);
      if (told.kind === 'got') return told.got;
      if (told.kind === 'broken' && ++broken >= TRIES_MAX) throw new SourceError(told.why);
      const waitMs = told.kind === 'broken' ? tryAgainMs(broken) : told.waitMs;
      const later = `${told.why}; ${told.kind === 'refused' ? `to be left alone for ${seconds(waitMs)}` : 'asked again'}`;
      if (performance.now() + waitMs > deadline) throw new SourceError(later);
      troubles.push(later);
      await sleep(waitMs);
    }
  }

  type Told =
    | { kind: 'got'; got: Got }
    | { kind: 'broken'; why: string }
    | { kind: 'refused'; why: string; waitMs: number };

  /** One try: the document at the end of its redirects. */
  async function attempt(
    start: string,
    request: Request,
    known: Validators | undefined,
    deadline: number,
  ): Promise<Told> {
    let url = requireHttp(start);
    const name = withoutPassword(start);
    for (let hop = 0; hop <= HOPS_MAX; hop++) {
      let asked: { answer: Answer; waitMs: number | undefined };
      try {
        asked = await inTurn(url, request, known, deadline);
      } catch (error) {
        const at = hop === 0 ? name : `${name} led to ${withoutPassword(url.href)}, which`;
        if (error instanceof BrokenExchange)
          return { kind: 'broken', why: `${at} ${error.message}` };
        if (error instanceof RefusedAddress) throw new SourceError(`${at} ${error.message}`);
        throw error;
      }
      const { answer, waitMs } = asked;
      const why = `${name} answered ${answer.status}: ${excerpt(answer.text)}`;
      if (waitMs !== undefined) return { kind: 'refused', why, waitMs };
      if ([301, 302, 303, 307, 308].includes(answer.status)) {
        url = hopFrom(url, answer.header('location'));
        continue;
      }
      if (answer.status === 304 && known !== undefined) {
        return { kind: 'got', got: { unchanged: true } };
      }
      if (answer.status >= 500 && answer.status !== 501) return { kind: 'broken', why };
      if (answer.status !== 200) throw new SourceError(why);
      if (answer.over) {
        throw new SourceError(`${name} sent more than ${bytesMax(request)} bytes: is it the API?`);
      }
      const flaw = request.flaw?.(answer.text);
      if (flaw !== undefined) return { kind: 'broken', why: `${name} answered 200, but ${flaw}` };
      if (request.conditional === true) learnt.set(start, validatorsOf(answer));
      return { kind: 'got', got: { text: answer.text } };
    }
    throw new SourceError(`${name} redirects more than ${HOPS_MAX} times: correct the address`);
  }

  /** One request when it is our turn. `waitMs` is set when the host refused. */
  async function inTurn(
    url: URL,
    request: Request,
    known: Validators | undefined,
    deadline: number,
  ): Promise<{ answer: Answer; waitMs: number | undefined }> {
    const { host, intervalMs } = options.pace(url);
    const timeoutMs = request.timeoutMs ?? TIMEOUT_MS;
    const token = await turn(host, timeoutMs + LEASE_SLACK_MS, deadline);
    let refusedMs: number | undefined;
    try {
      client.requests++;
      const answer = await exchange(url, {
        headers: { 'user-agent': options.userAgent, accept: request.accept, ...conditions(known) },
        timeoutMs,
        bodyBytesMax: bytesMax(request),
        networks: options.origins.has(url.origin) ? 'all' : options.networks,
      });
      if (answer.status === 429 || answer.status === 503) {
        const askedForMs = retryAfterMs(answer.header('retry-after'), options.now());
        refusedMs = await options.gate.refused(host, token, askedForMs);
      }
      return { answer, waitMs: refusedMs };
    } finally {
      if (refusedMs === undefined) await options.gate.give(host, token, intervalMs);
    }
  }

  async function turn(host: string, leaseMs: number, deadline: number): Promise<string> {
    for (;;) {
      const taken = await options.gate.take(host, leaseMs);
      if ('token' in taken) return taken.token;
      if (performance.now() + taken.waitMs > deadline) {
        throw new SourceError(
          `${host} is to be left alone for another ${seconds(taken.waitMs)}: it asked for that, or others are in line`,
        );
      }
      await sleep(taken.waitMs);
    }
  }

  return Object.assign(client, { get });
}

function requireHttp(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new SourceError(`“${excerpt(text)}” is no http or https address`);
}

function hopFrom(from: URL, location: string | undefined): URL {
  const to = URL.canParse(location ?? '', from.href) ? new URL(location ?? '', from) : undefined;
  const secure = from.protocol === 'https:' ? ['https:'] : ['http:', 'https:'];
  if (location !== undefined && to !== undefined && secure.includes(to.protocol)) return to;
  throw new SourceError(
    `${withoutPassword(from.href)} redirects to “${excerpt(location ?? '')}”, which is not followed: correct the address`,
  );
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^/?#]*@/, '//…@');
}

function conditions(known: Validators | undefined): Record<string, string> {
  return {
    ...(known?.etag === undefined ? {} : { 'if-none-match': known.etag }),
    ...(known?.lastModified === undefined ? {} : { 'if-modified-since': known.lastModified }),
  };
}

function validatorsOf(answer: Answer): Validators {
  return { etag: answer.header('etag'), lastModified: answer.header('last-modified') };
}

function bytesMax(request: Request): number {
  return request.bodyBytesMax ?? BODY_BYTES_MAX;
}

function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.ceil(ms / 1_000)} s` : `${Math.ceil(ms / 60_000)} min`;
}
