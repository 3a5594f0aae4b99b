import { Hono } from 'hono';
import { sql } from 'kysely';
import type { App } from '../app.ts';

/** `/healthz`: the process answers. `/readyz`: so do the database and the queue. */
export function health(app: Pick<App, 'db' | 'queue'>): Hono {
  const web = new Hono();
  web.get('/healthz', (context) => context.text('ok\n'));
  web.get('/readyz', async (context) => {
    const checks = {
      database: await answers(() => sql`select 1`.execute(app.db)),
      queue: await answers(() => app.queue.counts()),
    };
    const ready = Object.values(checks).every((state) => state === 'ok');
    return context.json(checks, ready ? 200 : 503);
  });
  return web;
}

const CHECK_TIMEOUT_MS = 2_000;

async function answers(check: () => Promise<unknown>): Promise<'ok' | 'down'> {
  const timeout = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('timeout')), CHECK_TIMEOUT_MS).unref();
  });
  return Promise.race([check(), timeout]).then(
    () => 'ok' as const,
    () => 'down' as const,
  );
}
