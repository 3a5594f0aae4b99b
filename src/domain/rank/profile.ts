import { hash32, termOf, wordsOf } from './analyse.ts';
import { addScaled } from './dense.ts';
import { lookupsOf, type Model } from './model.ts';
import { nameHash } from './names.ts';
import { weightOf, worthOf, worthOfTopics } from './opinions.ts';
import { cutToFit, readProfile, writeProfile } from './profile-bytes.ts';
import { heaviest } from './vector.ts';

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
  /** Terms of the liked papers in ascending order; weights, in units of the score, below zero come from dislikes. */
  readonly terms: Uint32Array;
  readonly weights: Float32Array;
  readonly topics: readonly Topic[];
  /** What the liked papers and the topics mean, and who else likes such, in units of the score. */
  readonly meaning: Float32Array;
  readonly factor: Float32Array;
  /** Places in the model's archive of the papers that they liked, heaviest first. */
  readonly liked: Uint32Array;
  /** Hashes of excluded phrases, as stems with spaces between. */
  readonly excluded: Uint32Array;
  readonly categories: Uint32Array;
  readonly authors: Uint32Array;
  readonly organisations: Uint32Array;
}

/** What a packed profile takes at most. */
export const PROFILE_BYTES_MAX = 1_500;
const TERMS_MAX = 256;
/** So many of a kind are kept; topics, besides, within so many characters. */
const KEPT_MAX = 16;
const TOPICS_MAX = 24;
const TOPIC_CHARS_MAX = 240;
const TOPICS_CHARS_MAX = 400;

/** Works out a profile for a model. The order of the tastes changes nothing but which are kept of too many. */
export function buildProfile(model: Model, tastes: Tastes): Profile {
  const whole = wholeProfile(model, tastes);
  return unpackProfile(packProfile({ ...whole, ...heaviest(whole, TERMS_MAX) }));
}

/** The same before it is rounded and its lightest terms are cut. */
export function wholeProfile(model: Model, tastes: Tastes): Profile {
  const topics = topicsOf(tastes.topics);
  const { words, meaning, factor } = worthOf(model, tastes);
  if (topics.length > 0) {
    const asked = worthOfTopics(
      model,
      topics.map(({ text }) => text),
    );
    addScaled(meaning, asked.meaning, 0, 1);
    addScaled(factor, asked.factor, 0, 1);
  }
  const { places } = lookupsOf(model);
  const liked = [...tastes.liked]
    .filter(({ id }) => id !== undefined && places.has(id))
    .sort((a, b) => weightOf(b) - weightOf(a) || ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
  return {
    ...words,
    topics,
    meaning,
    factor,
    liked: Uint32Array.from(liked.slice(0, KEPT_MAX), ({ id }) => places.get(id ?? '') as number),
    excluded: hashes(tastes.excluded, phraseHash),
    categories: hashes(tastes.categories, nameHash),
    authors: hashes(tastes.authors, nameHash),
    organisations: hashes(tastes.organisations, nameHash),
  };
}

/** At most `PROFILE_BYTES_MAX` bytes: the lightest terms give way. */
export function packProfile(profile: Profile): Uint8Array {
  return writeProfile(cutToFit(profile, PROFILE_BYTES_MAX));
}

/** @throws Error when the bytes are foreign, of another version, or cut. */
export function unpackProfile(bytes: Uint8Array): Profile {
  return readProfile(bytes, topicOf);
}

/** The hash under which an excluded phrase is looked for: its stems. */
export function phraseHash(text: string): number {
  return hash32(
    wordsOf(text)
      .map(({ stem }) => stem)
      .join(' '),
  );
}

function hashes(texts: readonly string[], hash: (text: string) => number): Uint32Array {
  return Uint32Array.from([...new Set(texts.map(hash))].slice(0, KEPT_MAX)).sort();
}

function topicsOf(texts: readonly string[]): Topic[] {
  const topics: Topic[] = [];
  let chars = 0;
  for (const text of texts.slice(0, TOPICS_MAX)) {
    const topic = topicOf(text.slice(0, TOPIC_CHARS_MAX));
    chars += topic.text.length;
    if (chars > TOPICS_CHARS_MAX) break;
    if (topic.terms.length > 0) topics.push(topic);
  }
  return topics;
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
