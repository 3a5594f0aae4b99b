import { describe, expect, it } from 'vitest';
import { prepare } from '../../src/domain/compose/prepared.ts';
import type { Composition } from '../../src/domain/composition.ts';
import { Addressee } from '../../src/domain/composition.ts';
import { Preferences } from '../../src/domain/preferences.ts';
import { addresseeOf } from '../../src/domain/weekly.ts';
import { renderer } from '../../src/render/render.ts';
import { loadTemplate } from '../../src/render/template.ts';
import { candidateOf, digestInput } from '../support/digest-input.ts';
import { decoded, expectParity, flat, titlesOf } from '../support/email-html.ts';

const render = renderer(
  await loadTemplate(new URL('../../templates', import.meta.url).pathname, 'digest'),
);

/** Twelve papers of a week, in trend order; the eleventh is older than the week. */
const candidates = Array.from({ length: 12 }, (_, at) => ({
  ...candidateOf(
    {
      title: `Paper ${at + 1}${at === 3 ? ' on robots' : ''}`,
      categories: at < 6 ? ['cs.CL'] : [],
      topics: at < 6 ? ['unread'] : ['privacy'],
    },
    at + 1,
  ),
  newOn: at === 10 ? '2025-03-07' : '2025-03-12',
}));
const { edition } = digestInput(candidates);
const prepared = prepare(edition);
const id = (number: number) => `2503.${String(number).padStart(5, '0')}`;
const chosen: Composition = [
  { paperId: id(2), reason: { kind: 'topic', topics: ['x'] }, also: [id(5)] },
];
const reader = (preferences: Partial<Preferences>, delivered: readonly string[] = []) => ({
  email: 'reader@example.com',
  preferences: Preferences.parse(preferences),
  delivered: new Set(delivered),
  lookbackDays: 7,
});

describe('who reads once a week', () => {
  it('is told of the week what it held, and what was high in it and is not theirs', () => {
    const wish = reader({ cadence: 'weekly', exclude: ['robots'] }, [id(6)]);
    expect(addresseeOf(prepared, wish, chosen)).toEqual({
      email: 'reader@example.com',
      layout: 'full',
      language: 'en',
      week: {
        listed: 11,
        about: [
          { name: 'cs.CL', papers: 6 },
          { name: 'privacy', papers: 5 },
        ],
        best: id(1),
        // Not 2 and 5, which they get; not 4, which they excluded; not 6, which they had.
        missed: [id(1), id(3), id(7), id(8), id(9)],
      },
    });
  });

  it('alone is: daily readers are known as before', () => {
    expect(addresseeOf(prepared, reader({}), chosen)).toEqual({
      email: 'reader@example.com',
      layout: 'full',
      language: 'en',
    });
    const before = { email: 'a@example.org', layout: 'full', language: 'en' };
    expect(Addressee.parse(before)).toEqual(before);
  });

  it('of a week without papers is told nothing of it', () => {
    const empty = prepare({ ...edition, candidates: [] });
    expect(addresseeOf(empty, reader({ cadence: 'weekly' }), []).week).toEqual({
      listed: 0,
      about: [],
      missed: [],
    });
  });
});

describe('a weekly digest', () => {
  const week = addresseeOf(prepared, reader({ cadence: 'weekly' }), chosen).week;
  const input = digestInput(candidates, { composition: chosen });
  const weekly = (change: Partial<Addressee>) =>
    render({ ...input, addressee: { ...input.addressee, ...change, ...(week ? { week } : {}) } });

  it('begins with the week in short and ends with what was missed', () => {
    const email = weekly({});
    for (const words of [
      'Week to Friday 14 March 2025',
      'Your week in 1 paper',
      'Listed: 11 papers',
      'Mostly about: cs.CL (6), privacy (5)',
      'First in the trend: Paper 1',
      'What you missed',
      'Paper 7',
    ]) {
      expect(flat(decoded(email.html ?? '').replace(/<[^>]*>/g, ' '))).toContain(words);
      expect(flat(email.text)).toContain(words);
    }
    expect(email.html).toContain(`https://arxiv.org/abs/${id(3)}`);
    expect(titlesOf(email.html ?? '')).toEqual(['Paper 2']);
    expect(email.headers['Feedback-ID']).toBe('daily:2025-03-14:weekly:paperboy');
    expectParity(email);
  });

  it('is so in every layout and language', () => {
    expect(flat(weekly({ layout: 'text' }).text)).toContain('What you missed');
    expectParity(weekly({ layout: 'compact' }));
    const german = weekly({ language: 'de' });
    expect(german.text).toContain('Was du verpasst hast');
    expect(german.text).not.toMatch(/Week|Listed|missed/);
    expectParity(german);
  });
});
