import { watch } from 'node:fs';
import { dirname } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { externalVerdicts } from '../checker.ts';
import { type Bench, type Proof, type Proofs, prove } from '../templates.ts';
import { checkerPart, DEV_SCRIPT, indexPage, proofPage } from './templates-pages.ts';

/** What the workbench shows, and where. */
interface WorkbenchOptions extends Bench {
  /** Folder of the external checker; absent: there is none. */
  readonly checker: string | undefined;
  /** On 127.0.0.1; 0 takes a free one. */
  readonly port: number;
}

/** A page server that is listening on this machine alone. */
interface Workbench {
  readonly url: string;
  close(): Promise<void>;
}

/** Editors write a file in several steps. */
const SETTLE_MS = 150;
const HELLO_MS = 15_000;
const HOSTS = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'";
/** An email on a page: its styles, its pictures, nothing that runs. */
const EMAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; sandbox";

/** Serves every template with every sample, made afresh whenever a file of theirs changes. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const state = liveProofs(options);
  const server = serve({
    fetch: workbench(options, state).fetch,
    hostname: '127.0.0.1',
    port: options.port,
  });
  await new Promise<void>((listening, failed) => {
    server.on('listening', listening);
    server.on('error', failed);
  }).catch((error) => {
    state.close();
    throw error;
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((closed) => {
        state.close();
        server.close(() => closed());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

/** The proofs as of the last change of a file, and who wants to hear of the next one. */
interface LiveProofs {
  proofs(): Promise<readonly Proofs[]>;
  /** @returns the function that ends it. */
  onChange(told: () => void): () => void;
  close(): void;
}

function liveProofs(bench: Bench): LiveProofs {
  let current: Promise<readonly Proofs[]> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      current = undefined;
      for (const told of listeners) told();
    }, SETTLE_MS);
  };
  const places = new Set([...bench.folders, dirname(bench.themePath)]);
  const watchers = [...places].map((place) => {
    const watcher = watch(place, { recursive: true }, changed);
    watcher.on('error', () => {}); // a folder that is taken away: the next load says so
    return watcher;
  });
  return {
    proofs: () => {
      current ??= prove(bench);
      return current;
    },
    onChange: (told) => {
      listeners.add(told);
      return () => listeners.delete(told);
    },
    close: () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

function workbench({ checker, folders }: WorkbenchOptions, state: LiveProofs): Hono {
  const web = new Hono();
  web.use(async (context, next) => {
    // A name of a stranger's that leads to this machine shows nothing of it.
    if (!HOSTS.test(context.req.header('host') ?? '')) return context.text('not here', 403);
    await next();
    context.header('cache-control', 'no-store');
    context.header('x-content-type-options', 'nosniff');
    if (!context.res.headers.has('content-security-policy'))
      context.header('content-security-policy', PAGE_POLICY);
    return undefined;
  });
  web.get('/', async (context) => context.html(indexPage(await state.proofs(), folders)));
  web.get('/dev.js', (context) =>
    context.body(DEV_SCRIPT, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
  );
  web.get('/events', (context) =>
    streamSSE(context, async (stream) => {
      const stop = state.onChange(() => void stream.writeSSE({ event: 'change', data: 'now' }));
      stream.onAbort(() => {
        stop();
      });
      while (!stream.aborted) {
        await stream.writeSSE({ event: 'hello', data: 'here' });
        await stream.sleep(HELLO_MS);
      }
    }),
  );
  web.get('/show/:template/:kind/:name', async (context) => {
    const all = await state.proofs();
    const proof = find(all, context.req.param());
    return proof === undefined
      ? context.html(indexPage(all, folders), 404)
      : context.html(proofPage(proof, all, checker !== undefined));
  });
  web.get('/html/:template/:kind/:name', async (context) => {
    const proof = find(await state.proofs(), context.req.param());
    const html = proof?.email?.html;
    if (html === undefined) return context.text('no HTML', 404);
    context.header('content-security-policy', EMAIL_POLICY);
    return context.html(inScheme(html, context.req.query('scheme') === 'dark'));
  });
  web.get('/text/:template/:kind/:name', async (context) => {
    const proof = find(await state.proofs(), context.req.param());
    return context.text(proof?.email?.text ?? 'no text', proof?.email === undefined ? 404 : 200);
  });
  web.get('/verdict/:template/:kind/:name', async (context) => {
    const proof = find(await state.proofs(), context.req.param());
    const email = proof?.email;
    if (proof === undefined || email === undefined || checker === undefined)
      return context.text('no verdict', 404);
    try {
      const [verdict] = await externalVerdicts(checker, [email]);
      return context.html(checkerPart(verdict, proof.mimics));
    } catch (error) {
      return context.text((error as Error).message, 500);
    }
  });
  return web;
}

function find(
  all: readonly Proofs[],
  { template, kind, name }: { template: string; kind: string; name: string },
): Proof | undefined {
  const proofs = all.find((one) => one.template === template)?.proofs;
  return proofs?.find((one) => one.case === `${kind}/${name}`);
}

/** As a reader of one scheme sees it, whatever that of the browser is. */
function inScheme(html: string, dark: boolean): string {
  return html.replace(/\(prefers-color-scheme:\s*(dark|light)\)/g, (_, scheme: string) =>
    (scheme === 'dark') === dark ? 'all' : 'not all',
  );
}
