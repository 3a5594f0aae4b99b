import type { App } from '../src/app.ts';
import { done, type Job } from '../src/queue/job.ts';
import { settleEvent } from '../src/store/provider-events.ts';

/** Write what a provider told of a delivery to the ledger, and suppress who must get nothing. */
export const settle: Job<'settle', App> = {
  concurrency: 2,
  async run({ eventId }, app) {
    await settleEvent(app.db, eventId, app.now());
    return done;
  },
};
