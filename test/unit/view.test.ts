import { describe, expect, it } from 'vitest';
import type { Reason } from '../../src/domain/composition.ts';
import { oneLine, wrap } from '../../src/render/plain.ts';
import { reasonWords } from '../../src/render/reason-words.ts';
import { authorsLine, openGallery, summary, webUrl } from '../../src/render/view.ts';
import { en } from '../../src/words/en.ts';
import { candidateOf } from '../support/digest-input.ts';
import { linear } from '../support/linear-time.ts';

const { paper: paperView } = openGallery();
const topic: Reason = { kind: 'topic', topics: ['reading'] };
const trending: Reason = { kind: 'trending', rank: 3, of: 42, upvotes: 57 };

describe('summary', () => {
  it('takes two sentences', () => {
    expect(summary('We read. It is good. It is long.')).toBe('We read. It is good.');
  });

  it('takes a short abstract whole, its line breaks as spaces', () => {
    expect(summary('We read\n  and do not\tstop')).toBe('We read and do not stop');
  });

  it('takes one sentence where two are too long', () => {
    expect(summary(`We read. ${'And so on '.repeat(40)}end. More.`)).toBe('We read.');
  });

  it('cuts at a word where one sentence is too long', () => {
    const cut = summary(`${'reading '.repeat(60)}ends. More.`);
    expect(cut).toMatch(/^(reading )+reading…$/);
    expect(cut.length).toBeLessThanOrEqual(345);
  });

  it.each([
    ['Models, e.g. GPT, read. They stop. Then not.', 'Models, e.g. GPT, read. They stop.'],
    [
      'See Smith et al. 2024 and J. Doe. We differ. So.',
      'See Smith et al. 2024 and J. Doe. We differ.',
    ],
    [
      'It gains 3.5 points. See Fig. 2 for v1.2. End. So.',
      'It gains 3.5 points. See Fig. 2 for v1.2.',
    ],
    ['Does it read? (It does.) Then it stops.', 'Does it read? (It does.)'],
    ['我们阅读。很好。很长。', '我们阅读。很好。'],
  ])('knows where a sentence of %j ends', (abstract, expected) => {
    expect(summary(abstract)).toBe(expected);
  });

  it.each(['. ', 'A.', '"" ', ' \u202e', '.)”', 'et al. '])(
    'takes linear time on %j without end',
    (piece) => {
      expect(linear(summary, piece)).toBe(true);
    },
  );
});

describe('authorsLine', () => {
  it.each([
    [[], ''],
    [['Ada Lovelace'], 'Ada Lovelace'],
    [['A', 'B', 'C', 'D'], 'A, B, C, D'],
    [['A', 'B', 'C', 'D', 'E', 'F'], 'A, B, C, D +2'],
    [Array.from({ length: 3303 }, (_, i) => `A${i}`), 'A0, A1, A2, A3 +3,299'],
    [['', ' \n '], ''],
  ])('of %j', (authors, expected) => {
    expect(authorsLine(authors)).toBe(expected);
  });
});

describe('reasonWords', () => {
  it.each<[Reason, string]>([
    [topic, 'Matches your topic “reading”'],
    [{ kind: 'topic', topics: ['a', 'b'] }, 'Matches your topics “a” and “b”'],
    [{ kind: 'topic', topics: ['a', 'b', 'c'] }, 'Matches your topics “a”, “b” and “c”'],
    [
      { kind: 'topic', topics: ['a', 'b', 'c', 'd', 'e'] },
      'Matches your topics “a”, “b”, “c” and 2 more',
    ],
    [trending, 'Trending with 57 upvotes: 3rd of 42 papers'],
    [{ ...trending, rank: 11, upvotes: 1 }, 'Trending with 1 upvote: 11th of 42 papers'],
    [{ ...trending, rank: 1, of: 1, upvotes: 0 }, 'Trending: 1st of 1 paper'],
    [{ kind: 'author', name: 'Ada' }, 'By Ada, whom you follow'],
    [{ kind: 'organisation', name: 'ETH' }, 'From ETH, which you follow'],
    [{ kind: 'words', words: ['tea', 'kettles'] }, 'Like what you liked: “tea”, “kettles”'],
    [{ kind: 'close', title: 'On tea' }, 'Close to “On tea”, which you liked'],
    [{ kind: 'readers', title: 'On tea' }, 'Readers of “On tea” like such papers'],
    [{ kind: 'explore' }, 'From outside of what you usually read'],
  ])('of %j', (reason, expected) => {
    expect(reasonWords(reason)).toBe(expected);
  });
});

