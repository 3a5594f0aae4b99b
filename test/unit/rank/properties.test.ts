import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AUDIENCE_MIN, audiences } from '../../../src/domain/rank/audience.ts';
import { excluded } from '../../../src/domain/rank/excluded.ts';
import { halved, ln } from '../../../src/domain/rank/maths.ts';
import {
  emptyModel,
  fitModel,
  type Model,
  packModel,
  unpackModel,
} from '../../../src/domain/rank/model.ts';
import { bestFirst } from '../../../src/domain/rank/order.ts';
import { type PoolPaper, preparePool } from '../../../src/domain/rank/pool.ts';
import {
  buildProfile,
  PROFILE_BYTES_MAX,
  packProfile,
  type Tastes,
  unpackProfile,
  wholeProfile,
} from '../../../src/domain/rank/profile.ts';
import { newScores, relevance, scorePool, shares } from '../../../src/domain/rank/score.ts';

const WORDS = 'graph neural speech protein image quantum market robot language diffusion code music'
  .split(' ')
  .flatMap((word) => [word, `${word}ing`, `${word}al`]);
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }).map((words) => words.join(' '));
const paper = fc.record({
  title: text,
  abstract: text,
  topics: fc.array(text, { maxLength: 2 }),
  categories: fc.subarray(['cs.LG', 'cs.CL']),
  authors: fc.subarray(['Ada Lovelace', 'Alan Turing', 'Grace Hopper']),
  organisation: fc.constantFrom(undefined, 'Bell Labs'),
});
const papers = fc
  .array(paper, { maxLength: 12 })
  .map((list): PoolPaper[] => list.map((one, at) => ({ ...one, id: `p${at}` })));
const liked = fc.record({
  id: fc.option(fc.constantFrom('a0', 'a1', 'a2', 'a3', 'unknown'), { nil: undefined }),
  title: text,
  abstract: text,
  ageDays: fc.nat(2000),
  weight: fc.constantFrom(0.5, 1, 2),
});
const tastes: fc.Arbitrary<Tastes> = fc.record({
  liked: fc.array(liked, { maxLength: 5 }),
  disliked: fc.array(liked, { maxLength: 2 }),
  topics: fc.array(text, { maxLength: 3 }),
  excluded: fc.array(fc.constantFrom(...WORDS), { maxLength: 2 }),
  categories: fc.subarray(['cs.LG', 'cs.CL']),
  authors: fc.subarray(['ada lovelace', 'Alan Turing']),
  organisations: fc.subarray(['bell labs']),
});

const NO_TASTES: Tastes = {
  liked: [],
  disliked: [],
  topics: [],
  excluded: [],
  categories: [],
  authors: [],
  organisations: [],
};

const archive = Array.from({ length: 40 }, (_, at) => ({
  id: `a${at}`,
  title: [0, 1, 2].map((step) => WORDS[(at * 5 + step * 7) % WORDS.length]).join(' '),
  abstract: [3, 4, 5].map((step) => WORDS[(at * 3 + step * 11) % WORDS.length]).join(' '),
}));
const likes = Array.from({ length: 240 }, (_, reader) =>
  [0, 1, 2].map((step) => `a${(reader * 7 + step * 4) % 40}`),
);
/** A model that a counterexample names and does not print. */
const named = (name: string, of: Model) => ({ ...of, [fc.toStringMethod]: () => name });
const models: readonly Model[] = [
  named('no archive', emptyModel),
  named('fitted', fitModel({ papers: archive, likes })),
];
const model = fc.constantFrom(...models);

function rank(of: Model, list: readonly PoolPaper[], wishes: Tastes) {
  const pool = preparePool(of, list);
  const profile = buildProfile(of, wishes);
  const scores = newScores(pool);
  scorePool(pool, profile, scores);
  return { pool, profile, scores, order: bestFirst(pool, profile, scores) };
}

test('the order hangs on the papers, not on the order in which they come; a repeat is the same bit for bit', () => {
  fc.assert(
    fc.property(model, papers, tastes, (of, list, wishes) => {
      const one = rank(of, list, wishes);
      const other = rank(of, [...list].reverse(), {
        ...wishes,
        liked: [...wishes.liked].reverse(),
        topics: [...wishes.topics],
      });
      expect(other.order.map((at) => other.pool.papers[at]?.id)).toEqual(
        one.order.map((at) => one.pool.papers[at]?.id),
      );
      expect(rank(of, list, wishes).scores).toEqual(one.scores);
    }),
    { numRuns: 100 },
  );
});

