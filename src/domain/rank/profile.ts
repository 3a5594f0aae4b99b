import { countTerms, hash32, termOf, wordsOf } from './analyse.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import type { Model } from './model.ts';
import { nameHash } from './pool.ts';
import { sparseOf, textVector } from './vector.ts';

/** A paper that somebody liked, saved, disliked or brought along. */
export interface Liked {
  /** Absent for an import that the archive does not know: then it counts as text. */
  readonly id?: string | undefined;
  readonly title: string;
  readonly abstract: string;
  /** Days since then; a like loses half of its weight in a year. */
  readonly ageDays: number;
  /** How much it counts: 1 for a like. */
  readonly weight: number;
}

/** What a subscriber told of their interests. */
export interface Tastes {
  readonly liked: readonly Liked[];
  readonly disliked: readonly Liked[];
  /** Typed topics and phrases, each its own query. */
  readonly topics: readonly string[];
  /** Words and phrases that no paper may have. */
  readonly excluded: readonly string[];
  readonly categories: readonly string[];
  readonly authors: readonly string[];
  readonly organisations: readonly string[];
}

/** A typed topic: as it was typed, and its terms. */
export interface Topic {
  readonly text: string;
  readonly terms: Uint32Array;
}

/** A subscriber's tastes as numbers, for one model. What is built is what a packed one unpacks to. */
export interface Profile {
  /** Terms of the liked papers in ascending order; weights below zero come from dislikes. */
  readonly terms: Uint32Array;
  readonly weights: Float32Array;
  readonly topics: readonly Topic[];
  /** Places in the model's archive of the papers that they liked last, heaviest first. */
  readonly liked: Uint32Array;
  /** Hashes of excluded phrases, as stems with spaces between. */
  readonly excluded: Uint32Array;
  readonly categories: Uint32Array;
  readonly authors: Uint32Array;
  readonly organisations: Uint32Array;
}

/** What a packed profile takes at most. */
export const PROFILE_BYTES_MAX = 1_500;
const TERMS_MAX = 200;
const HALF_LIFE_DAYS = 365;

export function buildProfile(model: Model, tastes: Tastes): Profile {
  const sums = new Map<number, number>();
  for (const [papers, sign] of [
    [tastes.liked, 1],
    [tastes.disliked, -0.5],
  ] as const) {
    for (const paper of papers) {
      const factor =
        (sign * paper.weight) / (1 + Math.max(0, paper.ageDays) / HALF_LIFE_DAYS) / papers.length;
      const vector = textVector(model, countTerms(paper.title, paper.abstract), () => 0, 0);
      vector.terms.forEach((term, at) => {
        sums.set(term, (sums.get(term) ?? 0) + factor * (vector.weights[at] as number));
      });
    }
  }
  const heaviest = [...sums]
    .sort(([a, x], [b, y]) => Math.abs(y) - Math.abs(x) || a - b)
    .slice(0, TERMS_MAX);
  const { terms, weights } = sparseOf(heaviest);
  const places = new Map(model.ids.map((id, at) => [id, at]));
  const profile: Profile = {
    terms,
    weights,
    topics: tastes.topics.slice(0, 8).map((text) => topicOf(text.slice(0, 24))),
    liked: Uint32Array.from(
      tastes.liked.flatMap(({ id }) => places.get(id ?? '') ?? []).slice(0, 16),
    ),
    excluded: Uint32Array.from(tastes.excluded.slice(0, 16), (text) =>
      hash32(
        wordsOf(text)
          .map(({ stem }) => stem)
          .join(' '),
      ),
    ),
    categories: Uint32Array.from(tastes.categories.slice(0, 16), nameHash),
    authors: Uint32Array.from(tastes.authors.slice(0, 16), nameHash),
    organisations: Uint32Array.from(tastes.organisations.slice(0, 8), nameHash),
  };
  return unpackProfile(packProfile(profile));
}

function topicOf(text: string): Topic {
  const words = wordsOf(text);
  const terms = new Set(words.map(({ stem }) => termOf(stem)));
  words.forEach(({ stem }, at) => {
    const before = words[at - 1];
    if (before !== undefined) terms.add(termOf(before.stem, stem));
  });
  return { text, terms: Uint32Array.from(terms).sort() };
}

const MARK = 'PBP1';

/** At most `PROFILE_BYTES_MAX` bytes. */
export function packProfile(profile: Profile): Uint8Array {
  const out = new ByteWriter();
  for (const letter of MARK) out.u8(letter.charCodeAt(0));
  const heaviest = profile.weights.reduce((max, weight) => Math.max(max, Math.abs(weight)), 0);
  out.f32(heaviest);
  out.u16(profile.terms.length);
  profile.terms.forEach((term, at) => {
    out.u24(term);
    const level = heaviest === 0 ? 0 : Math.round(((profile.weights[at] ?? 0) / heaviest) * 127);
    out.u8(level + 128);
  });
  out.u8(profile.topics.length);
  for (const { text } of profile.topics) out.text(text);
  for (const list of [
    profile.liked,
    profile.excluded,
    profile.categories,
    profile.authors,
    profile.organisations,
  ]) {
    out.u8(list.length);
    for (const value of list) out.u32(value);
  }
  return out.done();
}

/** @throws Error when the bytes are foreign, of another version, or cut. */
export function unpackProfile(bytes: Uint8Array): Profile {
  const from = new ByteReader(bytes, 'packed profile');
  from.mark(MARK);
  const heaviest = from.f32();
  const size = from.u16();
  const terms = new Uint32Array(size);
  const weights = new Float32Array(size);
  for (let at = 0; at < size; at++) {
    terms[at] = from.u24();
    weights[at] = ((from.u8() - 128) / 127) * heaviest;
  }
  const topics = Array.from({ length: from.u8() }, () => topicOf(from.text()));
  const list = () => Uint32Array.from({ length: from.u8() }, () => from.u32());
  const profile = {
    terms,
    weights,
    topics,
    liked: list(),
    excluded: list(),
    categories: list(),
    authors: list(),
    organisations: list(),
  };
  from.end();
  return profile;
}
