import type { App } from '../src/app.ts';
import { freezeEdition } from '../src/freeze.ts';
import { done, type Job } from '../src/queue/job.ts';

/** Freeze a digest's edition of a day, then see who is due already. */
export const freeze: Job<'freeze', App> = {
  concurrency: 1,
  async run({ digest, date }, app) {
    await freezeEdition(app, digest, date, 'cut-off');
    await app.queue.enqueue('dispatch', { digest });
    return done;
  },
};
