import { type Chosen, choose, RELEVANT_MIN, type Wish } from '../compose.ts';
import type { Composition, Reason, Section } from '../composition.ts';
import type { Candidate } from '../edition.ts';
import type { Share } from '../rank/score.ts';
import type { Prepared } from './prepared.ts';

/** Why a paper of an edition is in somebody's digest, or why it is not. */
export interface Verdict {
  readonly paperId: string;
  readonly title: string;
  /** In the edition's trend order, from 1. */
  readonly trend: number;
  readonly score: number;
  readonly relevance: number;
  /** Parts that add up to the score, heaviest first. */
  readonly shares: readonly Share[];
  readonly chosen: In | undefined;
  /** Why it is not in the digest, in words; undefined when it is. */
  readonly whyNot: string | undefined;
}

interface In {
  /** In the digest, from 1. */
  readonly place: number;
  readonly section: Section | undefined;
  readonly reason: Reason;
  readonly also: readonly string[];
}

/**
 * Explains an edition's papers for one subscriber, in the order of the edition.
 * @param frozen what their delivery holds; absent: what would be taken now.
 */
export function explain(prepared: Prepared, wish: Wish, frozen?: Composition): Verdict[] {
  const { candidates } = prepared.edition;
  const chosen = choose(prepared, wish);
  const places = frozen === undefined ? placesNow(prepared, chosen) : placesOf(frozen);
  const folded = new Map(
    [...places].flatMap(([id, { also }]) => also.map((one) => [one, id] as const)),
  );
  const ranks = ranksOf(chosen, candidates.length);
  return candidates.map(({ paper: { id, title }, newOn }, index) => {
    const place = places.get(id);
    const into = places.get(folded.get(id) ?? '');
    return {
      paperId: id,
      title,
      trend: index + 1,
      score: chosen.valued.score(index),
      relevance: chosen.valued.relevance(index),
      shares: chosen.valued.shares(index),
      chosen: place,
      whyNot:
        place !== undefined
          ? undefined
          : into !== undefined
            ? `it says nearly the same as number ${into.place}, and is named beneath it`
            : whyNot(prepared, wish, chosen, index, ranks[index] ?? 0, newOn, places.size),
    };
  });
}

function placesNow({ edition }: Prepared, { choices }: Chosen): Map<string, In> {
  const idOf = (index: number) => (edition.candidates[index] as Candidate).paper.id;
  return new Map(
    choices.map(({ index, section, reason, also }, at) => [
      idOf(index),
      { place: at + 1, section, reason, also: also.map(idOf) },
    ]),
  );
}

function placesOf(composition: Composition): Map<string, In> {
  return new Map(
    composition.map(({ paperId, section, reason, also = [] }, at) => [
      paperId,
      { place: at + 1, section, reason, also },
    ]),
  );
}

/** The place of every paper by its score, from 1. */
function ranksOf({ valued }: Chosen, count: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index).sort(
    (a, b) => valued.score(b) - valued.score(a) || a - b,
  );
  const ranks: number[] = [];
  order.forEach((index, at) => {
    ranks[index] = at + 1;
  });
  return ranks;
}

function whyNot(
  { edition, same }: Prepared,
  { preferences, lookbackDays }: Wish,
  { standings, choices, valued }: Chosen,
  index: number,
  rank: number,
  newOn: string,
  size: number,
): string {
  const stand = standings[index];
  switch (stand?.kind) {
    case 'had':
      return 'an earlier digest brought it';
    case 'excluded':
      return `it has "${stand.word}", which is to be left out`;
    case 'old':
      return `it is news of ${newOn}, and this digest brings the ${lookbackDays === 1 ? 'day' : `${lookbackDays} days`} up to ${edition.date}`;
    default: {
      const twin = choices.findIndex((one) => same(one.index, index));
      if (twin >= 0) return `it says nearly the same as number ${twin + 1}`;
      const low = valued.any && valued.relevance(index) < RELEVANT_MIN;
      const little = `it meets their tastes too little: ${valued.relevance(index).toFixed(3)}, at least ${RELEVANT_MIN}`;
      if (low && preferences.dial === 100) return little;
      const room = `no room among ${size}: place ${index + 1} of ${edition.candidates.length} in the trend order`;
      if (!valued.any) return room;
      return low ? `${little}; ${room}` : `${room}, ${rank} by their tastes`;
    }
  }
}
