import type { Frame } from './frame.ts';
import { type Keys, signToken } from './token.ts';

/** What a reader may say of a paper. */
export const FEEDBACK_KINDS = ['like', 'dislike', 'save'] as const;
export type FeedbackKind = (typeof FEEDBACK_KINDS)[number];

/** The personal links of one delivery. */
export interface Links {
  readonly view: string;
  readonly preferences: string;
  readonly unsubscribe: string;
  /** What `/KIND/PAPER` is added to, for every paper. */
  readonly feedback: string;
}

/** Signed links for one subscriber's copy of one edition. */
export function deliveryLinks(
  keys: Keys,
  frame: Pick<Frame, 'baseUrl' | 'keyId'>,
  subscriberId: number,
  editionId: string,
): Links {
  const { baseUrl, keyId } = frame;
  return {
    view: `${baseUrl}/view/${signToken(keys, keyId, 'view', subscriberId, editionId)}/${editionId}`,
    preferences: `${baseUrl}/preferences/${signToken(keys, keyId, 'preferences', subscriberId)}`,
    unsubscribe: `${baseUrl}/unsubscribe/${signToken(keys, keyId, 'unsubscribe', subscriberId)}`,
    feedback: `${baseUrl}/feedback/${signToken(keys, keyId, 'feedback', subscriberId)}`,
  };
}
