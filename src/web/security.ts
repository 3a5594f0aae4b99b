import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import type { App } from '../app.ts';
import { networkOf } from '../domain/address.ts';
import type { Occasion } from '../store/leaving.ts';
import { isNearby } from './nearby.ts';
import { styleHash } from './style.ts';

/** Room for every field of the preferences at its longest; a page has no use for more. */
const FORM_BYTES_MAX = 64 * 1024;

const POLICY = [
  "default-src 'none'",
  `style-src '${styleHash}'`,
  "script-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** For an email shown as a page: its styles stand in its elements, and nothing is loaded. */
export const EMAIL_POLICY = POLICY.replace(`'${styleHash}'`, "'unsafe-inline'").replace(
  "script-src 'self'; ",
  '',
);

/**
 * The headers of every answer. A page whose address holds a token tells no other site where its
 * reader comes from, is kept by no cache and listed by no search engine; `kept` pages say so themselves.
 */
export function secured({ config }: Pick<App, 'config'>): MiddlewareHandler {
  const tls = config.baseUrl.startsWith('https:');
  return async (context, next) => {
    await next();
    const set = (name: string, value: string) => {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    };
    set('content-security-policy', POLICY);
    set('x-content-type-options', 'nosniff');
    set('x-frame-options', 'DENY');
    set('cross-origin-opener-policy', 'same-origin');
    set('cross-origin-resource-policy', 'same-origin');
    // `no-referrer` would take the Origin from our own forms, and with it the check of `sameSite`.
    set('referrer-policy', 'same-origin');
    set('permissions-policy', 'camera=(), geolocation=(), microphone=()');
    set('cache-control', 'no-store');
    if (!context.res.headers.get('cache-control')?.includes('public')) {
      set('x-robots-tag', 'noindex');
    }
    if (tls) set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  };
}

/** A form is taken only from a page of ours. Never for one-click: a mail program has no page. */
export function sameSite({ config }: Pick<App, 'config'>): MiddlewareHandler {
  const ours = new URL(config.baseUrl).origin;
  return csrf({
    origin: (origin, { req }) => origin === ours || origin === new URL(req.url).origin,
  });
}

/** Nothing longer than a form can be is read. */
export const formLimit = bodyLimit({ maxSize: FORM_BYTES_MAX });

/** The fields of a form by name; of a field that comes more often, all its values. */
export async function formOf(context: Context): Promise<Record<string, string | string[]>> {
  const body = await context.req.parseBody({ all: true }).catch(() => ({}));
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => {
      const texts = [value].flat().filter((one) => typeof one === 'string');
      return [name, texts.length === 1 ? (texts[0] ?? '') : texts];
    }),
  );
}

/** Whether a POST is the one click of a mail program, which comes from no page of ours (RFC 8058). */
export async function byOneClick(context: Context): Promise<boolean> {
  return (await formOf(context)).page === undefined;
}

/** What is kept of who said something on a page of ours, by a button with these words. */
export function occasionOn(
  context: Context,
  app: Pick<App, 'config'>,
  page: string,
  words: string,
): Occasion {
  return { page, network: networkFrom(context, app), words };
}

/** The first value of a field. */
export function first(value: string | string[] | undefined): string {
  return [value ?? ''].flat()[0] ?? '';
}

/** The network of whoever asks: by the connection, or by what so many trusted proxies say of it. */
export function networkFrom(context: Context, { config }: Pick<App, 'config'>): string {
  const { trustedProxies } = config.web;
  return networkOf(
    trustedProxies > 0 ? forwardedFor(context, trustedProxies) : connectedFrom(context),
  );
}

/** What so many trusted proxies say of who asks. */
function forwardedFor(context: Context, trustedProxies: number): string | undefined {
  const said = (context.req.header('x-forwarded-for') ?? '').split(',').map((one) => one.trim());
  return said.at(-trustedProxies);
}

/**
 * Whether who asks is on this machine or in a private network. What comes through a proxy that nobody
 * told us to trust may come from anywhere.
 */
export function fromNearby(context: Context, { config }: Pick<App, 'config'>): boolean {
  const { trustedProxies } = config.web;
  const proxied = PROXIED.some((name) => context.req.header(name) !== undefined);
  if (proxied && trustedProxies === 0) return false;
  const address = proxied ? forwardedFor(context, trustedProxies) : connectedFrom(context);
  return address === undefined ? !proxied : isNearby(address);
}

/** A proxy says by one of them that it is one. */
const PROXIED = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'];

function connectedFrom(context: Context): string | undefined {
  try {
    return getConnInfo(context).remote.address;
  } catch {
    return undefined; // asked within this process, not over a socket
  }
}
