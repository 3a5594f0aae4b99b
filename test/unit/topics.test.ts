import { expect, test } from 'vitest';
import { paperText, phraseOf, phraseScore } from '../../src/domain/rank/topics.ts';
import { paper } from '../support/papers.ts';

const score = (topic: string, over: Parameters<typeof paper>[0]) =>
  phraseScore(paperText(paper(over)), phraseOf(topic));

test.each([
  ['diffusion models', 'Diffusion Model Distillation'],
  ['large language model', 'On Large-Language Models'],
  ['policies', 'Learning a Policy'],
  ['schrodinger', 'The Schrödinger Bridge'],
  ['GPU', 'One GPU is enough'],
])('"%s" is met by "%s"', (topic, title) => {
  expect(score(topic, { title })).toBeGreaterThan(0);
});

test.each([
  ['diffusion models', 'Models of Diffusion'], // a phrase stands together
  ['art', 'A Party'], // whole words only
  ['bias', 'A Bia Paper'],
  ['   ', 'Anything'],
])('"%s" is not met by "%s"', (topic, title) => {
  expect(score(topic, { title, abstract: 'Nothing.' })).toBe(0);
});

test('the title counts more than the abstract, and both more than one', () => {
  const inTitle = score('robots', { title: 'Robots', abstract: 'None.' });
  const inAbstract = score('robots', { title: 'None', abstract: 'Robots.' });
  const inBoth = score('robots', { title: 'Robots', abstract: 'Robots.' });
  expect([inTitle > inAbstract, inBoth > inTitle]).toEqual([true, true]);
});

test('a category is a topic too', () => {
  expect(score('cs.cl', { categories: ['cs.CL'] })).toBeGreaterThan(0);
});
