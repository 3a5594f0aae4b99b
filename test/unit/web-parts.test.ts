import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blocklist } from '../../src/blocklist.ts';
import { limitKey, maskedAddress, networkOf } from '../../src/domain/address.ts';
import { bibtex } from '../../src/domain/bibtex.ts';
import { tombstones } from '../../src/domain/erasure.ts';
import { guessedTimeZone, preferredLanguage } from '../../src/domain/language.ts';
import { Preferences } from '../../src/domain/preferences.ts';
import { readPreferences, terms } from '../../src/web/preference-form.ts';
import { de } from '../../src/words/de.ts';
import { en } from '../../src/words/en.ts';
import { paper } from '../support/papers.ts';

describe('an address', () => {
  test.each([
    ['Ada+news@Example.org', 'ada@example.org'],
    ['a.d.a+x@gmail.com', 'ada@gmail.com'],
    ['a.d.a@example.org', 'a.d.a@example.org'],
    ['+@example.org', '+@example.org'],
  ])('%s is counted as %s', (email, key) => {
    expect(limitKey(email)).toBe(key);
  });

  test.each([
    ['ada@example.org', 'a•••@e•••.org'],
    ['x@y.co.uk', 'x•••@y•••.uk'],
    ['ada@localhost', 'a•••@l•••'],
  ])('%s is shown as %s', (email, mask) => {
    expect(maskedAddress(email)).toBe(mask);
  });

  test.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:aa:bb::1', '2001:db8:aa::/48'],
    ['2001:0db8:00aa:bb:1:2:3:4', '2001:db8:aa::/48'],
    ['::1', '0:0:0::/48'],
    ['2001::1', '2001:0:0::/48'],
    ['', 'unknown'],
    [undefined, 'unknown'],
    ['<script>', 'unknown'],
    ['1'.repeat(1_000), 'unknown'],
  ])('%s is of the network %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  test('that was erased is known by a code of each key, in any spelling, and not readable', () => {
    const keys = new Map([
      ['k2', 'the second key of the tests, long enough'],
      ['k1', 'the first key of the tests, long enough'],
    ]);
    const names = tombstones(keys, 'ada@example.org');
    expect(names).toEqual(tombstones(keys, ' ADA@example.org'));
    expect(names.map((name) => name.slice(0, 10))).toEqual(['erased:k2:', 'erased:k1:']);
    expect(names.join()).not.toContain('ada');
    expect(names).not.toEqual(tombstones(keys, 'ada@example.com'));
  });

  test('is blocked by itself, by its domain and by the domain above', () => {
    const blocked = blocklist('# disposable\nTrash.example\n\neve@example.org # asked for it\r\n');
    const found = [
      'a@trash.example',
      'a@mx.trash.example',
      'Eve@example.org',
      'ada@example.org',
      'a@nottrash.example',
    ];
    expect(found.map(blocked)).toEqual(['domain', 'domain', 'address', undefined, undefined]);
  });
});

describe('a browser', () => {
  test.each([
    ['de-AT,de;q=0.9,en;q=0.8', 'de', 'Europe/Vienna'],
    ['en-GB,en;q=0.9,de;q=0.8', 'en', 'Europe/London'],
    ['fr,de;q=0.5', 'de', 'Europe/Paris'],
    ['en;q=0.1, de', 'de', 'UTC'],
    ['de;q=0', 'en', 'Europe/Berlin'],
    ['x'.repeat(100_000), 'en', 'UTC'],
    [undefined, 'en', 'UTC'],
  ])('that asks for %s gets %s and %s', (header, language, zone) => {
    expect([preferredLanguage(header), guessedTimeZone(header)]).toEqual([language, zone]);
  });
});

