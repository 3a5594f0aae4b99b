import type { App } from '../src/app.ts';
import { addDays, dayOf } from '../src/domain/calendar.ts';
import { runSource } from '../src/pull.ts';
import { done, type Job } from '../src/queue/job.ts';
import { hasDays } from '../src/sources/index.ts';

/** Look at a source: at one day, or at today and yesterday, whose lists may still grow. */
export const ingest: Job<'ingest', App> = {
  concurrency: 4,
  async run({ source, date }, app) {
    const today = dayOf(app.now(), 'UTC');
    const newest = hasDays(source) ? [addDays(today, -1), today] : [undefined];
    const failures: unknown[] = [];
    for (const day of date === undefined ? newest : [date]) {
      // One day that fails does not keep the other from being seen.
      await runSource(app, source, { date: day }).catch((error) => failures.push(error));
    }
    // Reminders and no more: the look is over, whatever becomes of summaries and vectors.
    if (app.config.summaries !== undefined) {
      await app.queue.enqueue('summarise', {}).catch(() => {});
    }
    if (app.config.embeddings !== undefined) await app.queue.enqueue('embed', {}).catch(() => {});
    if (failures.length > 0) throw failures[0];
    return done;
  },
};
