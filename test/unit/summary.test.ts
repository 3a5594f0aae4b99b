import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptable } from '../../src/domain/summary/accept.ts';
import { isWhole, sentences } from '../../src/domain/summary/sentences.ts';
import { standingAlone } from '../../src/domain/summary/start.ts';
import { summarise } from '../../src/domain/summary/summarise.ts';
import { linear } from '../support/linear-time.ts';

const BACKGROUND =
  'Kettles have become essential in kitchens over the last decades, and much attention was given to their lids.';
const GAP =
  'However, existing kettles remain slow, which is a challenging problem for people in a hurry.';
const NEW =
  'To address this gap, we propose SwiftKettle, a novel kettle that heats water from all of its sides at once.';
const STEP =
  'Specifically, a coil is wound around the body, and a sensor of heat steers each of its turns.';
const FOUND =
  'Experiments in twelve kitchens show that SwiftKettle boils a litre in 41 seconds, 38% faster than the best kettle before.';
const ASIDE =
  'The plans and all measurements are publicly available at https://example.org/kettle.';
const ABSTRACT = [BACKGROUND, GAP, NEW, STEP, FOUND, ASIDE].join(' ');

describe('sentences', () => {
  it.each<[string, string[]]>([
    ['Models, e.g. GPT, read. They stop.', ['Models, e.g. GPT, read.', 'They stop.']],
    [
      'See Smith et al. 2024 and J. Doe. We differ.',
      ['See Smith et al. 2024 and J. Doe.', 'We differ.'],
    ],
    ['It follows Smith et al. We differ.', ['It follows Smith et al.', 'We differ.']],
    [
      'It gains 3.5 points. See Fig. 2 for v1.2. End.',
      ['It gains 3.5 points.', 'See Fig. 2 for v1.2.', 'End.'],
    ],
    [
      'Made in the U.S. Air is thin. In the U.S. We fly.',
      ['Made in the U.S. Air is thin.', 'In the U.S.', 'We fly.'],
    ],
    ['Does it read? (It does.) So.', ['Does it read?', '(It does.)', 'So.']],
    ['It works. iKettle wins. t-SNE draws.', ['It works.', 'iKettle wins.', 't-SNE draws.']],
    ['We use Node.js and models.We gain.', ['We use Node.js and models.', 'We gain.']],
    ['It is vs. GPT, i.e. All of it, cf. Sec. 4.', ['It is vs. GPT, i.e. All of it, cf. Sec. 4.']],
    ['Steps: 1. Read it. 2. Stop.', ['Steps: 1. Read it.', '2. Stop.']],
    ['我们阅读。很好！真的？是。', ['我们阅读。', '很好！', '真的？', '是。']],
    ['One. % Two. • Three.', ['One.', 'Two.', 'Three.']],
    ['No end', ['No end']],
    ['', []],
  ])('of %j', (text, expected) => {
    expect(sentences(text)).toEqual(expected);
  });
});

describe('the beginning of a summary', () => {
  it.each<[string, string | undefined]>([
    ['However, we show it.', 'We show it.'],
    ['In this paper, however, we show it.', 'We show it.'],
    ['To fill this gap, we show it.', 'We show it.'],
    ['To boil water, we show it.', 'To boil water, we show it.'],
    ['We also show it.', 'We show it.'],
    ['(2) We show it.', 'We show it.'],
    ['We build one to address these challenges.', 'We build one.'],
    ['This paper shows it.', 'This paper shows it.'],
    ['This shows it.', undefined],
    ['It shows more.', undefined],
    ['These results show it.', undefined],
    ['They show it.', undefined],
    ['With these, kettles boil.', undefined],
    ['Still waters run deep.', 'Still waters run deep.'],
    ['iKettle shows it.', 'iKettle shows it.'],
  ])('of %j', (sentence, expected) => {
    expect(standingAlone(sentence)).toBe(expected);
  });
});

