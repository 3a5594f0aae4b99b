import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Invalid, type Item, validate } from './fake-resend-validation.ts';

const KEY_LIFE_MS = 24 * 60 * 60 * 1_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** What goes wrong with one request. Without `answer`, the answer is the proper one. */
export interface Fault {
  /** Are the emails accepted although it goes wrong? Default: no. */
  readonly accept?: boolean;
  /** Before anything else. */
  readonly delayMs?: number;
  /** `drop` resets the connection, `hang` never answers, `cut` breaks off inside the proper body. */
  readonly answer?: 'drop' | 'hang' | 'cut' | Reply;
}

/** An answer over HTTP. */
interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One email that the fake took, as if sent. */
interface Accepted {
  readonly id: string;
  readonly key: string | undefined;
  readonly email: Item;
}

export interface FakeResend {
  readonly url: string;
  readonly accepted: readonly Accepted[];
  readonly requests: readonly {
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }[];
  /** Each of the next requests meets one of these, in order. */
  fault(...faults: Fault[]): void;
  close(): Promise<void>;
}

export interface FakeResendOptions {
  /** The clock for idempotency keys, the rate limit and the daily quota. */
  readonly now?: () => number;
  readonly apiKey?: string;
  readonly requestsPerSecond?: number;
  readonly emailsPerDay?: number;
  readonly unverifiedDomains?: readonly string[];
  /** Forgets requests and emails at once; only what the keys need stays. For the long runs of chaos. */
  readonly lean?: boolean;
}

/** Resend's POST /emails/batch, written from its documentation, on a port of its own. */
export async function startFakeResend(options: FakeResendOptions = {}): Promise<FakeResend> {
  const { now = Date.now, apiKey = 're_test', unverifiedDomains = [] } = options;
  const { requestsPerSecond = 1_000, emailsPerDay = Number.POSITIVE_INFINITY, lean } = options;
  const accepted: Accepted[] = [];
  const requests: { headers: IncomingMessage['headers']; body: string }[] = [];
  const faults: Fault[] = [];
  const remembered = new Map<string, { hash: string; reply: Reply; at: number }>();
  const inFlight = new Set<string>();
  let second = { at: 0, requests: 0 };
  let day = { at: 0, emails: 0 };

  /** What stops a request before its emails are looked at. */
  function turnedAway(headers: IncomingMessage['headers'], body: string): Reply | undefined {
    const { authorization, 'idempotency-key': key } = headers;
    if (headers['user-agent'] === undefined)
      return problem(403, 'security_error', 'error code: 1010');
    if (authorization === undefined || authorization.trim() === 'Bearer')
      return problem(401, 'missing_api_key', 'Missing API Key');
    if (authorization !== `Bearer ${apiKey}`)
      return problem(403, 'invalid_api_key', 'API key is invalid');
    if (second.requests > requestsPerSecond)
      return problem(429, 'rate_limit_exceeded', 'Too many requests: slow down');
    if (key === undefined) return undefined;
    if (typeof key !== 'string' || key.length < 1 || key.length > 256)
      return problem(400, 'invalid_idempotency_key', 'The key must be between 1-256 chars');
    if (inFlight.has(key))
      return problem(409, 'concurrent_idempotent_requests', 'The same key is being worked on');
    const earlier = remembered.get(key);
    if (earlier === undefined || now() - earlier.at >= KEY_LIFE_MS) return undefined;
    return earlier.hash === hashOf(body)
      ? earlier.reply
      : problem(409, 'invalid_idempotent_request', 'The key came with a different payload before');
  }

  /** Takes the emails, or says why not. */
  function take(headers: IncomingMessage['headers'], body: string): Reply {
    const checked = validate(body, unverifiedDomains);
    if ('status' in checked) return problem(checked.status, checked.name, checked.message);
    const { items, invalid } = checked;
    const permissive = headers['x-batch-validation'] === 'permissive';
    const [worst] = invalid;
    if (worst !== undefined && !permissive) return problem(worst.status, worst.name, worst.message);
    const bad = new Set(invalid.map(({ index }) => index));
    const good = items.filter((_, index) => !bad.has(index));
    const today = Math.floor(now() / DAY_MS);
    if (day.at !== today) day = { at: today, emails: 0 };
    if (day.emails + good.length > emailsPerDay)
      return problem(429, 'daily_quota_exceeded', 'You have reached your daily email quota');
    day.emails += good.length;
    const key = headers['idempotency-key']?.toString();
    const taken = good.map((email) => ({ id: randomUUID(), key, email }));
    if (lean !== true) accepted.push(...taken);
    const data = taken.map(({ id }) => ({ id }));
    const reply = {
      status: 200,
      body: JSON.stringify({ data, ...(permissive && errorsOf(invalid)) }),
    };
    if (key !== undefined) {
      remembered.set(key, { hash: hashOf(body), reply, at: now() });
      inFlight.delete(key);
    }
    return reply;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { headers } = request;
    const body = Buffer.concat(chunks).toString();
    if (lean !== true) requests.push({ headers, body });
    const at = Math.floor(now() / 1_000);
    second = { at, requests: second.at === at ? second.requests + 1 : 1 };
    const { accept, delayMs = 0, answer } = faults.shift() ?? { accept: true };
    if (request.method !== 'POST' || request.url !== '/emails/batch')
      return send(response, problem(404, 'not_found', 'There is nothing here'));
    const refusal = turnedAway(headers, body);
    if (refusal === undefined) {
      const key = headers['idempotency-key']?.toString() ?? randomUUID();
      inFlight.add(key);
      response.once('close', () => inFlight.delete(key));
    }
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    const willing = accept || answer === undefined || answer === 'cut';
    const proper = refusal ?? (willing ? take(headers, body) : undefined);
    if (answer === 'hang') return;
    if (answer === 'drop') request.socket.resetAndDestroy();
    else if (answer === 'cut') cut(response, proper?.body ?? '');
    else send(response, answer ?? proper ?? problem(500, 'internal_server_error', ''));
  }

  function send(response: ServerResponse, { status, body, headers }: Reply): void {
    const left = Math.max(0, requestsPerSecond - second.requests);
    response.writeHead(status, {
      'content-type': 'application/json',
      'ratelimit-limit': requestsPerSecond,
      'ratelimit-remaining': left,
      'ratelimit-reset': 1,
      'retry-after': left === 0 ? '1' : '0',
      ...headers,
    });
    response.end(body);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted,
    requests,
    fault: (...more) => faults.push(...more),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function hashOf(body: string): string {
  return createHash('sha256').update(body).digest('base64');
}

/** Resend's error body. */
function problem(status: number, name: string, message: string): Reply {
  return { status, body: JSON.stringify({ statusCode: status, name, message }) };
}

function errorsOf(invalid: readonly Invalid[]) {
  return { errors: invalid.map(({ index, message }) => ({ index, message })) };
}

function cut(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.write(body.slice(0, body.length / 2), () => response.socket?.resetAndDestroy());
}
