import type { App } from '../src/app.ts';
import { addDays, dayOf } from '../src/domain/calendar.ts';
import { ingest as ingestPulled } from '../src/ingest.ts';
import { done, type Job } from '../src/queue/job.ts';
import { fetchHfDaily } from '../src/sources/hf-daily.ts';
import { ingestSql } from '../src/sql-source.ts';

/** Look at a source: at one day, or at today and yesterday, whose lists may still grow. */
export const ingest: Job<'ingest', App> = {
  concurrency: 1,
  async run({ source, date }, app) {
    if (source === 'sql') {
      await ingestSql(app);
      return done;
    }
    const today = dayOf(app.now(), 'UTC');
    const failures: unknown[] = [];
    for (const day of date === undefined ? [addDays(today, -1), today] : [date]) {
      // One day that fails does not keep the other from being seen.
      await ingestPulled(app, { source, input: day }, () =>
        fetchHfDaily({ baseUrl: app.config.hfBaseUrl, date: day, userAgent: app.userAgent }),
      ).catch((error) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
    return done;
  },
};
