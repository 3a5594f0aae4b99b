import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyModel } from '../../../src/domain/rank/model.ts';
import { bestFirst } from '../../../src/domain/rank/order.ts';
import { preparePool } from '../../../src/domain/rank/pool.ts';
import { buildProfile } from '../../../src/domain/rank/profile.ts';
import { newScores, STEP } from '../../../src/domain/rank/score.ts';

const nobody = buildProfile(emptyModel, {
  liked: [],
  disliked: [],
  topics: [],
  excluded: [],
  categories: [],
  authors: [],
  organisations: [],
});

test('papers stand by their totals, and those with the same by their ids, however far apart totals are', () => {
  const near = fc.integer({ min: -5, max: 5 });
  const far = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });
  const paper = fc.record({
    id: fc.string({ minLength: 1, maxLength: 4 }),
    steps: fc.oneof(near, far),
  });
  const list = fc.uniqueArray(paper, { selector: ({ id }) => id, maxLength: 40 });
  fc.assert(
    fc.property(list, (papers) => {
      const pool = preparePool(
        emptyModel,
        papers.map(({ id }) => ({
          id,
          title: '',
          abstract: '',
          topics: [],
          categories: [],
          authors: [],
        })),
      );
      const scores = newScores(pool);
      papers.forEach(({ steps }, at) => {
        scores.total[at] = steps * STEP;
      });
      const expected = [...papers].sort((a, b) => b.steps - a.steps || (a.id < b.id ? -1 : 1));
      expect(bestFirst(pool, nobody, scores).map((at) => papers[at])).toEqual(expected);
    }),
  );
});
