import type { IncomingMessage, ServerResponse } from 'node:http';
import { serve } from './hostile-source.ts';

/** What the endpoint does with a request instead of answering well. */
export type EmbeddingTrick =
  | { readonly status: number; readonly retryAfter?: string }
  | 'cut body'
  | 'no JSON'
  | 'NaN'
  | 'too few'
  | 'an index twice'
  | 'another dimension'
  | 'zeros'
  | 'endless'
  | 'redirect'
  | 'hang'
  | 'refuses kettles';

interface Asked {
  readonly model: string;
  readonly input: readonly string[];
  readonly key: string | undefined;
}

const DIMENSIONS = 8;

/**
 * An endpoint that answers as OpenAI documents `POST /embeddings`, over real HTTP. A vector counts the letters of its
 * text, so that like texts are alike.
 */
export async function fakeEmbeddings() {
  const asked: Asked[] = [];
  const fake = { url: '', asked, trick: undefined as EmbeddingTrick | undefined };
  const { url } = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.method !== 'POST' || request.url !== '/v1/embeddings') {
      response.writeHead(404).end('{"error":{"message":"Unknown request URL"}}');
      return;
    }
    const { model, input } = JSON.parse(Buffer.concat(chunks).toString());
    asked.push({ model, input, key: keyOf(request) });
    answer(response, model, input, fake.trick, keyOf(request));
  });
  fake.url = `${url}/v1`;
  return fake;
}

function keyOf({ headers }: IncomingMessage): string | undefined {
  return headers.authorization?.replace(/^Bearer /, '');
}

export function vectorOf(text: string): number[] {
  const vector = new Array<number>(DIMENSIONS).fill(0.01);
  for (const letter of text) {
    const at = letter.charCodeAt(0) % DIMENSIONS;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  return vector;
}

function answer(
  response: ServerResponse,
  model: string,
  input: readonly string[],
  trick: EmbeddingTrick | undefined,
  key: string | undefined,
) {
  const data = input.map((text, index) => ({
    object: 'embedding',
    index,
    embedding: vectorOf(text),
  }));
  const body = (rows: readonly unknown[]) =>
    JSON.stringify({
      object: 'list',
      data: rows,
      model,
      usage: { prompt_tokens: 8, total_tokens: 8 },
    });
  const send = (text: string) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  const [first, ...others] = data;
  if (typeof trick === 'object') {
    const headers = trick.retryAfter === undefined ? {} : { 'retry-after': trick.retryAfter };
    response.writeHead(trick.status, headers).end(`{"error":{"message":"no to ${key}"}}`);
  } else if (trick === 'cut body') {
    const whole = body(data);
    response.writeHead(200, { 'content-length': whole.length });
    response.write(whole.slice(0, whole.length / 2));
    setTimeout(() => response.destroy(), 20);
  } else if (trick === 'no JSON') send('<html>login</html>');
  else if (trick === 'NaN') send(body(data).replace('0.01', 'NaN'));
  else if (trick === 'too few') send(body(others));
  else if (trick === 'an index twice') send(body([first, ...data.slice(0, -1)]));
  else if (trick === 'another dimension')
    send(body(data.map((row) => ({ ...row, embedding: [1, 2] }))));
  else if (trick === 'zeros')
    send(body(data.map((row) => ({ ...row, embedding: row.embedding.map(() => 0) }))));
  else if (trick === 'endless') {
    const more = () =>
      void (response.write(' '.repeat(1_000_000))
        ? setImmediate(more)
        : response.once('drain', more));
    response.on('close', () => response.destroy());
    response.on('error', () => {});
    more();
  } else if (trick === 'redirect')
    response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end();
  else if (trick === 'refuses kettles' && input.some((text) => text.includes('Kettles'))) {
    response.writeHead(400).end('{"error":{"message":"cannot read this"}}');
  } else if (trick !== 'hang') send(body([...data].reverse())); // the order is told by the index
}
