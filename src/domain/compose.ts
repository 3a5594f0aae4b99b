import { addDays } from './calendar.ts';
import type { Composition, Reason } from './composition.ts';
import type { Candidate, Edition } from './edition.ts';
import type { Paper } from './paper.ts';
import type { Preferences } from './preferences.ts';
import { type PaperText, paperText, topicScore } from './rank/topics.ts';

/** An edition with what every composition of it needs, worked out once. */
export interface Prepared {
  readonly edition: Edition;
  readonly texts: readonly PaperText[];
}

export function prepare(edition: Edition): Prepared {
  return { edition, texts: edition.candidates.map(({ paper }) => paperText(paper)) };
}

/** What one subscriber's digest of an edition may be made of. */
export interface Wish {
  readonly preferences: Preferences;
  /** Ids of every paper that an earlier digest already brought this subscriber. */
  readonly delivered: ReadonlySet<string>;
  /** Days of news, counted back from the edition's date (see `Due`). */
  readonly lookbackDays: number;
}

const PAPERS_MAX = { full: 10, compact: 30, text: 10 } as const;

/**
 * The papers for one subscriber, in order, each with its reason: first what an editor pinned, whatever
 * day it was news of, then what meets their topics, best match first, then the day's trending papers until the layout is full. Never a paper that they
 * had before, that is older than their last digest, or that has a word they excluded.
 * Empty when nothing is left.
 */
export function compose(prepared: Prepared, wish: Wish): Composition {
  const { preferences } = wish;
  const max = preferences.papersMax ?? PAPERS_MAX[preferences.layout];
  const since = addDays(prepared.edition.date, -wish.lookbackDays);
  const matched: { index: number; score: number; topics: string[] }[] = [];
  const others: number[] = [];
  const pinned: { index: number; by: string }[] = [];
  prepared.edition.candidates.forEach((candidate, index) => {
    const pin = candidate.curated?.pinned;
    if (wish.delivered.has(candidate.paper.id)) return;
    if (pin === undefined && candidate.newOn <= since) return;
    const text = prepared.texts[index];
    if (text === undefined || preferences.exclude.some((word) => topicScore(text, word) > 0))
      return;
    if (pin !== undefined) {
      pinned.push({ index, by: pin.by });
      return;
    }
    const match = matchWishes(text, candidate.paper, preferences);
    if (match.score > 0) matched.push({ index, ...match });
    else others.push(index);
  });
  matched.sort((a, b) => b.score - a.score || a.index - b.index);
  return [
    ...pinned.map(({ index, by }) => pick(prepared.edition, index, { kind: 'pinned', by })),
    ...matched.map(({ index, topics }) => pick(prepared.edition, index, { kind: 'topic', topics })),
    ...others.map((index) => pick(prepared.edition, index)),
  ].slice(0, max);
}

/** As much as a word in the title and among the keywords: who is followed is never missed. */
const FOLLOWED = 7;

/** How well a paper meets what was asked for, and what of that it meets. */
function matchWishes(text: PaperText, paper: Paper, preferences: Preferences) {
  const { topics, categories, authors, organisations } = preferences;
  const people = new Set(paper.authors.map(nameKey));
  const places = nameKey(paper.organisation ?? '');
  const scored = [
    ...[...topics, ...categories].map((topic) => ({ topic, score: topicScore(text, topic) })),
    ...authors.map((topic) => ({ topic, score: people.has(nameKey(topic)) ? FOLLOWED : 0 })),
    ...organisations.map((topic) => ({
      topic,
      score: places === nameKey(topic) ? FOLLOWED : 0,
    })),
  ].filter(({ score }) => score > 0);
  return {
    score: scored.reduce((sum, { score }) => sum + score, 0),
    topics: scored.map(({ topic }) => topic),
  };
}

/** A name as it is compared: no accents, no punctuation, no matter which letters are large. */
function nameKey(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
}

function pick({ candidates }: Edition, index: number, reason?: Reason) {
  const { paper, signal } = candidates[index] as Candidate;
  return {
    paperId: paper.id,
    reason: reason ?? {
      kind: 'trending' as const,
      rank: index + 1,
      of: candidates.length,
      upvotes: signal.upvotes,
    },
  };
}
