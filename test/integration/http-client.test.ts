import type { RequestListener } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ClientOptions, Request } from '../../src/sources/http.ts';
import { SourceError } from '../../src/sources/source.ts';
import { testClient } from '../support/client.ts';
import { hostileSource, serve } from '../support/hostile-source.ts';

const ASKED: Request = { accept: 'text/plain' };

async function failure(asking: Promise<unknown>): Promise<string> {
  const error = await asking.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SourceError);
  return (error as Error).message;
}

async function client(listener: RequestListener, options: Partial<ClientOptions> = {}) {
  const { url, server } = await serve(listener);
  const one = testClient({ server: url, ...options });
  return { url, server, client: one, get: (asked = {}) => one.get(url, { ...ASKED, ...asked }) };
}

describe('an answer', () => {
  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('may be packed as %s', async (encoding, packed) => {
    const { get } = await client((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(packed('Grüße')),
    );
    expect(await get()).toEqual({ text: 'Grüße' });
  });

  test('may be in another character set, which it names', async () => {
    const { get } = await client((_, response) =>
      response
        .writeHead(200, { 'content-type': 'text/xml; charset="ISO-8859-1"' })
        .end(Buffer.from('Grüße', 'latin1')),
    );
    expect(await get()).toEqual({ text: 'Grüße' });
  });

  test('that is no success is told with its status and its beginning, and not asked for again', async () => {
    const page = '<html><body><h1>Not\u001b[2J here</h1></body></html>';
    const { get, client: one } = await client((_, response) => response.writeHead(404).end(page));
    expect(await failure(get())).toMatch(/answered 404: Not\[2J here$/);
    expect(one.requests).toBe(1);
  });

  test('of an error of the server is asked for three times', async () => {
    const { get, client: one } = await client((_, response) => response.writeHead(502).end('x'));
    expect(await failure(get())).toMatch(/answered 502: x/);
    expect(one.requests).toBe(3);
  });

  test('without end is not read to its end', async () => {
    let written = 0;
    const { get } = await client((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(65_536))) written += 65_536;
      };
      response.writeHead(200).on('drain', more);
      more();
    });
    expect(await failure(get({ bodyBytesMax: 1_000_000 }))).toMatch(/more than 1000000 bytes/);
    expect(written).toBeLessThan(50_000_000);
  });

  test('is waited for so long and no longer: for its beginning, and for its end', async () => {
    const silent = await client(() => {});
    expect(await failure(silent.get({ timeoutMs: 100 }))).toMatch(
      /no complete answer within 100 ms/,
    );
    const { url, asked } = await hostileSource('a slow drip', () => '');
    const dripped = testClient({ server: url }).get(url, { ...ASKED, timeoutMs: 200 });
    expect(await failure(dripped)).toMatch(/no complete answer within 200 ms/);
    expect(asked()).toBe(3);
  });

  test('is asked for with the password in its address, which no error shows', async () => {
    let asked: string | undefined;
    const { url } = await client((request, response) => {
      asked = request.headers.authorization;
      response.writeHead(404).end();
    });
    const secret = url.replace('//', '//me:hunter2@');
    const message = await failure(testClient({ server: url }).get(secret, ASKED));
    expect(asked).toBe(`Basic ${Buffer.from('me:hunter2').toString('base64')}`);
    expect(message).toMatch(/^http:\/\/…@127\.0\.0\.1:\d+ answered 404/);
  });

  test('that nobody gives is told', async () => {
    const { get, server } = await client(() => {});
    await new Promise((resolve) => server.close(resolve));
    expect(await failure(get())).toMatch(/could not be read: .*ECONNREFUSED/);
  });
});

describe('where it may go', () => {
  test.each([
    'http://127.0.0.1:9/',
    'http://2130706433:9/',
    'http://0x7f000001:9/',
    'http://0177.1:9/',
    'http://[::1]:9/',
    'http://[::ffff:127.0.0.1]:9/',
    'http://localhost:9/',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://100.100.100.200/',
    'http://0.0.0.0:9/',
  ])('not to %s', async (url) => {
    expect(await failure(testClient().get(url, ASKED))).toMatch(
      /leads to .*, where sources may not go: allow it with PAPERBOY_SOURCE_NETWORKS/,
    );
  });

  test.each(['ftp://example.org/', 'file:///etc/passwd', 'gopher://x', 'kettle'])(
    'not to %s',
    async (url) => {
      expect(await failure(testClient().get(url, ASKED))).toMatch(/is no http or https address/);
    },
  );

  test('to this machine when its network is allowed, by number and by name', async () => {
    const { url } = await serve((_, response) => response.end('here'));
    const allowed = { networks: ['127.0.0.0/8', '::1'] };
    expect(await testClient(allowed).get(url, ASKED)).toEqual({ text: 'here' });
    const named = url.replace('127.0.0.1', 'localhost');
    expect(await testClient(allowed).get(named, ASKED)).toEqual({ text: 'here' });
  });

  test('to the address that the configuration names, but to no other port of it', async () => {
    const other = await serve((_, response) => response.end('other'));
    const { get } = await client((request, response) =>
      request.url === '/there'
        ? response.end('there')
        : response.writeHead(302, { location: '/there' }).end(),
    );
    expect(await get()).toEqual({ text: 'there' });
    const astray = await client((_, response) =>
      response.writeHead(302, { location: other.url }).end(),
    );
    expect(await failure(astray.get())).toMatch(/led to .* which leads to 127\.0\.0\.1/);
  });
});

describe('a document that has not changed', () => {
  const listener: RequestListener = (request, response) => {
    const known = request.headers['if-none-match'] === '"k1"';
    response.writeHead(known ? 304 : 200, {
      etag: '"k1"',
      'last-modified': 'Fri, 14 Mar 2025 04:00:00 GMT',
    });
    response.end(known ? undefined : 'news');
  };

  test('need not be sent again', async () => {
    const first = await client(listener);
    expect(await first.get({ conditional: true })).toEqual({ text: 'news' });
    const learnt = first.client.learnt.get(first.url);
    expect(learnt).toEqual({ etag: '"k1"', lastModified: 'Fri, 14 Mar 2025 04:00:00 GMT' });
    const again = testClient({ server: first.url, validators: async () => learnt });
    expect(await again.get(first.url, { ...ASKED, conditional: true })).toEqual({
      unchanged: true,
    });
    expect([...again.learnt]).toEqual([]);
    expect(await again.get(first.url, ASKED)).toEqual({ text: 'news' });
  });

  test('is no answer to somebody who has none', async () => {
    const { get } = await client((_, response) => response.writeHead(304).end());
    expect(await failure(get({ conditional: true }))).toMatch(/answered 304/);
  });
});

test('a host that others hold back for long is told, and not waited for', async () => {
  const { url } = await serve((_, response) => response.end('x'));
  const gate = {
    take: async () => ({ waitMs: 3_600_000 }),
    give: async () => {},
    refused: async () => 0,
  };
  const asking = testClient({ server: url, gate }).get(url, ASKED);
  expect(await failure(asking)).toMatch(/is to be left alone for another 60 min/);
});
