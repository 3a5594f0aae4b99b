import type { Neighbours } from './neighbours.ts';

/** Nothing is told of a paper that rests on fewer readers than this, or on one for more than a fifth. */
export const AUDIENCE_MIN = 5;

/**
 * Who stands behind each archive paper: its likers, and where these are fewer than five, those of its nearest
 * papers by text as well, nearest first, until five different readers are together; each counts the same.
 * A paper that does not find five has none. So no reader is more than a fifth of anything that is learnt from likes.
 * @param likes for each reader the papers that they liked, as numbers of the archive, each once.
 * @param neighboursOf asked for the papers with too few likers only.
 */
export function audiences(
  papers: number,
  likes: readonly (readonly number[])[],
  neighboursOf: (paper: number) => Neighbours,
): number[][] {
  const likers: number[][] = Array.from({ length: papers }, () => []);
  likes.forEach((liked, reader) => {
    for (const paper of liked) likers[paper]?.push(reader);
  });
  return likers.map((own, paper) => {
    if (own.length >= AUDIENCE_MIN) return own;
    const audience = new Set(own);
    for (const near of neighboursOf(paper).papers) {
      for (const reader of likers[near] ?? []) audience.add(reader);
      if (audience.size >= AUDIENCE_MIN) break;
    }
    return audience.size < AUDIENCE_MIN ? [] : [...audience].sort((a, b) => a - b);
  });
}
