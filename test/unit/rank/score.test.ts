import { expect, test } from 'vitest';
import { excluded } from '../../../src/domain/rank/excluded.ts';
import { emptyModel, fitModel, packModel, unpackModel } from '../../../src/domain/rank/model.ts';
import { bestFirst } from '../../../src/domain/rank/order.ts';
import { type PoolPaper, preparePool } from '../../../src/domain/rank/pool.ts';
import {
  buildProfile,
  PROFILE_BYTES_MAX,
  packProfile,
  unpackProfile,
} from '../../../src/domain/rank/profile.ts';
import {
  newScores,
  relevance,
  scorePool,
  shares,
  similarity,
} from '../../../src/domain/rank/score.ts';

const paper = (id: string, title: string, abstract: string): PoolPaper => ({
  id,
  title,
  abstract,
  topics: [],
  categories: ['cs.LG'],
  authors: ['Ada Lovelace'],
});
const papers = [
  paper('a', 'Graph neural networks for molecules', 'Message passing over graphs of atoms.'),
  paper('b', 'Speech recognition with transformers', 'Acoustic models that listen.'),
  paper('c', 'Diffusion for images', 'Denoising pictures step by step.'),
];
const nobody = {
  liked: [],
  disliked: [],
  topics: [],
  excluded: [],
  categories: [],
  authors: [],
  organisations: [],
};

test('a like brings what is about the same to the front, with its words', () => {
  const model = unpackModel(packModel(fitModel({ papers, likes: [] })));
  const pool = preparePool(model, papers);
  const profile = buildProfile(model, {
    ...nobody,
    liked: [{ title: 'Molecular graphs', abstract: 'Networks', ageDays: 0, weight: 1 }],
    excluded: ['denoise'],
  });
  expect(unpackProfile(packProfile(profile))).toEqual(profile);
  const scores = newScores(pool);
  scorePool(pool, profile, scores);
  expect(bestFirst(pool, profile, scores)).toEqual([0, 1]);
  const why = shares(pool, profile, 0);
  expect(why[0]).toMatchObject({ kind: 'words' });
  expect(why.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(scores.total[0] as number, 6);
  expect(relevance(pool, profile, 0)).toBeGreaterThan(relevance(pool, profile, 1));
  expect(similarity(pool, 0, 0)).toBeCloseTo(1, 5);
  expect(excluded(pool, profile, 2)).toBe(true);
});

test('the very first day has no archive, and a profile stays small', () => {
  const pool = preparePool(emptyModel, papers);
  const profile = buildProfile(emptyModel, { ...nobody, topics: ['speech recognition'] });
  expect(packProfile(profile).length).toBeLessThanOrEqual(PROFILE_BYTES_MAX);
  const scores = newScores(pool);
  scorePool(pool, profile, scores);
  expect(bestFirst(pool, profile, scores)[0]).toBe(1);
});
