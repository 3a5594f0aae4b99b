import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prepare } from '../../src/domain/compose/prepared.ts';
import { choose, compose, type Wish } from '../../src/domain/compose.ts';
import type { Candidate } from '../../src/domain/edition.ts';
import { Preferences } from '../../src/domain/preferences.ts';
import { emptyModel } from '../../src/domain/rank/model.ts';
import { buildProfile, type Tastes } from '../../src/domain/rank/profile.ts';
import { candidate, edition } from '../support/papers.ts';

/** Sentences of subjects that share few words. */
const TEA = 'Kettles brew oolong leaves; a teapot pours green jasmine infusions for sommeliers.';
const BRIDGES =
  'Suspension bridges carry steel cables across rivers; girders bend under traffic loads.';
const MOSS = 'Moss carpets the boreal forest floor where lichens and ferns shelter tardigrades.';
const subjects = { tea: TEA, bridges: BRIDGES, moss: MOSS };

/** Papers of a day, most votes first: `tea 3` is the third about tea. */
const day = (names: readonly string[]): Candidate[] =>
  names.map((name, at) => {
    const [subject = '', number = ''] = name.split(' ');
    const own = `x${number}${subject} y${number}${subject}`;
    const abstract = `${subjects[subject as keyof typeof subjects]} ${own}`;
    return candidate({ id: name, title: `${subject} ${own}`, abstract }, { upvotes: 100 - at });
  });
