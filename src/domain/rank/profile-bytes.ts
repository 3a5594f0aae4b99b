import { ByteReader, ByteWriter } from './bytes.ts';
import { DIMENSIONS, toBytes } from './dense.ts';
import type { Profile, Topic } from './profile.ts';
import { heaviest } from './vector.ts';

const MARK = 'PBP3';
/** Three for the term, one for its weight. */
const TERM_BYTES = 4;
const LEVELS = 127;

/** The profile with as many of its heaviest terms as fit. Topics that would take more than half go first. */
export function cutToFit(profile: Profile, bytesMax: number): Profile {
  const bare = { ...profile, terms: new Uint32Array(0), weights: new Float32Array(0) };
  const topics = [...profile.topics];
  while (
    topics.length > 0 &&
    writeProfile({ ...bare, topics }).length > bytesMax / 2 + DIMENSIONS * 2
  ) {
    topics.pop();
  }
  const room = Math.floor((bytesMax - writeProfile({ ...bare, topics }).length) / TERM_BYTES);
  return { ...profile, topics, ...heaviest(profile, Math.max(0, room)) };
}

export function writeProfile(profile: Profile): Uint8Array {
  const out = new ByteWriter();
  for (const letter of MARK) out.u8(letter.charCodeAt(0));
  const largest = largestOf(profile.weights);
  out.f32(largest);
  out.u16(profile.terms.length);
  for (let at = 0; at < profile.terms.length; at++) {
    out.u24(profile.terms[at] as number);
    const part = largest === 0 ? 0 : (profile.weights[at] as number) / largest;
    out.u8(Math.round(part * LEVELS) + LEVELS + 1);
  }
  for (const vector of [profile.meaning, profile.factor]) {
    out.f32(largestOf(vector));
    out.bytes(Uint8Array.from(toBytes(vector), (value) => value + LEVELS + 1));
  }
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

export function readProfile(bytes: Uint8Array, topicOf: (text: string) => Topic): Profile {
  const from = new ByteReader(bytes, 'packed profile');
  from.mark(MARK);
  const largest = from.f32();
  const size = from.room(from.u16(), TERM_BYTES);
  const terms = new Uint32Array(size);
  const weights = new Float32Array(size);
  for (let at = 0; at < size; at++) {
    terms[at] = from.u24();
    weights[at] = ((from.u8() - LEVELS - 1) / LEVELS) * largest;
  }
  const vector = () => {
    const most = from.f32();
    const bytes = from.bytes(DIMENSIONS);
    return Float32Array.from(bytes, (value) => ((value - LEVELS - 1) / LEVELS) * most);
  };
  const meaning = vector();
  const factor = vector();
  const topics = Array.from({ length: from.u8() }, () => topicOf(from.text()));
  const list = () => Uint32Array.from({ length: from.u8() }, () => from.u32());
  const profile = {
    terms,
    weights,
    meaning,
    factor,
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

function largestOf(values: Float32Array): number {
  return values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}
