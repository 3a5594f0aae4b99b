import type { App } from '../src/app.ts';
import { dispatchDigest, dispatchSend } from '../src/dispatch.ts';
import { done, type Job } from '../src/queue/job.ts';

/** Plan the deliveries that are due now, and ask for a submit of every new slice. */
export const dispatch: Job<'dispatch', App> = {
  concurrency: 1,
  async run(wish, app) {
    const slices =
      'sendId' in wish
        ? await dispatchSend(app, wish.sendId)
        : await dispatchDigest(app, wish.digest);
    await app.queue.enqueueAll(
      'submit',
      slices.map((sliceId) => ({ sliceId })),
    );
    return done;
  },
};
