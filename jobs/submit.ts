import type { App } from '../src/app.ts';
import type { Job } from '../src/queue/job.ts';
import { submitSlice } from '../src/submit.ts';

/** Take one slice, render it and hand it over: the same bytes under the same key, every time. */
export const submit: Job<'submit', App> = {
  concurrency: 4,
  run: ({ sliceId }, app) => submitSlice(app, sliceId),
};
