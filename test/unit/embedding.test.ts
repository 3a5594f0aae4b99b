import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blend, embeddingScores, verdict } from '../../src/domain/rank/embedding.ts';

const vector = (...numbers: number[]) => Float32Array.from(numbers);

it('the nearer a paper is to what is liked, the higher; mean 0, deviation 1; a gap is the mean', () => {
  const scores = embeddingScores(
    [vector(1, 0), vector(0.8, 0.6)],
    [vector(1, 0), undefined, vector(0, 1), vector(0.6, 0.8)],
  );
  const known = [0, 2, 3].map((at) => scores[at] ?? Number.NaN);
  expect(known.indexOf(Math.max(...known))).toBe(0);
  expect(known.indexOf(Math.min(...known))).toBe(1);
  expect(known.reduce((a, b) => a + b)).toBeCloseTo(0);
  expect(known.reduce((a, b) => a + b * b, 0) / 3).toBeCloseTo(1);
  expect(scores[1]).toBe(0);
});

it('says nothing without likes, without vectors, when all are alike, and of another model’s vectors', () => {
  const paper = vector(1, 0);
  const nothing = [
    embeddingScores([], [paper, vector(0, 1)]),
    embeddingScores([paper], [undefined, undefined]),
    embeddingScores([paper], [paper, paper, paper]),
    embeddingScores([paper, vector(-1, 0)], [paper, vector(0, 1)]),
    embeddingScores([paper], [vector(1, 0, 0), vector(0, 1, 0)]),
  ];
  for (const scores of nothing) expect([...scores].every((score) => score === 0)).toBe(true);
});

it('with weight 0 scores stay what they are, bit for bit; no number is ever NaN', () => {
  const numbers = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), {
    minLength: 1,
    maxLength: 20,
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
  fc.assert(
    fc.property(numbers, vectors, vectors, (scores, liked, papers) => {
      const embedding = embeddingScores(liked, papers);
      expect([...embedding].every(Number.isFinite)).toBe(true);
      expect([...blend(scores, embedding, 0)]).toEqual(scores);
      expect([...blend(scores, embedding, 0.3)].every(Number.isFinite)).toBe(true);
    }),
  );
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
