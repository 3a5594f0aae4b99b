import { expect, test } from 'vitest';
import { type Look, whyNothingNew } from '../../src/domain/why-nothing-new.ts';

const look = (over: Partial<Look>): Look => ({
  source: 'hf-daily',
  input: '2025-03-14',
  today: '2025-03-14',
  readable: 0,
  rejected: 0,
  rejections: [],
  ...over,
});

test.each<[string, Partial<Look>]>([
  ['nothing was listed', {}],
  ['Saturday: Hugging Face lists nothing', { input: '2025-03-15' }],
  ['Sunday: Hugging Face lists nothing', { input: '2025-03-16' }],
  ['Saturday: arXiv announces nothing', { source: 'arxiv cs.CL', input: '2025-03-15' }],
  ['Sunday: arXiv announces nothing', { source: 'arxiv', input: 'newest', today: '2025-03-16' }],
  ['nothing was listed', { source: 'page', input: '2025-03-15' }],
  ['nothing was listed', { source: 'arxivish', input: '2025-03-15' }],
  ['the source answered 304', { said: 'the source answered 304', input: '2025-03-15' }],
  [
    'the same 217 ids as the day before; 3 were replaced',
    { readable: 217, sameAs: '2025-03-13', said: '3 were replaced' },
  ],
  ['nothing new: all 217 papers were known already', { readable: 217 }],
  ['nothing new: the one paper was known already', { readable: 1 }],
  ['the same 217 ids as the day before', { readable: 217, sameAs: '2025-03-13' }],
  ['the same 217 ids as 2025-03-10', { readable: 217, sameAs: '2025-03-10' }],
  ['the same 217 ids as at an earlier look', { readable: 217, sameAs: '2025-03-14' }],
  ['the same id as the day before', { readable: 1, sameAs: '2025-03-13' }],
  [
    'none of the 3 rows could be read: title: is empty',
    { rejected: 3, rejections: [{ why: 'title: is empty' }] },
  ],
  ['not even its one row could be read: no reason kept', { rejected: 1 }],
])('%s', (words, over) => {
  expect(whyNothingNew(look(over))).toBe(words);
});
