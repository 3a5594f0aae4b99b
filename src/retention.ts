import type { App } from './app.ts';
import { forgetOld } from './store/privacy.ts';
import { forgetHits } from './store/web-hits.ts';

const DAY_MS = 86_400_000;

/** Forgets what nobody has a reason to keep any longer. */
export async function forget(app: Pick<App, 'db' | 'config' | 'now'>): Promise<void> {
  const now = app.now();
  await forgetOld(app.db, app.config.retentionDays * DAY_MS, now);
  await forgetHits(app.db, new Date(now.getTime() - DAY_MS));
}
