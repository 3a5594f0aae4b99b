import type { App } from './app.ts';
import { countHit } from './store/web-hits.ts';

/**
 * Counts one more of a thing within a window, in Redis where there is one, else in SQL.
 * @returns whether that is within what may be.
 */
export async function withinLimit(
  app: Pick<App, 'db' | 'queue' | 'now'>,
  name: string,
  max: number,
  windowMs: number,
): Promise<boolean> {
  const counted = await app.queue.hits(name, windowMs).catch(() => undefined);
  return (counted ?? (await countHit(app.db, name, windowMs, app.now()))) <= max;
}
