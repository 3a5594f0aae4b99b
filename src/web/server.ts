import { serve } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { App } from '../app.ts';
import { api } from './api.ts';
import { archive } from './archive.ts';
import { moderately } from './asking.ts';
import { assets } from './assets.ts';
import { confirming } from './confirm.ts';
import { faultPage } from './faults.ts';
import { feedback } from './feedback.ts';
import { feeds } from './feeds.ts';
import { health } from './health.ts';
import { home } from './home.ts';
import { library } from './library.ts';
import { linking } from './link.ts';
import { metrics } from './metrics.ts';
import { optingOut } from './opt-out.ts';
import { preferring } from './preferences.ts';
import { privacy } from './privacy.ts';
import { searching } from './search.ts';
import { secured } from './security.ts';
import { unsubscribing } from './unsubscribe.ts';
import { viewing } from './view.ts';
import { webhooks } from './webhooks.ts';

/** Everything that answers over HTTP. */
export function routes(app: App): Hono {
  const web = new Hono();
  web.use(secured(app));
  const looksUp = moderately(app);
  for (const path of ['/search', '/topics/*']) web.use(path, looksUp);
  web.route('/', health(app));
  web.route('/', metrics(app));
  web.route('/webhooks', webhooks(app));
  web.route('/api', api(app));
  web.route('/', assets());
  web.route('/', home(app));
  web.route('/', confirming(app));
  web.route('/', linking(app));
  web.route('/', feeds(app));
  web.route('/', archive(app));
  web.route('/', searching(app));
  web.route('/', feedback(app));
  web.route('/view', viewing(app));
  web.route('/preferences', preferring(app));
  web.route('/preferences', privacy(app));
  web.route('/preferences', library(app));
  web.route('/unsubscribe', unsubscribing(app));
  web.route('/opt-out', optingOut(app));
  web.notFound((context) => fault(context, 404));
  web.onError((error, context) => {
    if (error instanceof HTTPException) return fault(context, error.status);
    app.log.error({ err: error, path: routeOf(context.req.path) }, 'request failed');
    return fault(context, 500);
  });
  return web;
}

/** A page for people, JSON for what asks the API. */
function fault(context: Context, status: ContentfulStatusCode): Response | Promise<Response> {
  if (!/^\/api(?:\/|$)/.test(context.req.path)) return faultPage(context, status);
  const error =
    status === 404
      ? `there is no ${context.req.method} ${context.req.path.slice(0, 200)}`
      : status >= 500
        ? 'an error of Paperboy: its log says more, and the same request may be sent again'
        : `HTTP ${status}`;
  return context.json({ error }, status);
}

/** The path without the tokens in it: a log must not hold what opens somebody's preferences. */
function routeOf(path: string): string {
  return path.replace(/\/[a-z0-9]{1,16}\.\d{1,15}\.[\w-]{22}/g, '/…');
}

/** Shorter than a container is given to stop. */
const DRAIN_MS = 6_000;

/** A server that is listening. */
export interface WebServer {
  readonly url: string;
  /** Lets requests under way end, and breaks off what has not ended by then: a slow upload, for one. */
  close(drainMs?: number): Promise<void>;
}

/** Listens as configured; port 0 takes a free one. */
export function listen(app: App): Promise<WebServer> {
  const { host, port } = app.config.web;
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: routes(app).fetch, hostname: host, port }, (address) => {
      resolve({
        url: `http://${host}:${address.port}`,
        close: (drainMs = DRAIN_MS) =>
          new Promise((closed) => {
            const breakOff = setTimeout(() => {
              if ('closeAllConnections' in server) server.closeAllConnections();
            }, drainMs);
            server.close(() => {
              clearTimeout(breakOff);
              closed();
            });
          }),
      });
    });
    server.on('error', reject);
  });
}