const many = (subject: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${subject} ${at + 1}`);

const nothing: Tastes = {
  liked: [],
  disliked: [],
  topics: [],
  excluded: [],
  categories: [],
  authors: [],
  organisations: [],
};
const liker = (abstract: string) => ({
  profile: buildProfile(emptyModel, {
    ...nothing,
    liked: [{ id: 'old', title: 'Old', abstract, ageDays: 0, weight: 1 }],
  }),
  titleOf: () => 'Old',
});
const wish = (preferences: Partial<Preferences> = {}, over: Partial<Wish> = {}): Wish => ({
  preferences: Preferences.parse(preferences),
  delivered: new Set(),
  lookbackDays: 1,
  ...over,
});
/** How many papers of each section, in the digest's order. */
const shape = (candidates: readonly Candidate[], of: Wish) => {
  const counts = new Map<string, number>();
  for (const { section = '' } of compose(prepare(edition(candidates)), of)) {
    counts.set(section, (counts.get(section) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
};

describe('the dial', () => {
  const mixed = day([...many('bridges', 12), ...many('moss', 12), ...many('tea', 12)]);
  test.each([
    [0, { trending: 10 }],
    [20, { yours: 2, trending: 7, explore: 1 }],
    [50, { yours: 5, trending: 4, explore: 1 }],
    [70, { yours: 7, trending: 2, explore: 1 }],
    [100, { yours: 10 }],
  ])('at %i shares ten slots', (dial, shared) => {
    expect(shape(mixed, wish({ dial }, { tastes: liker(TEA) }))).toEqual(shared);
  });

  test('fills what tastes leave empty with trending papers, but not at 100', () => {
    const thin = day([...many('bridges', 12), 'tea 1']);
    const of = (dial: number) => shape(thin, wish({ dial }, { tastes: liker(TEA) }));
    expect(of(100)).toEqual({ yours: 1 });
    expect(of(80)).toMatchObject({ yours: 1 });
    expect(Object.values(of(80)).reduce((a, b) => a + b, 0)).toBe(10);
  });

  test('is nothing to who told of no tastes: the trend order, wherever it stands', () => {
    const ids = (dial: number) =>
      compose(prepare(edition(mixed)), wish({ dial })).map(({ paperId }) => paperId);
    expect(ids(100)).toEqual(many('bridges', 10));
    expect(ids(100)).toEqual(ids(0));
  });

  test('mixes nothing silently: the section and the reason of every paper say why it is there', () => {
    const composition = compose(
      prepare(edition(mixed)),
      wish({ dial: 50 }, { tastes: liker(TEA) }),
    );
    for (const { section, reason, paperId } of composition) {
      if (section === 'yours') expect(paperId).toMatch(/^tea/);
      expect(reason.kind === 'trending').toBe(section === 'trending');
    }
  });
});

describe('sections', () => {
  const some = day([...many('bridges', 5), ...many('moss', 5), ...many('tea', 5)]);
  const by = (id: string, over: Partial<Candidate['paper']>) =>
    some.map((one) => (one.paper.id === id ? { ...one, paper: { ...one.paper, ...over } } : one));

  test('whom somebody follows comes first, whatever the words', () => {
    const composition = compose(
      prepare(edition(by('moss 5', { authors: ['Élodie Röß'] }))),
      wish({ authors: ['elodie roß'], dial: 100 }, { tastes: liker(TEA) }),
    );
    expect(composition[0]).toEqual({
      paperId: 'moss 5',
      reason: { kind: 'author', name: 'elodie roß' },
      section: 'followed',
    });
    expect(composition.slice(1).every(({ paperId }) => paperId.startsWith('tea'))).toBe(true);
  });

  test('a place that publishes a lot takes a third at most', () => {
    const all = some.map((one) => ({ ...one, paper: { ...one.paper, organisation: 'Big Lab' } }));
    expect(shape(all, wish({ organisations: ['big lab'] }))).toEqual({ followed: 4, trending: 6 });
  });

  test('one to explore is well regarded and none of theirs', () => {
    const composition = compose(
      prepare(edition(some)),
      wish({ topics: ['oolong'], dial: 50 }, { tastes: liker(TEA) }),
    );
    const explored = composition.filter(({ section }) => section === 'explore');
    expect(explored.map(({ reason }) => reason)).toEqual([{ kind: 'explore' }]);
    expect(explored[0]?.paperId).toMatch(/^(bridges|moss)/);
  });

  test('of the typed topics, those that stand in the paper are the reason', () => {
    const [first] = compose(
      prepare(edition(some)),
      wish({ topics: ['jasmine infusions', 'girders'], dial: 100 }),
    );
    expect(first?.reason.kind).toBe('topic');
  });

  test('a title that is no longer known gives way to the next reason', () => {
    const composition = compose(
      prepare(edition(some)),
      wish({ dial: 100 }, { tastes: { ...liker(TEA), titleOf: () => undefined } }),
    );
    expect(composition.length).toBe(5);
    expect(composition.every(({ reason }) => reason.kind === 'words')).toBe(true);
  });
});

describe('near-duplicates', () => {
  const long = `${TEA} ${MOSS} ${BRIDGES}`;
  const copies = (count: number) => [
    candidate({ id: 'other', title: 'Opera', abstract: 'Sopranos sing arias of Verdi.' }),
    ...Array.from({ length: count }, (_, at) =>
      candidate({ id: `copy ${at}`, title: `A study of kettles`, abstract: long }),
    ),
  ];
  const composed = (count: number, over: Partial<Preferences> = {}) =>
    compose(prepare(edition(copies(count))), wish(over)).map(({ paperId, also }) => [
      paperId,
      also,
    ]);

  test('stand as one, with the others named beneath', () => {
    expect(composed(3)).toEqual([
      ['other', undefined],
      ['copy 0', ['copy 1', 'copy 2']],
    ]);
  });

  test('beyond three are left out', () => {
    expect(composed(6)[1]).toEqual(['copy 0', ['copy 1', 'copy 2', 'copy 3']]);
  });

  test('fold what may be in the digest, and nothing else', () => {
    const ids = compose(
      prepare(edition(copies(3))),
      wish({}, { delivered: new Set(['copy 1']) }),
    ).flatMap(({ paperId, also = [] }) => [paperId, ...also]);
    expect(ids).toEqual(['other', 'copy 0', 'copy 2']);
  });

  test('are never told of texts that say too little', () => {
    const short = ['a', 'b', 'c'].map((id) => candidate({ id, title: 'Tea', abstract: 'Good.' }));
    expect(compose(prepare(edition(short)), wish()).length).toBe(3);
  });
});

test('whatever the wish: no paper twice, none kept out, none beyond the room, shares add up', () => {
  const names = [...many('bridges', 8), ...many('moss', 8), ...many('tea', 8)];
  const prepared = prepare(edition(day(names)));
  const wishes = fc.record({
    dial: fc.integer({ min: 0, max: 100 }),
    topics: fc.subarray(['jasmine', 'steel cables', 'lichens', 'nothing at all']),
    exclude: fc.subarray(['teapot', 'rivers', 'tardigrades']),
    papersMax: fc.integer({ min: 1, max: 20 }),
  });
  const had = fc.subarray(names);
  const liked = fc.constantFrom(undefined, liker(TEA), liker(MOSS));
  fc.assert(
    fc.property(wishes, had, liked, (preferences, delivered, tastes) => {
      const of = wish(preferences, { delivered: new Set(delivered), tastes });
      const { choices, valued } = choose(prepared, of);
      const ids = compose(prepared, of).flatMap(({ paperId, also = [] }) => [paperId, ...also]);
      expect(new Set(ids).size).toBe(ids.length);
      expect(choices.length).toBeLessThanOrEqual(preferences.papersMax);
      const kept = { teapot: 'tea', rivers: 'bridges', tardigrades: 'moss' };
      for (const id of ids) {
        expect(delivered).not.toContain(id);
        for (const word of preferences.exclude) {
          expect(id.startsWith(kept[word as keyof typeof kept])).toBe(false);
        }
      }
      for (const { index } of choices) {
        const sum = valued.shares(index).reduce((all, { share }) => all + share, 0);
        expect(sum).toBeCloseTo(valued.score(index), 6);
      }
    }),
    { numRuns: 200 },
  );
});
