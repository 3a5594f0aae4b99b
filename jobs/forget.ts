import type { App } from '../src/app.ts';
import { done, type Job } from '../src/queue/job.ts';
import { forget as forgetWhatIsOld } from '../src/retention.ts';

/** Forget addresses and records that have served their time. */
export const forget: Job<'forget', App> = {
  concurrency: 1,
  async run(_, app) {
    await forgetWhatIsOld(app);
    return done;
  },
};
