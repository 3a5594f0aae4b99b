import fc from 'fast-check';
import { expect, it } from 'vitest';
import { embeddingScores, nearestByVector, verdict } from '../../src/domain/rank/embedding.ts';

const vector = (...numbers: number[]) => Float32Array.from(numbers);

it('the nearer a paper is to what is liked, the higher; the mean is 0, and what a gap has', () => {
  const scores = embeddingScores(
    [vector(1, 0), vector(0.8, 0.6)],
    [vector(1, 0), undefined, vector(0, 1), vector(0.6, 0.8)],
    1,
  );
  const known = [0, 2, 3].map((at) => scores[at] ?? Number.NaN);
  expect(known.indexOf(Math.max(...known))).toBe(0);
  expect(known.indexOf(Math.min(...known))).toBe(1);
  expect(known.reduce((a, b) => a + b)).toBeCloseTo(0);
  expect(scores[1]).toBe(0);
});

it('says nothing without likes, without vectors, when all are alike, and of another model’s vectors', () => {
  const paper = vector(1, 0);
  const nothing = [
    embeddingScores([], [paper, vector(0, 1)], 1),
    embeddingScores([paper], [undefined, undefined], 1),
    embeddingScores([paper], [paper, paper, paper], 1),
    embeddingScores([paper, vector(-1, 0)], [paper, vector(0, 1)], 1),
    embeddingScores([paper], [vector(1, 0, 0), vector(0, 1, 0)], 1),
  ];
  for (const scores of nothing) expect([...scores].every((score) => score === 0)).toBe(true);
});

const vectors = fc.array(
  fc.float32Array({
    noNaN: true,
    noDefaultInfinity: true,
    minLength: 3,
    maxLength: 3,
    min: -1,
    max: 1,
  }),
  { maxLength: 20 },
);

it('with weight 0 it says nothing; twice the weight says twice as much; no number is ever NaN', () => {
  fc.assert(
    fc.property(vectors, vectors, (liked, papers) => {
      const scores = embeddingScores(liked, papers, 0.3);
      expect([...scores].every(Number.isFinite)).toBe(true);
      expect([...embeddingScores(liked, papers, 0)].every((score) => score === 0)).toBe(true);
      const twice = embeddingScores(liked, papers, 0.6);
      for (const [at, score] of scores.entries()) expect(twice[at]).toBeCloseTo(2 * score, 6);
    }),
  );
});

it('what somebody’s likes and a further one both put in front stays there with that one too', () => {
  fc.assert(
    fc.property(vectors, vectors, vectors, (liked, more, papers) => {
      const [like] = more;
      if (like === undefined || like.every((x) => x === 0)) return;
      const before = embeddingScores(liked, papers, 1);
      const alone = embeddingScores([like], papers, 1);
      const after = embeddingScores([...liked, like], papers, 1);
      const scale = Math.max(1, ...before.map(Math.abs), ...alone.map(Math.abs));
      papers.forEach((_, one) => {
        papers.forEach((__, other) => {
          const lead = (scores: Float64Array) => (scores[one] ?? 0) - (scores[other] ?? 0);
          if (lead(before) < 0 || lead(alone) < 0) return;
          expect(lead(after)).toBeGreaterThanOrEqual(-1e-5 * scale);
        });
      });
    }),
  );
});

it('names the liked paper that is nearest, of two alike the first by its id', () => {
  const liked = new Map([
    ['c', vector(0, 1)],
    ['b', vector(1, 0)],
    ['a', vector(1, 0)],
    ['longer', vector(1, 0, 0)],
  ]);
  expect(nearestByVector(liked, vector(0.9, 0.1))).toBe('a');
  expect(nearestByVector(liked, vector(0.1, 0.9))).toBe('c');
  expect(nearestByVector(liked, undefined)).toBeUndefined();
  expect(nearestByVector(new Map(), vector(1, 0))).toBeUndefined();
});

it('a gain counts when it is larger than two standard errors, on enough tasks', () => {
  const without = Array.from({ length: 40 }, (_, n) => 0.3 + (n % 5) / 100);
  const plus = (gain: number) => without.map((value, n) => value + gain + ((n % 2) - 0.5) / 10);
  expect(verdict({ without, with: plus(0.05) })).toMatchObject({ tasks: 40, improves: true });
  expect(verdict({ without, with: plus(0.005) }).improves).toBe(false);
  expect(verdict({ without, with: plus(-0.05) }).improves).toBe(false);
  expect(verdict({ without, with: without }).improves).toBe(false);
  expect(verdict({ without: without.slice(0, 20), with: plus(0.05).slice(0, 20) }).improves).toBe(
    false,
  );
  expect(verdict({ without: [], with: [] })).toMatchObject({ gain: 0, improves: false });
  expect(() => verdict({ without: [1], with: [] })).toThrow(RangeError);
});
