import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { App } from '../app.ts';
import { api } from './api.ts';
import { health } from './health.ts';
import { metrics } from './metrics.ts';
import { webhooks } from './webhooks.ts';

/** Everything that answers over HTTP. */
export function routes(app: App): Hono {
  const web = new Hono();
  web.route('/', health(app));
  web.route('/', metrics(app));
  web.route('/webhooks', webhooks(app));
  web.route('/api', api(app));
  web.notFound((context) => context.text('Not found\n', 404));
  web.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse();
    app.log.error({ err: error, path: context.req.path }, 'request failed');
    return context.text('Something went wrong on our side\n', 500);
  });
  return web;
}

/** A server that is listening. */
export interface WebServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens as configured; port 0 takes a free one. */
export function listen(app: App): Promise<WebServer> {
  const { host, port } = app.config.web;
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: routes(app).fetch, hostname: host, port }, (address) => {
      resolve({
        url: `http://${host}:${address.port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
          }),
      });
    });
    server.on('error', reject);
  });
}
