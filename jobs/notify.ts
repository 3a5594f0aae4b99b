import type { App } from '../src/app.ts';
import { sendNotice } from '../src/notify.ts';
import type { Job } from '../src/queue/job.ts';

/** Hand over one notice: the email that answers what a person did on a page. */
export const notify: Job<'notify', App> = {
  concurrency: 2,
  run: ({ noticeId }, app) => sendNotice(app, noticeId),
};
