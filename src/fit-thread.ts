import { parentPort } from 'node:worker_threads';
import { type ArchivePaper, fitModel, packModel } from './domain/rank/model.ts';

/** What the thread is told: first everything to fit on, in portions, then to fit. */
export type FitMessage =
  | { readonly kind: 'papers'; readonly papers: readonly ArchivePaper[] }
  | { readonly kind: 'likes'; readonly likes: readonly (readonly string[])[] }
  | { readonly kind: 'fit' };

/**
 * The thread of the nightly fit: minutes of arithmetic that must not stand in the way of a worker's leases.
 * It answers once, with the packed model.
 */
const papers: ArchivePaper[] = [];
const likes: (readonly string[])[] = [];

parentPort?.on('message', (message: FitMessage) => {
  if (message.kind === 'papers') papers.push(...message.papers);
  else if (message.kind === 'likes') likes.push(...message.likes);
  else {
    const packed = packModel(fitModel({ papers, likes }));
    parentPort?.postMessage(packed, [packed.buffer as ArrayBuffer]);
    parentPort?.close();
  }
});
