import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchHfDaily } from '../../src/sources/hf-daily.ts';
import { SourceError } from '../../src/sources/source.ts';

const DATE = '2025-03-14';
const AGENT = 'paperboy-test (ops@papers.example)';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** The address of a server that answers so. */
async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function rows(count: number, from = 0) {
  return Array.from({ length: count }, (_, index) => ({
    paper: {
      id: `2503.${String(from + index).padStart(5, '0')}`,
      title: `Kettle ${from + index}`,
      summary: 'We boil.',
    },
  }));
}

/** Answers with this much, whatever the request. */
function always(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): RequestListener {
  return (_request, response) => {
    response.writeHead(status, headers).end(body);
  };
}

function pull(baseUrl: string, limits: { timeoutMs?: number; bodyBytesMax?: number } = {}) {
  return fetchHfDaily({ baseUrl, date: DATE, userAgent: AGENT, ...limits });
}

/** What the pull throws, which must be a SourceError. */
async function failure(...args: Parameters<typeof pull>): Promise<string> {
  const error = await pull(...args).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SourceError);
  return (error as SourceError).message;
}

describe('fetchHfDaily', () => {
  it('asks page after page until one is not full', async () => {
    const asked: string[] = [];
    const agents = new Set<string | undefined>();
    const baseUrl = await serve((request, response) => {
      asked.push(request.url ?? '');
      agents.add(request.headers['user-agent']);
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('p'));
      response.end(JSON.stringify(rows(page < 2 ? 100 : 7, page * 100)));
    });
    const { listings, rejections } = await pull(`${baseUrl}/`);
    expect(rejections).toEqual([]);
    expect(listings.map(({ record }) => record.arxivId)).toEqual(
      rows(207).map(({ paper }) => paper.id),
    );
    expect(asked).toEqual([0, 1, 2].map((p) => `/api/daily_papers?date=${DATE}&limit=100&p=${p}`));
    expect([...agents]).toEqual([AGENT]);
  });

  it('numbers the rows through all pages', async () => {
    const baseUrl = await serve((request, response) => {
      const first = request.url?.endsWith('p=0') === true;
      response.end(JSON.stringify(first ? rows(100) : [...rows(1, 100), { paper: 7 }]));
    });
    expect((await pull(baseUrl)).rejections.map(({ at }) => at)).toEqual([102]);
  });

  it('reads a day without papers', async () => {
    expect(await pull(await serve(always(200, '[]')))).toEqual({ listings: [], rejections: [] });
  });

  it('gives up on a server that ignores the page number', async () => {
    const body = JSON.stringify(rows(100));
    expect(await failure(await serve(always(200, body)))).toMatch(/ignore the page number/);
  });

  it('tells the status and the beginning of what came instead', async () => {
    const page = '<html><body><h1>Internal\u001b[2J error</h1></body></html>';
    const message = await failure(await serve(always(500, page)));
    expect(message).toMatch(/daily_papers\?date=2025-03-14.* answered 500: Internal\[2J error$/);
    const limited = await failure(await serve(always(429, 'x'.repeat(100_000))));
    expect(limited).toMatch(/answered 429: x+…$/);
    expect(limited.length).toBeLessThan(400);
  });

  it.each([
    ['a web page', '<!doctype html><p>Please log in</p>', /no JSON: .*Please log in/],
    ['a cut answer', '[{"paper": {"id": "2503.0', /no JSON: \[\{"paper"/],
    ['nothing', '', /no JSON: nothing/],
    ['an object', '{"error":"Invalid date"}', /no list: .*Invalid date/],
  ])('refuses %s with status 200', async (_what, body, expected) => {
    expect(await failure(await serve(always(200, body)))).toMatch(expected);
  });

  it('refuses an answer that breaks off', async () => {
    const baseUrl = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('[{"paper":');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await failure(baseUrl)).toMatch(/could not be read: /);
  });

  it('stops reading an answer without end', async () => {
    let written = 0;
    let closed: () => void;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const baseUrl = await serve((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(65_536))) written += 65_536;
      };
      response.writeHead(200).on('drain', more).on('close', closed);
      more();
    });
    expect(await failure(baseUrl, { bodyBytesMax: 1_000_000 })).toMatch(/more than 1000000 bytes/);
    await gone;
    expect(written).toBeLessThan(50_000_000);
  });

  it('does not wait longer than allowed, for the beginning or for the end', async () => {
    const silent = await serve(() => {});
    expect(await failure(silent, { timeoutMs: 100 })).toMatch(/no complete answer within 100 ms/);
    server?.closeAllConnections();
    const slow = await serve((_request, response) => {
      response.writeHead(200).write('[');
    });
    expect(await failure(slow, { timeoutMs: 100 })).toMatch(/no complete answer within 100 ms/);
  });

  it('follows no redirect', async () => {
    let elsewhere = 0;
    const baseUrl = await serve((request, response) => {
      if (request.url === '/elsewhere') elsewhere++;
      response.writeHead(302, { location: '/elsewhere' }).end('[]');
    });
    expect(await failure(baseUrl)).toMatch(/redirects, which is not followed/);
    expect(elsewhere).toBe(0);
  });

  it('says so when nobody answers', async () => {
    const baseUrl = await serve(() => {});
    await new Promise((resolve) => server?.close(resolve));
    expect(await failure(baseUrl)).toMatch(/could not be read: .*ECONNREFUSED/);
  });
});
