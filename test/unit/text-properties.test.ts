import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAtWord, plainText, titleKey } from '../../src/domain/text.ts';
import { linear } from '../support/linear-time.ts';

const tex = String.raw;

/** Pieces of the dirt that sources bring; a character reference may hide another, so none here. */
const debris = fc.constantFrom(
  ...[
    tex`\textbf{`,
    tex`\"`,
    tex`\'e`,
    tex`\url{`,
    tex`\cite{a}`,
    tex`\alpha`,
    tex`\name`,
    tex`\frac`,
  ],
  ...[
    '$',
    '$$',
    '{',
    '}',
    '^',
    '_',
    '~',
    '\\',
    '\\\\',
    '%',
    "''",
    '``',
    '`',
    "'",
    '--',
    '---',
    '\n',
    ' ',
  ],
  ...[
    '<b>',
    '</b>',
    '<think>',
    '< ',
    '>',
    'https://x.org/',
    'sim',
    'times',
    '5',
    '10',
    'word',
    'É',
    '.',
  ],
  ...['\u200b', '\u202e', '(', ')', '[', ']', 'A', 'and', ',', '-', '🙂', 'ﬁ', '日本'],
);
const dirty = fc.oneof(
  fc.array(debris, { maxLength: 25 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

describe('plainText on anything', () => {
  it('gives a text that it leaves as it is', () => {
    fc.assert(
      fc.property(dirty, (text) => {
        fc.pre(!text.includes('&'));
        const once = plainText(text);
        expect(plainText(once)).toBe(once);
      }),
      { numRuns: 3_000 },
    );
  });

  it('gives one line in NFC without commands and controls', () => {
    fc.assert(
      fc.property(dirty, (text) => {
        const plain = plainText(text);
        expect(plain).toBe(plain.trim().normalize('NFC'));
        expect(plain).not.toMatch(/\\|\s\s|[\p{Cc}\p{Cs}\p{Co}\u200b\u202e]/u);
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves ordinary prose word for word', () => {
    const word = fc.stringMatching(/^[A-Za-z][a-z]{1,9}[,.;:]?$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        const prose = words.join(' ');
        expect(plainText(prose)).toBe(prose);
      }),
    );
  });

  it.each([
    ...[
      '\\{',
      '$',
      '<',
      '{',
      '\\textbf{',
      '\\hat',
      '^\\tt',
      '$a',
      '\\(',
      '<a ',
      '<a b=',
      '&#',
      '`a',
    ],
    ...[
      "''",
      '-',
      '~',
      '\\c ',
      '\\cite[',
      '([',
      '{{a',
      'https://',
      '{bf ',
      'sim1',
      '<!--',
      '$\\hat$',
    ],
  ])('takes linear time on %s without end', (piece) => {
    expect(linear(plainText, piece)).toBe(true);
  });
});

describe('titleKey', () => {
  it('is the same for spellings of one title', () => {
    const key = titleKey('Naïve Bayes: the α-Case, Revisited');
    expect(titleKey(tex`  na\"ive {B}ayes --- The $\alpha$-case\n revisited!`)).toBe(key);
    expect(titleKey('STRASSE')).toBe(titleKey('Straße'));
    expect(titleKey('ﬁne-tuning')).toBe(titleKey('Fine Tuning'));
  });

  it('tells titles apart in any script', () => {
    expect(titleKey('注意力机制')).not.toBe(titleKey('扩散模型'));
    expect(titleKey('Model 1')).not.toBe(titleKey('Model 2'));
  });

  it('is never empty for a title', () => {
    for (const title of ['???', '🙂', '\u200b', '$$']) expect.soft(titleKey(title)).not.toBe('');
    expect(titleKey(' ??? ')).toBe('???');
  });

  it('does not see what plainText removes', () => {
    fc.assert(
      fc.property(dirty, (title) => {
        fc.pre(!title.includes('&') && /[A-Za-z]/.test(plainText(title)));
        expect(titleKey(plainText(title))).toBe(titleKey(title));
      }),
    );
  });
});

describe('cutAtWord', () => {
  it('cuts between words and says so', () => {
    expect(cutAtWord('one two three', 13)).toBe('one two three');
    expect(cutAtWord('one two three', 12)).toBe('one two…');
    expect(cutAtWord('one two three', 8)).toBe('one two…');
    expect(cutAtWord('x'.repeat(20), 10)).toBe(`${'x'.repeat(9)}…`);
  });

  it('stays within the limit and never splits a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 50 }),
        fc.integer({ min: 2, max: 50 }),
        (text, max) => {
          const cut = cutAtWord(text, max);
          expect(cut.length).toBeLessThanOrEqual(max);
          expect(cut).not.toMatch(/\p{Cs}/u);
        },
      ),
    );
  });
});