describe('summarise', () => {
  it('says what is new and what was found, without the words that lean on what is left out', () => {
    expect(summarise(ABSTRACT, 'SwiftKettle')).toBe(
      `We propose SwiftKettle, a novel kettle that heats water from all of its sides at once. ${FOUND}`,
    );
  });

  it('takes one sentence that says both', () => {
    const both = `We introduce a kettle with two lids and show that in twelve kitchens it needs ${'very '.repeat(20)}much less power, by 38%.`;
    expect(summarise(`${BACKGROUND} ${both} ${ASIDE}`)).toBe(both);
  });

  it('keeps the order of the abstract', () => {
    expect(summarise([FOUND, BACKGROUND, NEW].join(' '))).toBe(
      `${FOUND} We propose SwiftKettle, a novel kettle that heats water from all of its sides at once.`,
    );
  });

  it('ends a finding that is too long before its supplement', () => {
    const long = `${FOUND.slice(0, -1)}, while keeping ${'the taste, '.repeat(20)}and the warmth.`;
    expect(summarise([BACKGROUND, NEW, long].join(' '))).toMatch(
      / 38% faster than the best kettle before\.$/,
    );
  });

  it.each([
    ['none', '', ''],
    ['a short one', 'However,\n it boils', 'However, it boils'],
  ])('takes %s whole', (_, abstract, expected) => {
    expect(summarise(abstract)).toBe(expected);
  });

  it('takes neighbours when two are too short', () => {
    const short = 'We boil water now. ';
    expect(summarise(short.repeat(20))).toBe(short.repeat(7).trim());
  });

  it('ends a giant sentence at a clause, and cuts only what has none', () => {
    const giant = `We propose a kettle ${'with a very good lid '.repeat(8)}; it has ${'another lid and '.repeat(20)}a spout.`;
    expect(summarise(giant)).toBe(
      `We propose a kettle ${'with a very good lid '.repeat(8).trim()}.`,
    );
    expect(summarise('reading '.repeat(60))).toMatch(/^(reading )+reading…$/);
  });

  it('takes an abstract in another script by its own stops', () => {
    const text = `${'我们研究水壶以及如何更快地烧水并节约能源'.repeat(4)}。${'结果表明它更快而且更安静'.repeat(6)}。`;
    expect(summarise(text.repeat(4))).toMatch(/。$/);
  });

  it('of anything is no longer than 345, and the same again', () => {
    const piece = fc.constantFrom(
      BACKGROUND,
      GAP,
      NEW,
      STEP,
      FOUND,
      ASIDE,
      'It is. ',
      '…',
      '\\x{$1}$',
      'e.g. ',
      '(2) ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), (pieces) => {
        const text = pieces.join(' ');
        const summary = summarise(text, NEW);
        expect(summary.length).toBeLessThanOrEqual(345);
        expect(summarise(text, NEW)).toBe(summary);
      }),
    );
  });

  it('of sentences that stand alone ends at one, and has 120 to 345', () => {
    const piece = fc.constantFrom(
      BACKGROUND,
      GAP,
      NEW,
      STEP,
      FOUND,
      ASIDE,
      'It is. ',
      'We see e.g. Ada et al. there.',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const summary = summarise([BACKGROUND, ...pieces, FOUND].join(' '));
        expect(isWhole(summary)).toBe(true);
        expect(summary).not.toMatch(/^(?:However|It)\b/);
        expect(summary.length).toBeGreaterThanOrEqual(120);
      }),
    );
  });

  it.each([
    '. ',
    'A.',
    '"" ',
    ' \u202e',
    '.)”',
    'et al. ',
    'we show ',
    'to address this, ',
    '(1) ',
  ])('takes linear time on %j without end', (piece) => {
    expect(linear(summarise, piece)).toBe(true);
  });
});

describe('what an endpoint wrote', () => {
  const good = FOUND;
  it.each<[string, string, string | undefined]>([
    ['is taken', good, good],
    ['loses quotes, markup and a heading', `**Summary:** "<b>${good}</b>"`, good],
    ['loses what cannot be seen', `\u202e${good}\u200b`, good],
    ['is ended at a sentence', `${good} ${good} ${good}`, `${good} ${good}`],
    ['is refused without an end', good.slice(0, -1), undefined],
    ['is refused with a link', `${good} See https://evil.example/now.`, undefined],
    ['is refused with an address', `${good} Write to me@evil.example today.`, undefined],
    ['is refused with a number that the paper lacks', good.replace('38', '83'), undefined],
    ['is refused when it leans on something', `However, it is fast. ${good}`, undefined],
    ['is refused when it is too short', 'It boils.', undefined],
    ['is refused when it is empty', ' \n', undefined],
    ['is refused when it is one giant sentence', `We ${'boil '.repeat(100)}.`, undefined],
  ])('%s', (_, answer, expected) => {
    expect(acceptable(answer, ABSTRACT)).toBe(expected);
  });
});
