import fc from 'fast-check';
import { expect, test } from 'vitest';
import { announcedOn, submissionsOf } from '../../src/domain/arxiv-calendar.ts';
import { isCategory } from '../../src/domain/arxiv-categories.ts';

test.each([
  ['Monday before 14:00 in New York', '2025-03-10T17:59:00Z', '2025-03-11'],
  ['Monday at 14:00', '2025-03-10T18:00:00Z', '2025-03-12'],
  ['Thursday after the cut-off', '2025-03-13T18:00:00Z', '2025-03-17'],
  ['Friday before the cut-off', '2025-03-14T17:00:00Z', '2025-03-17'],
  ['Friday after the cut-off', '2025-03-14T18:00:00Z', '2025-03-18'],
  ['Saturday', '2025-03-15T12:00:00Z', '2025-03-18'],
  ['Monday in winter, an hour later', '2025-01-13T18:30:00Z', '2025-01-14'],
])('what is submitted on a %s', (_what, at, day) => {
  expect(announcedOn(new Date(at))).toBe(day);
});

test('a weekend has no list', () => {
  expect(submissionsOf('2025-03-15')).toBeUndefined();
  expect(submissionsOf('2025-03-16')).toBeUndefined();
  expect(submissionsOf('2025-03-17')).toEqual({
    from: new Date('2025-03-13T18:00:00Z'),
    before: new Date('2025-03-14T18:00:00Z'),
  });
});

test('every moment is of the one list that it is announced on', () => {
  const moments = fc.date({
    min: new Date('2020-01-01'),
    max: new Date('2030-01-01'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(moments, (at) => {
      const window = submissionsOf(announcedOn(at));
      expect(window).toBeDefined();
      expect(window && window.from <= at && at < window.before).toBe(true);
    }),
  );
});

test.each([
  'cs.CL',
  'astro-ph.CO',
  'cond-mat.mes-hall',
  'physics.flu-dyn',
  'physics.med-ph',
  'quant-ph',
  'math-ph',
  'q-bio.BM',
  'econ.EM',
  'cmp-lg',
])('%s is a category', (name) => {
  expect(isCategory(name)).toBe(true);
});

test.each([
  'I.2.7',
  '68T05',
  '68T05, 68T07',
  'I.4.2; E.4; I.2.10',
  'machine',
  'CS.CL',
  'cs.cl',
  '',
])('“%s” is none', (name) => {
  expect(isCategory(name)).toBe(false);
});
