import { expect, test } from 'vitest';
import { preferencesOver } from '../../src/cli/preference-options.ts';
import { Preferences } from '../../src/domain/preferences.ts';

const theirs = Preferences.parse({
  topics: ['tea'],
  hour: 6.5,
  papersMax: 5,
  community: true,
  pausedUntil: '2027-01-01',
});

test('what is named changes, everything else stays', () => {
  expect(preferencesOver(theirs, {})).toEqual(theirs);
  expect(preferencesOver(theirs, { layout: 'compact', papers: 7, sendEmpty: 'yes' })).toEqual({
    ...theirs,
    layout: 'compact',
    papersMax: 7,
    sendEmpty: true,
  });
});

test('an empty list empties, and an empty day ends a pause', () => {
  const { pausedUntil: _, ...awake } = theirs;
  expect(preferencesOver(theirs, { topics: [], pausedUntil: '' })).toEqual({
    ...awake,
    topics: [],
  });
});

test('for a newcomer the rest is the default', () => {
  expect(preferencesOver({}, { dial: 80 })).toEqual(Preferences.parse({ dial: 80 }));
});

test.each([
  [{ hour: 25 }, 'hour'],
  [{ timeZone: 'Mars' }, 'timeZone'],
  [{ categories: ['Computer Science'] }, 'categories'],
  [{ pausedUntil: 'tomorrow' }, 'pausedUntil'],
  [{ papers: Number.NaN }, 'papersMax'],
])('%j is refused, by the name of its field', (options, field) => {
  expect(() => preferencesOver(theirs, options)).toThrow(field);
});
