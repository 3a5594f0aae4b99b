import type { App } from '../src/app.ts';
import { done, type Job } from '../src/queue/job.ts';
import { sweepLedger } from '../src/sweep.ts';

/** Ask again for what the queue lost, and say what does not add up. */
export const sweep: Job<'sweep', App> = {
  concurrency: 1,
  async run(_, app) {
    await sweepLedger(app);
    return done;
  },
};
