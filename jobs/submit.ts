import type { App } from '../src/app.ts';
import { done, type Job } from '../src/queue/job.ts';
import { claimSlice } from '../src/store/slices.ts';
import { submitSlice } from '../src/submit.ts';

/** Longer than the longest request takes, and than rendering a slice. */
const LEASE_MS = 120_000;

/** Take one slice, render it and hand it over: the same bytes under the same key, every time. */
export const submit: Job<'submit', App> = {
  concurrency: 4,
  async run({ sliceId }, app) {
    const now = app.now();
    const claim = await claimSlice(app.db, sliceId, {
      token: app.randomId(),
      leaseMs: LEASE_MS,
      now,
    });
    switch (claim.kind) {
      case 'none': // settled, or leased to another worker
        return done;
      case 'later': {
        const afterMs = Math.max(1, claim.at.getTime() - now.getTime());
        return { kind: 'later', afterMs, why: `slice ${sliceId} waits for its next try` };
      }
      case 'claimed':
        return submitSlice(app, claim.slice);
    }
  },
};
