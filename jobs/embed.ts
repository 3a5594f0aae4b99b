import type { App } from '../src/app.ts';
import { embedPapers } from '../src/embed.ts';
import { done, type Job } from '../src/queue/job.ts';

/** Ask for the vectors of papers that lack one. What the endpoint does wrong fails no job. */
export const embed: Job<'embed', App> = {
  concurrency: 1,
  async run(_, app) {
    await embedPapers(app);
    return done;
  },
};
