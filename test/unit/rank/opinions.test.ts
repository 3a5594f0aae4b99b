import { expect, test } from 'vitest';
import { fitModel, type Model } from '../../../src/domain/rank/model.ts';
import { buildProfile, type Liked, packProfile } from '../../../src/domain/rank/profile.ts';

const SUBJECTS = ['kettle oolong teapot steeping', 'girder cable suspension river'];
const papers = Array.from({ length: 40 }, (_, at) => ({
  id: `p${at}`,
  title: `On ${SUBJECTS[at % 2]}`,
  abstract: `Part ${at} of ${SUBJECTS[at % 2]}, with w${at % 5}x.`,
}));
/** Enough readers, each of one subject, for the community to count. */
const likes = Array.from({ length: 400 }, (_, reader) =>
  [0, 2, 4].map((step) => `p${(reader + step * 2) % 40}`),
);
const fitted = () => fitModel({ papers, likes, counted: [] });

function profileOf(model: Model, liked: Partial<Liked>, kind: 'liked' | 'disliked' = 'liked') {
  const nothing = { topics: [], excluded: [], categories: [], authors: [], organisations: [] };
  const one = { id: 'p0', title: '', abstract: '', ageDays: 0, weight: 1, ...liked };
  return packProfile(buildProfile(model, { liked: [], disliked: [], ...nothing, [kind]: [one] }));
}

test('what is kept of a paper that somebody liked changes nobody’s profile', () => {
  const model = fitted();
  const text = { title: 'Teapots', abstract: 'A kettle and oolong, steeping.' };
  const revised = { title: 'Bridges', abstract: 'A girder and a cable over the river.' };
  const first = profileOf(model, text);
  expect(profileOf(model, text)).toEqual(first);
  expect(profileOf(model, { ...text, weight: 0.5, ageDays: 99 })).toEqual(
    profileOf(fitted(), { ...text, weight: 0.5, ageDays: 99 }),
  );
  expect(profileOf(model, text, 'disliked')).toEqual(profileOf(fitted(), text, 'disliked'));
  expect(profileOf(model, revised)).toEqual(profileOf(fitted(), revised));
  expect(profileOf(model, revised)).not.toEqual(first);
  expect(profileOf(model, { ...text, id: 'p1' })).toEqual(
    profileOf(fitted(), { ...text, id: 'p1' }),
  );
  expect(profileOf(model, text)).toEqual(first);
});