test('shares add up to the score, and nothing is ever not a number', () => {
  fc.assert(
    fc.property(model, papers, tastes, (of, list, wishes) => {
      const { pool, profile, scores } = rank(of, list, wishes);
      list.forEach((_, at) => {
        const total = scores.total[at] as number;
        expect(Number.isFinite(total)).toBe(true);
        const sum = shares(pool, profile, at, scores).reduce((all, { share }) => all + share, 0);
        expect(Math.abs(sum - total)).toBeLessThan(1e-8);
        const near = relevance(pool, profile, at);
        expect(near >= 0 && near <= 1).toBe(true);
        expect(relevance(pool, profile, at, scores)).toBeCloseTo(near, 8);
      });
    }),
    { numRuns: 100 },
  );
});

test('an excluded word never appears, in any inflection', () => {
  fc.assert(
    fc.property(model, papers, tastes, (of, list, wishes) => {
      const { pool, profile, order } = rank(of, list, wishes);
      for (const at of order) {
        const { title, abstract, topics } = pool.papers[at] as PoolPaper;
        const words = [title, abstract, ...topics].join(' ').split(' ');
        expect(words.filter((word) => wishes.excluded.includes(word))).toEqual([]);
        expect(excluded(pool, profile, at)).toBe(false);
      }
    }),
  );
});

/** Scores of each paper, before the profile is rounded for packing, or as it is packed. */
function scoresOf(of: Model, list: readonly PoolPaper[], wishes: Tastes, packed: boolean) {
  const pool = preparePool(of, list);
  const scores = newScores(pool);
  scorePool(pool, packed ? buildProfile(of, wishes) : wholeProfile(of, wishes), scores);
  return scores.total;
}

/**
 * What somebody's tastes and a like alone (with the same topics and names) both put before another paper stays before it
 * with both. So the papers nearest to a like fall behind nothing that was not before them.
 */
test.each([
  { packed: false, rounding: 1e-5, name: 'worked out exactly' },
  { packed: true, rounding: 0.05, name: 'as a profile is packed' },
])('a like never lowers its own neighbours, $name', ({ packed, rounding }) => {
  fc.assert(
    fc.property(model, papers, tastes, liked, (of, list, wishes, like) => {
      const score = (given: Tastes) => scoresOf(of, list, given, packed);
      const before = score(wishes);
      const alone = score({ ...wishes, liked: [like], disliked: [] });
      const after = score({ ...wishes, liked: [...wishes.liked, like] });
      // A packed profile keeps a number in eight bits of the largest of its kind.
      const scale = Math.max(1, ...[before, alone, after].flatMap((all) => [...all].map(Math.abs)));
      list.forEach((_, one) => {
        list.forEach((__, other) => {
          const lead = (scores: Float64Array) =>
            (scores[one] as number) - (scores[other] as number);
          if (lead(before) < 0 || lead(alone) < 0) return;
          expect(lead(after)).toBeGreaterThanOrEqual(-rounding * scale);
        });
      });
    }),
    { numRuns: 200 },
  );
});

test('a later like leaves what the earlier ones say of each other: all of them age alike', () => {
  fc.assert(
    fc.property(fc.array(liked, { minLength: 1, maxLength: 5 }), fc.nat(2000), (likes, days) => {
      const aged = likes.map((one) => ({ ...one, ageDays: one.ageDays + days }));
      const [now, later] = [likes, aged].map(
        (given) => wholeProfile(models[1] as Model, { ...NO_TASTES, liked: given }).weights,
      ) as [Float32Array, Float32Array];
      const scale = now.reduce((most, weight) => Math.max(most, weight), 0);
      now.forEach((weight, at) => {
        expect(Math.abs(weight - (later[at] as number))).toBeLessThanOrEqual(1e-5 * scale);
      });
    }),
  );
});

