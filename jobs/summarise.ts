import type { App } from '../src/app.ts';
import { done, type Job } from '../src/queue/job.ts';
import { writeSummaries } from '../src/summaries.ts';

/** Have a model write the summaries that the next editions lack. However it goes, they are frozen in time. */
export const summarise: Job<'summarise', App> = {
  concurrency: 1,
  async run(_, app) {
    const run = await writeSummaries(app, () => !app.queue.draining());
    app.log[run.stopped === undefined ? 'info' : 'warn'](run, 'summaries');
    const { afterMs, stopped = '' } = run;
    return afterMs === undefined ? done : { kind: 'later', afterMs, why: stopped };
  },
};
