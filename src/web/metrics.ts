import { type Context, Hono } from 'hono';
import { Gauge, Registry } from 'prom-client';
import type { App } from '../app.ts';
import { balances } from '../store/balance.ts';
import { listBrakes } from '../store/brakes.ts';
import { countDeadLetters } from '../store/dead-letters.ts';
import { countByState } from '../store/notices.ts';
import { recent } from './recent.ts';
import { sameSecret } from './same-secret.ts';
import { fromNearby } from './security.ts';

const WATCHED_MS = 3 * 86_400_000;
/** A ledger of hundreds of thousands takes seconds to count: whoever asks meanwhile gets the same answer. */
const KEPT_MS = 15_000;
const STATES = ['submitted', 'refused', 'suppressed', 'skipped', 'unknown', 'open'] as const;

/**
 * `GET /metrics` for Prometheus: the ledger counted at most once in 15 s, so that every web process tells
 * the same soon. No name and no address is in it. For who has the token, or, where none is set,
 * for this machine and private networks.
 */
export function metrics(app: Pick<App, 'config' | 'db' | 'queue' | 'now'>): Hono {
  const web = new Hono();
  const counted = recent(1, KEPT_MS, () => count(app));
  web.get('/metrics', async (context) => {
    const refusal = refused(context, app);
    if (refusal !== undefined) return context.text(`${refusal.why}\n`, refusal.status);
    const { text, type } = await counted('');
    return context.body(text, 200, { 'content-type': type });
  });
  return web;
}

function refused(
  context: Context,
  app: Pick<App, 'config'>,
): { status: 401 | 403; why: string } | undefined {
  const { metricsToken } = app.config.web;
  if (metricsToken !== undefined) {
    if (sameSecret(context.req.header('authorization') ?? '', `Bearer ${metricsToken}`))
      return undefined;
    context.header('www-authenticate', 'Bearer');
    return { status: 401, why: 'expected Authorization: Bearer, with PAPERBOY_METRICS_TOKEN' };
  }
  if (fromNearby(context, app)) return undefined;
  return {
    status: 403,
    why: 'only this machine and private networks are answered; to ask from elsewhere set PAPERBOY_METRICS_TOKEN',
  };
}

async function count(
  app: Pick<App, 'db' | 'queue' | 'now'>,
): Promise<{ text: string; type: string }> {
  const registry = new Registry();
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name: `paperboy_${name}`, help, labelNames, registers: [registry] });

  const deliveries = gauge('deliveries', 'Deliveries of recent editions by state', [
    'edition',
    'state',
  ]);
  const planned = gauge('planned_deliveries', 'Deliveries planned of recent editions', ['edition']);
  const unbalanced = gauge(
    'unbalanced_editions',
    'Recent editions whose ledger does not add up',
    [],
  );
  const frozenSince = new Date(app.now().getTime() - WATCHED_MS);
  const editions = await balances(app.db, { frozenSince });
  for (const edition of editions) {
    planned.set({ edition: edition.editionId }, edition.planned);
    for (const state of STATES)
      deliveries.set({ edition: edition.editionId, state }, edition[state]);
  }
  unbalanced.set(editions.filter(({ faults }) => faults.length > 0).length);

  gauge('dead_letters', 'Jobs that nothing tries again by itself', []).set(
    await countDeadLetters(app.db),
  );
  const notices = gauge('notices', 'Notices of the last three days by state', ['state']);
  for (const { state, count } of await countByState(app.db, frozenSince)) {
    notices.set({ state }, count);
  }
  const brakes = gauge('brakes', 'What holds submitting back', ['name', 'kind']);
  for (const { name, kind } of await listBrakes(app.db)) brakes.set({ name, kind }, 1);

  const jobs = gauge('queue_jobs', 'Jobs in the queue', ['queue', 'state']);
  const queueUp = gauge('queue_up', 'Whether the queue answers', []);
  try {
    for (const [queue, counts] of Object.entries(await app.queue.counts())) {
      for (const state of ['waiting', 'active', 'delayed'])
        jobs.set({ queue, state }, counts[state] ?? 0);
    }
    queueUp.set(1);
  } catch {
    queueUp.set(0);
  }
  return { text: await registry.metrics(), type: registry.contentType };
}
