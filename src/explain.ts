import type { App } from './app.ts';
import { explain, type Verdict } from './domain/compose/explain.ts';
import { Composition } from './domain/composition.ts';
import type { Share } from './domain/rank/score.ts';
import { wishOf } from './preview.ts';
import { reasonWords } from './render/reason-words.ts';
import { getPaper } from './store/curations.ts';
import { deliveryOf } from './store/deliveries.ts';
import { getSubscriber } from './store/subscribers.ts';

/** Why somebody's digest of an edition is as it is. */
export interface Explanation {
  readonly edition: string;
  readonly subscriber: string;
  /** Whether their delivery is frozen, or this is what would be taken now. */
  readonly frozen: boolean;
  /** What became of their delivery: its state and why; undefined when none was planned. */
  readonly delivery: string | undefined;
  /** The model that the edition pinned; 0: none. */
  readonly model: number;
  readonly papers: readonly ExplainedPaper[];
}

/** A verdict with its reason in words. */
export interface ExplainedPaper extends Verdict {
  readonly why: string | undefined;
}

/**
 * Explains every paper of an edition for a subscriber: the composition from their frozen delivery, or from what
 * would be taken now; the scores by the edition's pinned model and by what is known of their tastes now.
 * @param paper only this one: its id, an arXiv id or link, or a DOI.
 * @throws UnknownEditionError, UnknownSubscriberError, UnknownPaperError, or when the edition has no such paper.
 */
export async function explainEdition(
  app: Pick<App, 'db' | 'edition'>,
  editionId: string,
  email: string,
  paper?: string,
): Promise<Explanation> {
  const { prepared, ranking } = await app.edition(editionId);
  const subscriber = await getSubscriber(app.db, email);
  const delivery = await deliveryOf(app.db, editionId, subscriber.id);
  const frozen =
    delivery?.composition == null ? undefined : Composition.parse(delivery.composition);
  const lookbackDays = frozen === undefined ? undefined : delivery?.lookbackDays;
  const wish = await wishOf(app, editionId, subscriber, { before: true, lookbackDays });
  const verdicts = explain(prepared, wish, frozen);
  const only = paper === undefined ? undefined : (await getPaper(app.db, paper)).paper.id;
  const told = verdicts.filter(({ paperId }) => only === undefined || paperId === only);
  if (told.length === 0 && only !== undefined) {
    throw new Error(
      `${editionId} has no paper ${only}: it was not listed in its window, came after its cut-off, or was hidden`,
    );
  }
  return {
    edition: editionId,
    subscriber: subscriber.email,
    frozen: frozen !== undefined,
    delivery:
      delivery === undefined
        ? undefined
        : [delivery.state, delivery.why].filter((part) => part !== null).join(': '),
    model: ranking.version,
    papers: told.map((verdict) => ({
      ...verdict,
      why: verdict.chosen === undefined ? undefined : reasonWords(verdict.chosen.reason),
    })),
  };
}

/** A share in few words: `0.310 words kettle, teapot`. */
export function shareWords(share: Share): string {
  return `${share.share.toFixed(3)} ${share.kind} ${about(share)}`.trimEnd();
}

function about(share: Share): string {
  switch (share.kind) {
    case 'words':
      return share.words.join(', ');
    case 'topic':
      return share.topics.join(', ');
    case 'close':
    case 'readers':
    case 'embedding':
      return share.likedId ?? '';
    default:
      return share.name;
  }
}
