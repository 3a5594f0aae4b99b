import { describe, expect, test } from 'vitest';
import { prepare } from '../../src/domain/compose/prepared.ts';
import { decide, type Member } from '../../src/domain/delivery.ts';
import { Preferences } from '../../src/domain/preferences.ts';
import { candidate, edition } from '../support/papers.ts';

const DUE = new Date('2025-03-14T07:00:00Z');
const HOUR_MS = 3_600_000;
const two = prepare(edition([candidate({ id: 'a' }), candidate({ id: 'b' })]));
const none = prepare(edition([]));

function member(over: Partial<Member> = {}, preferences: Partial<Preferences> = {}): Member {
  return {
    subscriberId: 17,
    email: 'ada@example.org',
    state: 'active',
    preferences: Preferences.parse(preferences),
    suppressed: null,
    dueAt: DUE,
    lookbackDays: 1,
    delivered: new Set(),
    ...over,
  };
}
const decided = (one: Member, lateMs = 0, of = two) =>
  decide(of, one, { now: new Date(DUE.getTime() + lateMs), latestByHours: 6 });

describe('a member of a slice', () => {
  test('gets the papers, and what the email needs of them is frozen', () => {
    expect(decided(member({}, { layout: 'compact', topics: ['model'] }))).toEqual({
      kind: 'deliver',
      addressee: { email: 'ada@example.org', layout: 'compact', language: 'en' },
      composition: ['a', 'b'].map((paperId) => ({
        paperId,
        reason: { kind: 'topic', topics: ['model'] },
        section: 'yours',
      })),
    });
  });

  test.each(['bounced', 'complained', 'unsubscribed', 'erased', 'operator'])(
    'whose address is suppressed (%s) gets nothing',
    (suppressed) => {
      expect(decided(member({ suppressed }))).toEqual({ kind: 'suppressed', why: suppressed });
    },
  );

  test.each(['pending', 'unsubscribed'] as const)('who is %s gets nothing', (state) => {
    expect(decided(member({ state }))).toEqual({ kind: 'suppressed', why: state });
  });

  test('a suppression is named before anything else', () => {
    const one = member(
      { suppressed: 'bounced', state: 'unsubscribed' },
      { pausedUntil: '2025-04-01' },
    );
    expect(decided(one, 100 * HOUR_MS, none)).toEqual({ kind: 'suppressed', why: 'bounced' });
  });
});

describe('a pause', () => {
  test.each([
    ['2025-03-15', 'skipped'],
    ['2025-03-14', 'deliver'],
    ['2025-03-13', 'deliver'],
  ])('until %s means: %s', (pausedUntil, kind) => {
    expect(decided(member({}, { pausedUntil })).kind).toBe(kind);
  });

  test('ends by the calendar of the reader', () => {
    const at = (timeZone: string, dueAt: string) =>
      decided(member({ dueAt: new Date(dueAt) }, { timeZone, pausedUntil: '2025-03-15' })).kind;
    expect(at('Asia/Tokyo', '2025-03-14T14:59:00Z')).toBe('skipped'); // still Friday there
    expect(at('Asia/Tokyo', '2025-03-14T15:00:00Z')).toBe('deliver'); // Saturday, midnight
    expect(at('America/New_York', '2025-03-15T03:59:00Z')).toBe('skipped');
    expect(at('America/New_York', '2025-03-15T04:00:00Z')).toBe('deliver');
  });

  test('says until when', () => {
    expect(decided(member({}, { pausedUntil: '2025-04-01' }))).toEqual({
      kind: 'skipped',
      why: 'paused until 2025-04-01',
    });
  });
});

describe('what comes late', () => {
  test.each([
    [-1, 'deliver'],
    [6 * HOUR_MS, 'deliver'],
    [6 * HOUR_MS + 1, 'skipped'],
  ])('by %d ms is: %s', (lateMs, kind) => {
    expect(decided(member(), lateMs).kind).toBe(kind);
  });

  test('says when it was due and how late it is', () => {
    expect(decided(member(), 7.9 * HOUR_MS)).toEqual({
      kind: 'skipped',
      why: 'too late: due 2025-03-14T07:00:00.000Z, 7 h ago (at most 6 h)',
    });
  });
});

describe('nothing new', () => {
  const why = (one: Member, of = two) => {
    const decision = decided(one, 0, of);
    return decision.kind === 'skipped' ? decision.why : decision.kind;
  };

  test('says whether nothing was listed, nothing suited, or everything came before', () => {
    expect(why(member(), none)).toBe('nothing new: no paper was listed');
    expect(why(member({}, { exclude: ['model'] }))).toBe('nothing new today');
    expect(why(member({ lookbackDays: 7 }, { exclude: ['model'] }))).toBe('nothing new in 7 days');
    expect(why(member({ delivered: new Set(['a', 'b']) }))).toBe(
      'nothing new today: 2 papers were in earlier digests',
    );
  });

  test('one paper that is left is enough', () => {
    const decision = decided(member({ delivered: new Set(['a']) }));
    expect(decision).toMatchObject({ kind: 'deliver', composition: [{ paperId: 'b' }] });
  });
});
