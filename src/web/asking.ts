import type { MiddlewareHandler } from 'hono';
import type { App } from '../app.ts';
import { withinLimit } from '../limits.ts';
import { limitedPage } from './home.ts';
import { languageOf } from './page.ts';
import { networkFrom } from './security.ts';

/** More than readers and their feed readers ask; each answer may cost some tenths of a second. */
const PER_NETWORK = 600;
const WINDOW_MS = 600_000;

/** What is looked up in the archive for whoever asks: for each network so many in ten minutes. */
export function moderately(
  app: Pick<App, 'config' | 'db' | 'queue' | 'now'>,
  max = PER_NETWORK,
): MiddlewareHandler {
  return async (context, next) => {
    const name = `lookups from ${networkFrom(context, app)}`;
    if (await withinLimit(app, name, max, WINDOW_MS)) return next();
    return limitedPage(context, languageOf(context), WINDOW_MS / 1_000);
  };
}
