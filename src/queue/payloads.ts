import { z } from 'zod';
import { SourceSetting } from '../domain/source-setting.ts';

/** Everything that crosses the queue, in the order of the pipeline. Ids only: SQL has the rest. */
export const payloads = {
  /** Look at a source: at the list of a day, or at those that may still grow. */
  ingest: z.strictObject({ source: SourceSetting, date: z.iso.date().optional() }),
  /** Have a model write the summaries that papers lack. */
  summarise: z.strictObject({}),
  /** Ask for the vectors of papers that lack one. */
  embed: z.strictObject({}),
  /** Freeze a digest's edition of a day. */
  freeze: z.strictObject({ digest: z.string(), date: z.iso.date() }),
  /** Plan the deliveries that are due now: of a digest, or of an operator's send. */
  dispatch: z.union([
    z.strictObject({ digest: z.string() }),
    z.strictObject({ sendId: z.number().int() }),
  ]),
  /** Hand one slice to the provider. */
  submit: z.strictObject({ sliceId: z.string() }),
  /** Hand one notice to the provider. */
  notify: z.strictObject({ noticeId: z.number().int() }),
  /** Write a provider's event to the ledger. */
  settle: z.strictObject({ eventId: z.string() }),
  /** Find what the queue lost and what does not add up. */
  sweep: z.strictObject({}),
  /** Fit a model of what papers are about and of who reads what. */
  fit: z.strictObject({}),
  /** Forget what has served its time. */
  forget: z.strictObject({}),
} as const;

export type JobName = keyof typeof payloads;
export type Payload<N extends JobName> = z.infer<(typeof payloads)[N]>;

export const jobNames = Object.keys(payloads) as JobName[];

/**
 * Asks for a job. Asking again while it waits or runs changes nothing.
 * @param delayMs earliest start, from now.
 */
export type Enqueue = <N extends JobName>(
  name: N,
  payload: Payload<N>,
  delayMs?: number,
) => Promise<void>;