describe('paperView', () => {
  it('tells authors, day, fields and votes', () => {
    expect(paperView(candidateOf(), topic, 1, 'full')).toMatchObject({
      authors: 'Ada Lovelace, Alan Turing',
      facts: '12 Mar 2025 · cs.CL, cs.AI · 12 upvotes',
    });
    expect(paperView(candidateOf(), topic, 1, 'compact')).toMatchObject({
      authors: 'Ada Lovelace, Alan Turing',
      facts: '12 upvotes',
    });
  });

  it('names votes once: in the reason of a trending paper', () => {
    expect(paperView(candidateOf(), trending, 1, 'full').facts).toBe('12 Mar 2025 · cs.CL, cs.AI');
  });

  it('leaves out what is not known', () => {
    const { paper, ...rest } = candidateOf({ authors: [], categories: [] }, 1, { upvotes: 0 });
    const { publishedAt: _, ...undated } = paper;
    expect(paperView({ ...rest, paper: undated }, topic, 1, 'full')).toMatchObject({
      authors: '',
      facts: 'reading',
    });
  });

  it('links what it can, each target once', () => {
    const code = 'https://github.com/example/x';
    const candidate = candidateOf({ codeUrl: code, projectUrl: code });
    expect(paperView(candidate, topic, 1, 'full').actions).toEqual([
      { label: 'PDF', url: 'https://arxiv.org/pdf/2503.00001' },
      { label: 'Code', url: code },
    ]);
    expect(paperView(candidate, topic, 1, 'compact').actions).toEqual([]);
  });

  it('gives the title of a paper that is nowhere no link', () => {
    const { paper, ...rest } = candidateOf();
    const { arxivId: _, ...nameless } = paper;
    const view = paperView(
      { ...rest, paper: { ...nameless, url: 'javascript:alert(1)' } },
      topic,
      1,
      'full',
    );
    expect(view.url).toBe('');
    expect(view.actions.map(({ label }) => label)).toEqual(['Code', 'Project']);
  });
});

describe('webUrl', () => {
  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    '\tjavascript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://example.org/1',
    'mailto:a@example.org',
    '//example.org',
    '/relative',
    'example.org',
    '',
    'https://',
    'https://arxiv.org@evil.example/',
    'https://user:word@example.org/',
    `https://example.org/${'x'.repeat(500)}`,
  ])('refuses %j', (link) => {
    expect(webUrl(link, 500)).toBe('');
  });

  it.each([
    ['http://example.org', 'http://example.org/'],
    ['https://example.org/a b"<x>', 'https://example.org/a%20b%22%3Cx%3E'],
    ['HTTPS://Example.org/?a=1&b=2', 'https://example.org/?a=1&b=2'],
  ])('takes %j', (link, expected) => {
    expect(webUrl(link, 500)).toBe(expected);
  });
});

describe('plain text', () => {
  it('is one line without controls, bidi controls and broken characters', () => {
    expect(oneLine(' a\r\nBcc: x\u0000\u0085\u202e\u2066b\u2028c\ud800\t\u007f ')).toBe(
      'a Bcc: xb c',
    );
    expect(oneLine('می‌خواهم 👩‍🔬')).toBe('می‌خواهم 👩‍🔬');
  });

  it('is wrapped between words, never inside one', () => {
    expect(wrap('aa bb cc\n\ndddddd e', 5)).toBe('aa bb\ncc\n\ndddddd\ne');
  });

  it('names a day the same way on every version of Node', () => {
    expect(en.longDay('2025-03-14')).toBe('Friday 14 March 2025');
    expect(en.longDay('2024-09-01')).toBe('Sunday 1 September 2024');
  });
});
