import type { JobName, Payload } from './payloads.ts';

/** How a job ends when it does not throw. Throwing means: again, with backoff. */
export type Ending =
  | { readonly kind: 'done' }
  /** Again after `afterMs`; uses up no attempt. */
  | { readonly kind: 'later'; readonly afterMs: number; readonly why: string }
  /** No attempt will help: it goes to the dead letters. */
  | { readonly kind: 'dead'; readonly why: string }
  /** Nothing of its kind will work until a person acts or a window opens: alert, again after `afterMs`. */
  | { readonly kind: 'halt'; readonly afterMs: number; readonly why: string };

export const done: Ending = { kind: 'done' };

/** One kind of job. How often it is tried is the queue's affair: see the policy in `queue.ts`. */
export interface Job<N extends JobName, App> {
  /** How many of them one process runs at a time. */
  readonly concurrency: number;
  run(payload: Payload<N>, app: App): Promise<Ending>;
}

export type Jobs<App> = { readonly [N in JobName]: Job<N, App> };
