import { createHash } from 'node:crypto';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakeResend } from '../support/fake-resend.ts';
import { Account, type Seen } from './account.ts';

/** An answer over HTTP. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What becomes of one request; nothing: it goes through. */
export interface Fault {
  /** Before it is passed on. */
  readonly delayMs?: number;
  /** After the provider took it, before anybody is told. */
  readonly lateMs?: number;
  /** Whether it reaches the provider. Default: only when the answer is the provider's own. */
  readonly taken?: boolean;
  /** What the sender gets instead of the provider's answer. `cut`: half of the provider's. */
  readonly answer?: 'drop' | 'hang' | 'cut' | Reply;
}

/** The provider as the workers see it: an emulator, and before it a proxy that does as scripted. */
export interface ChaosProvider {
  readonly url: string;
  readonly account: Account;
  /** Asked for every request. */
  script: (seen: Seen) => Fault | undefined;
  /** The key as the provider sees it: `''` takes the header away. */
  keyFor: (key: string) => string;
  /** Recipients that the provider does not take, and whether it takes the others of a request. */
  poison: { readonly addresses: ReadonlySet<string>; readonly mode: PoisonMode };
  close(): Promise<void>;
}

/** `index`: strict, and the message names the place; `permissive`: the others are taken. */
export type PoisonMode = 'strict' | 'index' | 'permissive';

export interface ProviderOptions {
  /** Another emulator of Resend; absent: ours, a new one. */
  readonly upstream?: string | undefined;
}

export const healthy = (): Fault | undefined => undefined;

interface Item {
  readonly to: string | readonly string[];
}

/** Starts the proxy, and an emulator behind it unless one is given. */
export async function startProvider({ upstream }: ProviderOptions = {}): Promise<ChaosProvider> {
  const emulator = upstream === undefined ? await startFakeResend({ lean: true }) : undefined;
  const target = new URL(upstream ?? emulator?.url ?? '');
  const agent = new Agent({ keepAlive: true });
  const account = new Account();
  const none: ReadonlySet<string> = new Set();

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 120_000; // never closes a line that a worker is about to use
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const provider: ChaosProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    account,
    script: healthy,
    keyFor: (key) => key,
    poison: { addresses: none, mode: 'strict' },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
      await emulator?.close();
    },
  };
  return provider;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    const body = await buffer(request); // throws when the sender died inside: nothing was sent
    const key = request.headers['idempotency-key']?.toString() ?? '';
    const hash = createHash('sha256').update(body).digest('base64');
    const items = () => JSON.parse(body.toString()) as Item[];
    const seen = account.saw(key, hash, () => items().map(recipientOf), at);
    const {
      delayMs = 0,
      lateMs = 0,
      answer,
      taken = answer === undefined || answer === 'cut',
    } = provider.script(seen) ?? {};
    if (delayMs > 0) await sleep(delayMs);
    const proper = taken ? await submit(request.headers, body, seen) : undefined;
    if (lateMs > 0) await sleep(lateMs);
    if (answer === 'hang') return;
    if (answer === 'drop') request.socket.resetAndDestroy();
    else if (answer === 'cut') cut(response, proper?.body ?? '');
    else send(response, answer ?? proper ?? { status: 500, body: '{}' });
  }

  /** Passes a request on, without those whom this provider does not take. */
  async function submit(headers: IncomingHttpHeaders, body: Buffer, seen: Seen): Promise<Reply> {
    const { addresses, mode } = provider.poison;
    const bad = seen.recipients.flatMap((to, index) => (addresses.has(to) ? [index] : []));
    if (bad.length === 0) return pass(headers, body, seen.recipients, seen.key);
    const problem = (index: number) => `Invalid \`emails[${index}].to\` field.`;
    if (mode !== 'permissive') {
      const message = mode === 'index' ? problem(bad[0] ?? 0) : 'Invalid `to` field.';
      return refusal(message);
    }
    const good = (JSON.parse(body.toString()) as Item[]).filter((_, at) => !bad.includes(at));
    const errors = bad.map((index) => ({ index, message: problem(index) }));
    if (good.length === 0) return reply(200, { data: [], errors });
    const rest = Buffer.from(JSON.stringify(good));
    const answer = await pass(headers, rest, good.map(recipientOf), seen.key);
    if (answer.status !== 200) return answer;
    return reply(200, { ...(JSON.parse(answer.body) as object), errors });
  }

  /** To the emulator and back; writes down what it took. */
  async function pass(
    headers: IncomingHttpHeaders,
    body: Buffer,
    recipients: readonly string[],
    key: string,
  ): Promise<Reply> {
    const answer = await forward(headers, body, provider.keyFor(key));
    if (answer.status < 200 || answer.status > 299) return answer;
    const { data } = JSON.parse(answer.body) as { data: { id: string }[] };
    const at = Date.now();
    for (const [index, { id }] of data.entries())
      account.took(id, recipients[index] ?? '', key, at);
    return answer;
  }

  function forward(headers: IncomingHttpHeaders, body: Buffer, key: string): Promise<Reply> {
    const { connection, 'idempotency-key': _, ...others } = headers;
    return new Promise((resolve, reject) => {
      const passed = requestHttp(
        new URL('/emails/batch', target),
        {
          agent,
          method: 'POST',
          headers: {
            ...others,
            host: target.host,
            'content-length': body.length,
            ...(key === '' ? {} : { 'idempotency-key': key }),
          },
        },
        (response) => {
          buffer(response).then((bytes) => {
            resolve({
              status: response.statusCode ?? 0,
              body: bytes.toString(),
              headers: told(response.headers),
            });
          }, reject);
        },
      );
      passed.on('error', reject);
      passed.end(body);
    });
  }
}

const recipientOf = ({ to }: Item) => [to].flat()[0] ?? '';

/** Resend's error body. */
export function problem(
  status: number,
  name: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return { status, headers, body: JSON.stringify({ statusCode: status, name, message }) };
}

const refusal = (message: string) => problem(422, 'validation_error', message);

const reply = (status: number, body: object): Reply => ({ status, body: JSON.stringify(body) });

/** The headers that tell a sender how fast it may go. */
function told(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' && /^(retry-after|ratelimit-.*)$/.test(entry[0]),
    ),
  );
}

function send(response: ServerResponse, { status, body, headers }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body);
}

function cut(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.write(body.slice(0, body.length / 2), () => response.socket?.resetAndDestroy());
}
