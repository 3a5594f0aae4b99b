import { diverse } from './compose/diverse.ts';
import { type Choice, Draft } from './compose/draft.ts';
import type { Prepared } from './compose/prepared.ts';
import { tellingReason, trendingReason } from './compose/reasons.ts';
import { shareRoom } from './compose/slots.ts';
import { type Bounds, type Standing, standings } from './compose/standing.ts';
import { type Tastes, type Valued, value } from './compose/tastes.ts';
import type { Composition } from './composition.ts';
import type { Candidate } from './edition.ts';
import { nameKey } from './rank/names.ts';

/** What one subscriber's digest of an edition is made of. */
export interface Wish extends Bounds {
  /** Absent: nothing is known of what they like. */
  readonly tastes?: Tastes | undefined;
}

/** What was chosen, and what it was chosen by: `explain` tells it. */
export interface Chosen {
  readonly choices: readonly Choice[];
  readonly standings: readonly Standing[];
  readonly valued: Valued;
}

const PAPERS_MAX = { full: 10, compact: 30, text: 10 } as const;
/** What meets somebody's tastes less than this is no paper of theirs, however thin the day. */
export const RELEVANT_MIN = 0.03;
/** A place that somebody follows may publish more in a day than a digest holds. */
const OF_PLACES = 1 / 3;
/** So many are weighed against each other for each slot. */
const WEIGHED = 3;
/** And so many are looked at to find them: what scores lower is not relevant either. */
const LOOKED_AT = 10;
/** What is well regarded: the first so many of the trend order that are left. */
const REGARDED = 30;

/**
 * The papers for one subscriber, in order, each with its section and its reason: first what an editor pinned,
 * whatever day it was news of; then papers of people and places that they follow; then theirs, by their tastes; then
 * the day's trending ones; then one to explore. The dial shares the slots between the last three. Never a
 * paper that they had before, that is older than their last digest, or that has a word they excluded.
 * Empty when nothing is left.
 */
export function compose(prepared: Prepared, wish: Wish): Composition {
  const { candidates } = prepared.edition;
  const idOf = (index: number) => (candidates[index] as Candidate).paper.id;
  return choose(prepared, wish).choices.map(({ index, also, reason, section }) => ({
    paperId: idOf(index),
    reason,
    section,
    ...(also.length > 0 ? { also: also.map(idOf) } : {}),
  }));
}

/** The same with everything that it was decided by. */
export function choose(prepared: Prepared, wish: Wish): Chosen {
  const { preferences } = wish;
  const stand = standings(prepared, wish);
  const valued = value(prepared, preferences, wish.tastes);
  const digest = new Draft(
    prepared,
    stand,
    preferences.papersMax ?? PAPERS_MAX[preferences.layout],
  );

  stand.forEach((one, index) => {
    if (one.kind === 'pinned') digest.add(index, 'pinned', { kind: 'pinned', by: one.by });
  });
  addFollowed(digest, prepared, wish, valued);
  const trend = (most: number) => {
    for (let index = 0, end = digest.taken + most; index < stand.length; index += 1) {
      if (digest.taken >= end) return;
      digest.add(index, 'trending', trendingReason(prepared, index));
    }
  };
  const { authors, organisations, dial } = preferences;
  if (!valued.any) {
    // Who only follows somebody and wants nothing else gets nothing else.
    if (dial < 100 || authors.length + organisations.length === 0) trend(digest.room);
    return { choices: digest.inOrder(), standings: stand, valued };
  }
  const slots = shareRoom(digest.room, dial);
  const theirs = relevant(digest, valued, digest.room, stand.length);
  const yours = diverse(theirs, digest.indices(), valued.score, prepared.alike);
  const reasonOf = (index: number) =>
    tellingReason(valued.shares(index), (id) => wish.tastes?.titleOf(id)) ??
    trendingReason(prepared, index);
  const add = (most: number) => {
    for (const end = digest.taken + most; digest.taken < end; ) {
      const next = yours.next();
      if (next.done) return;
      digest.add(next.value, 'yours', reasonOf(next.value));
    }
  };
  add(slots.yours);
  trend(slots.trending);
  explore(digest, prepared, valued, slots.explore);
  if (dial > 0) add(digest.room);
  if (dial < 100) trend(digest.room);
  return { choices: digest.inOrder(), standings: stand, valued };
}

/** By whom they follow everything, as far as there is room; of the places at most a third of the room. */
function addFollowed(digest: Draft, prepared: Prepared, { preferences }: Wish, valued: Valued) {
  const add = (
    kind: 'author' | 'organisation',
    names: readonly string[],
    places: ReadonlyMap<string, readonly number[]>,
    most: number,
  ) => {
    const found = new Map<number, string>();
    for (const name of names) {
      for (const index of places.get(nameKey(name)) ?? []) {
        if (!found.has(index)) found.set(index, name);
      }
    }
    const best = [...found].sort(([a], [b]) => valued.score(b) - valued.score(a) || a - b);
    const end = digest.taken + most;
    for (const [index, name] of best) {
      if (digest.taken < end) digest.add(index, 'followed', { kind, name });
    }
  };
  add('author', preferences.authors, prepared.authors, digest.room);
  const most = Math.ceil(digest.room * OF_PLACES);
  add('organisation', preferences.organisations, prepared.organisations, most);
}

/** What meets their tastes, best first: enough to choose among for every slot. */
function relevant(digest: Draft, valued: Valued, room: number, of: number): number[] {
  const best = Array.from({ length: of }, (_, index) => index)
    .filter((index) => digest.free(index))
    .sort((a, b) => valued.score(b) - valued.score(a) || a - b);
  const found: number[] = [];
  for (const index of best.slice(0, room * LOOKED_AT)) {
    if (found.length >= room * WEIGHED) break;
    if (valued.relevance(index) >= RELEVANT_MIN) found.push(index);
  }
  return found;
}

/** Of what is well regarded and none of theirs, what is farthest from everything that stands already. */
function explore(digest: Draft, { alike, edition }: Prepared, valued: Valued, most: number): void {
  const regarded = edition.candidates
    .map((_, index) => index)
    .filter((index) => digest.free(index))
    .slice(0, REGARDED)
    .filter((index) => valued.relevance(index) < RELEVANT_MIN);
  const nearest = (index: number) =>
    digest.indices().reduce((most, one) => Math.max(most, alike(one, index)), 0);
  for (let left = most; left > 0; left -= 1) {
    const distances = regarded
      .filter((index) => digest.free(index))
      .map((index) => ({ index, nearest: nearest(index) }));
    const [farthest] = distances.sort((a, b) => a.nearest - b.nearest || a.index - b.index);
    if (farthest === undefined) return;
    digest.add(farthest.index, 'explore', { kind: 'explore' });
  }
}