describe('a form', () => {
  const stored = Preferences.parse({ topics: ['tea'], hour: 9, digests: ['weekly'] });

  test('changes what it has and keeps the rest', () => {
    const { preferences } = readPreferences({ topics: 'kettles, Tea\n; tea' }, stored, en);
    expect(preferences).toEqual({ ...stored, topics: ['kettles', 'Tea'] });
  });

  test('empties what is empty in it', () => {
    const form = { topics: '', papersMax: '', pausedUntil: '', exclude: ' , ' };
    const full = { ...stored, papersMax: 3, pausedUntil: '2025-04-01', sendEmpty: true };
    const { preferences } = readPreferences(form, full, en);
    expect(preferences).toMatchObject({ topics: [], exclude: [], sendEmpty: false });
    expect(preferences).not.toHaveProperty('papersMax', 3);
    expect(preferences?.pausedUntil).toBeUndefined();
  });

  test.each([
    ['hour', ['24', '-1', '', '7.25', '1e1', '٣', 'noon']],
    ['weekday', ['0', '8', '']],
    ['dial', ['101', '-1', 'x', '50.5']],
    ['papersMax', ['0', '51', 'many', '1 0']],
    ['cadence', ['hourly', '', '__proto__']],
    ['layout', ['pdf', 'constructor']],
    ['language', ['fr', '']],
    ['timeZone', ['Mars/Olympus', '', 'Europe/Berlin; drop table']],
    ['pausedUntil', ['tomorrow', '2025-02-30', '14.03.2025']],
    ['topics', ['x', 'x'.repeat(81), Array.from({ length: 51 }, (_, n) => `topic ${n}`).join()]],
    ['categories', ['cs.CL/', '<b>', 'CS.CL']],
  ] as const)('with a wrong %s is told so beside that field alone', (field, values) => {
    for (const value of values) {
      const { preferences, faults } = readPreferences({ [field]: value }, stored, en);
      expect([value, preferences, Object.keys(faults)]).toEqual([value, undefined, [field]]);
    }
  });

  test('never throws, and never gives what the preferences could not hold', () => {
    const names = Object.keys(Preferences.shape);
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.string(), fc.array(fc.string()))),
        (form) => {
          const { preferences } = readPreferences(form, stored, en);
          if (preferences !== undefined)
            expect(Preferences.parse(preferences)).toEqual(preferences);
        },
      ),
    );
  });

  test('reads words without what cannot be seen', () => {
    expect(terms('a\u202Eb, c\u0000d; \u200B')).toEqual(['ab', 'cd']);
  });

  test('old preferences still parse', () => {
    const old = {
      digests: ['daily'],
      cadence: 'daily',
      weekday: 1,
      hour: 7,
      timeZone: 'UTC',
      layout: 'full',
      topics: [],
      exclude: [],
      language: 'en',
    };
    expect(Preferences.parse(old)).toMatchObject({
      ...old,
      dial: 50,
      sendEmpty: false,
      authors: [],
    });
  });
});

describe('BibTeX', () => {
  test('has a key of its own for each paper, and nothing that TeX would run', () => {
    const papers = [
      paper({
        title: 'Tea \\input{/etc/passwd} & 50% of $x_1$',
        authors: ['Ada Okafor', 'J. {Doe}'],
        arxivId: '2503.00001',
      }),
      paper({ title: 'Tea \\input{/etc/passwd}', authors: ['Ada Okafor'], doi: '10.1234/a_b' }),
    ];
    const text = bibtex(papers);
    expect(text.match(/@misc\{(.*),/g)).toEqual([
      '@misc{okafor2025inputetcpasswd,',
      '@misc{okafor2025inputetcpasswd-2,',
    ]);
    expect(text).toContain(
      'title = {{Tea \\textbackslash{}input\\{/etc/passwd\\} \\& 50\\% of \\$x\\_1\\$}}',
    );
    expect(text).toContain('author = {Ada Okafor and J. \\{Doe\\}}');
  });
});

describe('the catalogues', () => {
  /** Every string of a catalogue by its path; a function is called with what it may be given. */
  function strings(value: unknown, path = ''): [string, string][] {
    if (typeof value === 'string') return [[path, value]];
    if (typeof value === 'function') return [[path, `function of ${value.length}`]];
    return Object.entries(value as object).flatMap(([name, one]) =>
      strings(one, `${path}.${name}`),
    );
  }
  /** Words that are the same in both languages. */
  const SAME = new Set([
    '.digest.pdf',
    '.digest.code',
    '.archive.code',
    '.home.emailHint',
    '.badLink.x',
  ]);

  test('have the same entries, none of them empty, and German is German', () => {
    const [english, german] = [strings(en), strings(de)];
    expect(german.map(([path]) => path).sort()).toEqual(english.map(([path]) => path).sort());
    const byPath = new Map(german);
    for (const [path, words] of english) {
      const other = byPath.get(path) ?? '';
      expect([path, other.trim()]).not.toEqual([path, '']);
      if (words.startsWith('function of')) expect([path, other]).toEqual([path, words]);
      else if (!SAME.has(path)) expect([path, other === words]).toEqual([path, false]);
    }
  });
});
