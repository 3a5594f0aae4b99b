import type { Preferences } from '../preferences.ts';
import { embeddingScores, nearestByVector } from '../rank/embedding.ts';
import type { Profile } from '../rank/profile.ts';
import { relevance, type Share, scorePool, shares } from '../rank/score.ts';
import type { Prepared } from './prepared.ts';

/** A subscriber's profile, and what its reasons need. */
export interface Tastes {
  readonly profile: Profile;
  /** The title of a paper that they liked. */
  titleOf(paperId: string): string | undefined;
  /** Vectors of papers that they liked, by the edition’s embedding model; absent: there are none. */
  readonly vectors?: ReadonlyMap<string, Float32Array>;
}

/** Every paper of an edition as one subscriber values it. Read it before the next one is scored. */
export interface Valued {
  /** Whether there is anything to value by. */
  readonly any: boolean;
  score(index: number): number;
  /** 0 nothing in common, to 1; the same paper is as relevant in any edition. */
  relevance(index: number): number;
  /** Parts that add up to the score. */
  shares(index: number): Share[];
}

/** What a literal match of a typed topic adds, by how prominently it stands there: 0.5 in the abstract alone. */
const LITERAL = 0.5;

/** Values an edition's papers for a subscriber: by their profile, and by what they typed as they typed it. */
export function value(
  prepared: Prepared,
  preferences: Preferences,
  tastes: Tastes | undefined,
): Valued {
  const { pool, scratch } = prepared;
  const { scores, literal } = scratch;
  const asked = [...preferences.topics, ...preferences.categories];
  literal.fill(0);
  for (const phrase of asked) {
    for (const { index, score } of prepared.find(phrase)) {
      literal[index] = (literal[index] as number) + LITERAL * score;
    }
  }
  const profile = tastes?.profile;
  if (profile === undefined) scores.total.fill(0);
  else scorePool(pool, profile, scores);
  const liked = tastes?.vectors ?? NONE;
  const { embedded } = prepared;
  const near =
    embedded === undefined || liked.size === 0
      ? undefined
      : embeddingScores([...liked.values()], embedded.vectors, embedded.weight);
  return {
    any: asked.length > 0 || (profile !== undefined && !isEmpty(profile)),
    score: (index) =>
      (scores.total[index] as number) + (literal[index] as number) + (near?.[index] ?? 0),
    relevance: (index) =>
      (literal[index] as number) > 0
        ? 1
        : profile === undefined
          ? 0
          : relevance(pool, profile, index, scores),
    shares: (index) => {
      const found = profile === undefined ? [] : shares(pool, profile, index, scores);
      const share = near?.[index] ?? 0;
      if (share !== 0) {
        const likedId = nearestByVector(liked, embedded?.vectors[index]);
        found.push({ kind: 'embedding', likedId, share });
        found.sort(heaviestFirst);
      }
      const typed = literal[index] as number;
      if (typed === 0) return found;
      // Told together with what the profile finds of topics; of these, only those that stand there as typed.
      const topics = asked.filter((phrase) =>
        prepared.find(phrase).some((hit) => hit.index === index),
      );
      const soft = found.filter(({ kind }) => kind === 'topic');
      const together = soft.reduce((sum, one) => sum + one.share, typed);
      const others = found.filter(({ kind }) => kind !== 'topic');
      return [{ kind: 'topic' as const, topics, share: together }, ...others].sort(heaviestFirst);
    },
  };
}

const NONE: ReadonlyMap<string, Float32Array> = new Map();

function heaviestFirst(one: Share, other: Share): number {
  return other.share - one.share;
}

/** Whether a profile says nothing but whom to follow, which is a section of its own. */
function isEmpty(profile: Profile): boolean {
  return (
    profile.terms.length === 0 && profile.topics.length === 0 && profile.categories.length === 0
  );
}
