import { AUDIENCE_MIN, audiences } from './audience.ts';
import { addScaled, DIMENSIONS, normalise, toBytes } from './dense.ts';
import type { Neighbours } from './neighbours.ts';
import { rowsOf } from './rows.ts';
import { truncatedSvd } from './svd.ts';

/** What readers' likes tell of archive papers: who likes the one likes the other. */
export interface Community {
  /** Readers who liked two papers or more. */
  readonly readers: number;
  /** `DIMENSIONS` bytes for each archive paper; all zero for one whose audience is too small. */
  readonly factors: Int8Array;
  /** What the bytes of each paper are divided by to be of length 1; 0 for one without a factor. */
  readonly lengths: Float32Array;
}

/** Below so many active readers the likes tell less than the texts do. */
export const READERS_MIN = 200;
/** From here on they have their full weight. */
const READERS_FULL = 2_000;
/** New papers, and old ones nobody liked, take their factor from so many neighbours. */
export const NEIGHBOURS = 100;

/** How much the community's part counts, from 0 to 1, growing with how many take part. */
export function support(community: Community): number {
  if (community.readers < READERS_MIN) return 0;
  return Math.min(1, community.readers / READERS_FULL);
}

/**
 * Factors of the archive's papers from the likes of consenting readers: a truncated SVD of the audiences, in
 * which a busy reader and a popular paper weigh less. Only sums over audiences of at least five leave it.
 * @param likes for each reader the archive papers that they liked, each once.
 */
export function fitCommunity(
  papers: number,
  likes: readonly (readonly number[])[],
  neighboursOf: (paper: number) => Neighbours,
): Community {
  const readers = likes.filter((liked) => liked.length > 1).length;
  const factors = new Int8Array(papers * DIMENSIONS);
  if (readers < READERS_MIN) return { readers, factors, lengths: lengthsOf(factors) };
  const behind = audiences(papers, likes, neighboursOf);
  const liked = new Float64Array(likes.length);
  for (const audience of behind) {
    for (const reader of audience) liked[reader] = (liked[reader] as number) + 1;
  }
  const rows = behind.map((audience) =>
    audience.map((reader): [number, number] => [
      reader,
      1 / threeEighths(audience.length * (liked[reader] as number)),
    ]),
  );
  const svd = truncatedSvd(rowsOf(likes.length, rows), DIMENSIONS);
  const factor = new Float32Array(DIMENSIONS);
  behind.forEach((audience, paper) => {
    if (audience.length < AUDIENCE_MIN) return;
    factor.fill(0);
    for (let k = 0; k < svd.rank; k++) {
      factor[k] = (svd.rows[paper * svd.rank + k] as number) * Math.sqrt(svd.values[k] as number);
    }
    factors.set(toBytes(factor), paper * DIMENSIONS);
  });
  return { readers, factors, lengths: lengthsOf(factors) };
}

/** A number to the power of 3/8: roots are exact by IEEE 754, other powers are not. */
function threeEighths(x: number): number {
  const fourth = Math.sqrt(Math.sqrt(x));
  return fourth * Math.sqrt(fourth);
}

/** What stands in `lengths` of these factors. */
export function lengthsOf(factors: Int8Array): Float32Array {
  const lengths = new Float32Array(factors.length / DIMENSIONS);
  for (let paper = 0; paper < lengths.length; paper++) {
    let square = 0;
    for (let d = 0; d < DIMENSIONS; d++) square += (factors[paper * DIMENSIONS + d] as number) ** 2;
    lengths[paper] = Math.sqrt(square);
  }
  return lengths;
}

/** Adds so much of an archive paper's factor of length 1; nothing when it has none. */
export function addFactor(
  into: Float32Array,
  { factors, lengths }: Community,
  paper: number,
  weight: number,
): void {
  const length = lengths[paper] ?? 0;
  if (length > 0) addScaled(into, factors, paper * DIMENSIONS, weight / length);
}

/** An archive paper's factor of length 1; undefined when too few stand behind it. */
export function ownFactor(community: Community, paper: number): Float32Array | undefined {
  if ((community.lengths[paper] ?? 0) === 0) return undefined;
  const factor = new Float32Array(DIMENSIONS);
  addFactor(factor, community, paper, 1);
  return factor;
}

/** The factor of a text that nobody has liked yet, by its neighbours: of length 1, or all zero. */
export function factorOf(community: Community, neighbours: Neighbours): Float32Array {
  const factor = new Float32Array(DIMENSIONS);
  addThrough(factor, community, neighbours, false, 1);
  normalise(factor);
  return factor;
}

/**
 * Adds what the neighbours of a text tell of a factor that it has not itself, closer ones more.
 * @param sharply whether a neighbour counts by its cosine squared.
 */
export function addThrough(
  into: Float32Array,
  community: Community,
  { papers, cosines }: Neighbours,
  sharply: boolean,
  weight: number,
): void {
  for (let at = 0; at < papers.length; at++) {
    const cosine = cosines[at] as number;
    const close = sharply ? cosine * cosine : cosine;
    addFactor(into, community, papers[at] as number, weight * close);
  }
}
