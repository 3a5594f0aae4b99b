import type { App } from '../src/app.ts';
import { fitModel } from '../src/fit.ts';
import { done, type Job } from '../src/queue/job.ts';

/** Fit a model on the newest papers and on what readers who agreed to it like. */
export const fit: Job<'fit', App> = {
  concurrency: 1,
  async run(_, app) {
    const { kind } = await fitModel(app);
    if (kind !== 'broken off') return done;
    return { kind: 'later', afterMs: 1_000, why: 'the process that fitted the model ended' };
  },
};
