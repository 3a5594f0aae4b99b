import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

/** Listens on a free port of this machine until the test is over. */
export async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

const MEGABYTE = 1_048_576;

/** Packed once: that takes a second. */
let bomb: Buffer | undefined;

type Trick = (response: ServerResponse, good: string) => void;

/** What a source may do to those who ask it. `good` is the answer that they came for. */
export const tricks = {
  '429 with a delay': (response) => response.writeHead(429, { 'retry-after': '7' }).end('slow'),
  '429 without a delay': (response) => response.writeHead(429).end('slow'),
  '503 with a date': (response) =>
    response.writeHead(503, { 'retry-after': 'Fri, 14 Mar 2025 05:00:09 GMT' }).end('later'),
  '503 without a delay': (response) => response.writeHead(503).end('later'),
  'a day’s delay': (response) => response.writeHead(429, { 'retry-after': '86400' }).end('no'),
  'a cut body': (response, good) => {
    response.writeHead(200, { 'content-length': good.length + 1 });
    response.write(good.slice(0, good.length / 2));
    setTimeout(() => response.destroy(), 20);
  },
  'a body that is whole but half': (response, good) => response.end(good.slice(0, good.length / 2)),
  'a cut gzip body': (response, good) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(good).subarray(0, -9)),
  'a page of HTML': (response) => response.end('<!doctype html><p>Please log in</p>'),
  'another type': (response) => response.end('"the list is away"'),
  nothing: (response) => response.end(),
  'fifty megabytes': (response) => {
    let left = 50;
    const more = () => {
      while (left > 0 && response.write(' '.repeat(MEGABYTE))) left--;
      if (left === 0) response.end();
    };
    response.on('drain', more);
    more();
  },
  'a gzip bomb': (response) => {
    bomb ??= gzipSync(Buffer.alloc(200 * MEGABYTE, ' '));
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  },
  'a redirect to the metadata': (response) =>
    response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
  'a redirect to this machine': (response) =>
    response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
  'a redirect to this machine by name': (response) =>
    response.writeHead(301, { location: 'http://localhost:9/' }).end(),
  'a redirect to this machine in octal': (response) =>
    response.writeHead(302, { location: 'http://0177.0.0.1:9/' }).end(),
  'a redirect to a file': (response) =>
    response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  'a redirect without end': (response) => response.writeHead(302, { location: '?again' }).end(),
  'a slow drip': (response) => {
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  },
  'a broken line': (response) => response.socket?.resetAndDestroy(),
} satisfies Record<string, Trick>;

export type TrickName = keyof typeof tricks;

/** A server that plays its trick so many times, and then answers as it should. */
export async function hostileSource(
  name: TrickName,
  good: (url: string) => string,
  times = Number.POSITIVE_INFINITY,
): Promise<{ url: string; asked(): number }> {
  let asked = 0;
  const { url } = await serve((request, response) => {
    const answer = good(request.url ?? '');
    if (asked++ < times) (tricks[name] as Trick)(response, answer);
    else response.end(answer);
  });
  return { url, asked: () => asked };
}