test('a packed profile is small, and unpacks to what it was', () => {
  const long = fc.array(fc.string({ maxLength: 300, unit: 'grapheme' }), { maxLength: 40 });
  fc.assert(
    fc.property(model, tastes, long, long, (of, wishes, many, names) => {
      const profile = buildProfile(of, {
        ...wishes,
        topics: many,
        excluded: many,
        authors: names,
        organisations: names,
        categories: names,
        liked: [...wishes.liked, { title: many.join(' '), abstract: '', ageDays: 1, weight: 1 }],
      });
      const bytes = packProfile(profile);
      expect(bytes.length).toBeLessThanOrEqual(PROFILE_BYTES_MAX);
      expect(unpackProfile(bytes)).toEqual(profile);
    }),
    { numRuns: 60 },
  );
});

test('3,303 authors, one word, no word, and papers that are all the same', () => {
  const authors = Array.from({ length: 3_303 }, (_, at) => `Author ${at}`);
  const same = (id: string): PoolPaper => ({
    id,
    title: 'Graph',
    abstract: '',
    topics: [],
    categories: [],
    authors,
  });
  const list = [same('c'), same('a'), same('b'), { ...same('d'), title: '', authors: [] }];
  const { order, scores } = rank(models[1] as Model, list, {
    liked: [{ id: 'a1', title: 'Graph', abstract: '', ageDays: 0, weight: 1 }],
    disliked: [],
    topics: ['graph'],
    excluded: [],
    categories: [],
    authors: ['author 3302'],
    organisations: [],
  });
  expect(order).toEqual([1, 2, 0, 3]);
  expect(scores.total.every(Number.isFinite)).toBe(true);
});

test('the same papers and likes in another order make the same model, byte for byte', () => {
  const again = fitModel({ papers: [...archive].reverse(), likes: [...likes].reverse() });
  const bytes = packModel(models[1] as Model);
  expect(packModel(again)).toEqual(bytes);
  expect(packModel(unpackModel(bytes))).toEqual(bytes);
  expect(() => unpackModel(bytes.slice(0, -1))).toThrow('The packed model is cut');
  expect(() => unpackModel(bytes.slice(1))).toThrow('This is no packed model of this version');
});

test('behind every factor stand five readers, each with at most a fifth; one alone changes nothing', () => {
  const list = fc.array(fc.uniqueArray(fc.nat(9), { maxLength: 5 }), { maxLength: 14 });
  const near = { papers: Uint32Array.of(1, 2, 3), cosines: Float32Array.of(0.9, 0.5, 0.2) };
  fc.assert(
    fc.property(list, (readers) => {
      for (const audience of audiences(10, readers, () => near)) {
        expect(audience.length === 0 || audience.length >= AUDIENCE_MIN).toBe(true);
        expect(new Set(audience).size).toBe(audience.length);
      }
    }),
  );
  // A paper of which no word stands elsewhere has four likers: nothing of them is told.
  const lonely = { id: 'lonely', title: 'xylophone', abstract: '' };
  const four = likes.map((reader, at) => (at < 4 ? [...reader, 'lonely'] : reader));
  const with4 = fitModel({ papers: [...archive, lonely], likes: four });
  const with3 = fitModel({
    papers: [...archive, lonely],
    likes: four.map((reader, at) => (at === 3 ? reader.filter((id) => id !== 'lonely') : reader)),
  });
  expect(packModel(with3)).toEqual(packModel(with4));
});

test('below 200 active readers the community has no say', () => {
  const few = fitModel({ papers: archive, likes: likes.slice(0, 199) });
  expect(few.community.factors.every((byte) => byte === 0)).toBe(true);
  expect(models[1]?.community.factors.some((byte) => byte !== 0)).toBe(true);
});

test('halved is a power of two', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 60, noNaN: true }), (x) => {
      expect(Math.abs(halved(x) / 2 ** -x - 1)).toBeLessThan(1e-14);
    }),
  );
  expect(halved(1e9)).toBe(0);
  expect(() => halved(-1)).toThrow('halved needs a number from 0 on, not -1.');
});

test('ln is the logarithm', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (x) => {
      expect(Math.abs(ln(x) - Math.log(x))).toBeLessThan(1e-13 * (1 + Math.abs(Math.log(x))));
    }),
  );
});
