import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePage } from '../../src/sources/page.ts';
import { SourceError } from '../../src/sources/source.ts';

const DATE = '2025-03-14';
const HEADER = [
  'new',
  'Get trending papers in your email inbox!',
  'Subscribe',
  'byAK and the research community',
  'Mar 14',
];

const filler =
  'We measure how kettles, rivers and clocks drift apart when nobody looks at them for a while';

interface Written {
  readonly title: string;
  readonly abstract: string;
}

const PAPERS: readonly Written[] = [
  { title: 'Slow Kettles Learn Faster', abstract: `${filler}. The answer is mostly heat.` },
  { title: 'Can a River Plan Ahead?', abstract: `Rivers do not plan. ${filler}, and so on.` },
  {
    title: `${'Clocks that Count Themselves, and Other Very Long Titles '.repeat(3)}about Time`,
    abstract: `${filler}. ${filler}. Code: https://github.com/tick/tock.git.`,
  },
  { title: 'On Doors', abstract: 'A door is either open or shut, which we prove with two hinges.' },
  { title: 'Lamps', abstract: `${filler} and find that lamps agree: https://lamps.example` },
];

function page(papers: readonly Written[], header = HEADER): string {
  const blocks = papers.flatMap(({ title, abstract }) => [title, abstract]);
  return `${[...header, ...blocks].join('\n\n')}\n`;
}

function titles(text: string): string[] {
  return parsePage(text, { date: DATE }).listings.map(({ record }) => record.title);
}

describe('parsePage', () => {
  it('reads title and abstract in turn, with the place on the page and the day given', () => {
    const { listings, rejections } = parsePage(page(PAPERS), { date: DATE });
    expect(rejections).toEqual([]);
    expect(listings.map(({ record }) => record.abstract)).toEqual(PAPERS.map((p) => p.abstract));
    expect(listings.map(({ signal }) => signal.position)).toEqual([1, 2, 3, 4, 5]);
    expect(listings[0]).toEqual({
      record: {
        title: 'Slow Kettles Learn Faster',
        abstract: PAPERS[0]?.abstract,
        authors: [],
        topics: [],
        categories: [],
        language: 'en',
        listedOn: DATE,
      },
      signal: { upvotes: 0, comments: 0, stars: 0, position: 1 },
    });
  });

  it('takes the link to GitHub as the code', () => {
    const { listings } = parsePage(page(PAPERS), { date: DATE });
    expect(listings.map(({ record }) => record.codeUrl)).toEqual([
      undefined,
      undefined,
      'https://github.com/tick/tock',
      undefined,
      undefined,
    ]);
  });

  it('cleans titles and abstracts', () => {
    const [paper] = parsePage('Na\\"ive Kettles\n\nThey gain 7\\% of heat.', {
      date: DATE,
    }).listings;
    expect(paper?.record).toMatchObject({
      title: 'Naïve Kettles',
      abstract: 'They gain 7% of heat.',
    });
  });

  it('skips whatever part of the header is there, in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(HEADER), fc.constantFrom('\n', '\n\n'), (lines, gap) => {
        const text = `${lines.join(gap)}\n\n${page(PAPERS, [])}`;
        expect(titles(text)).toEqual(PAPERS.map(({ title }) => title.trim()));
      }),
    );
  });

  it('does not take a paper for a header behind the first paper', () => {
    const odd = { title: 'Subscribe', abstract: `${filler}.` };
    expect(titles(page([...PAPERS, odd]))).toContain('Subscribe');
  });

  it('bears Windows line ends, unbreakable spaces and a byte order mark', () => {
    const text = `\ufeff${page(PAPERS).replaceAll('\n\n', '\r\n\u00a0\u200b\r\n').replaceAll('Slow ', 'Slow\u00a0')}`;
    expect(titles(text)).toEqual(titles(page(PAPERS)));
  });

  it('joins an abstract that was broken into lines', () => {
    const text = page(PAPERS).replaceAll(' and ', '\nand ').replace('research\n', 'research ');
    expect(titles(text.replace('byAK\nand', 'byAK and'))).toEqual(titles(page(PAPERS)));
  });

  it('reads a page without any blank line line by line', () => {
    expect(titles(page(PAPERS).replaceAll('\n\n', '\n'))).toEqual(titles(page(PAPERS)));
  });
});

describe('parsePage with a hole', () => {
  const whole = parsePage(page(PAPERS), { date: DATE }).listings;

  it.each(PAPERS.map(({ title }, index) => [title, index] as const))(
    'rejects only %s without its abstract',
    (title, index) => {
      const lines = page(PAPERS).split('\n');
      const { at, text } = without(lines, PAPERS[index]?.abstract);
      const { listings, rejections } = parsePage(text, { date: DATE });
      expect(listings).toEqual(whole.toSpliced(index, 1));
      expect(rejections).toEqual([{ at: at - 2, why: expect.stringContaining('no abstract') }]);
      expect(rejections[0]?.why).toContain(title.slice(0, 20));
    },
  );

  it.each(PAPERS.map(({ title }, index) => [title, index] as const))(
    'rejects only the abstract of %s without its title',
    (title, index) => {
      const { at, text } = without(page(PAPERS).split('\n'), title);
      const { listings, rejections } = parsePage(text, { date: DATE });
      expect(listings).toEqual(whole.toSpliced(index, 1));
      expect(rejections).toEqual([{ at: at + 2, why: expect.stringContaining('no title') }]);
    },
  );

  it('rejects a paper whose title is nothing but debris', () => {
    const { listings, rejections } = parsePage(
      page([...PAPERS, { title: '\\cite{x}', abstract: `${filler}.` }]),
      {
        date: DATE,
      },
    );
    expect(listings).toEqual(whole);
    expect(rejections).toEqual([{ at: 31, why: 'title: is empty' }]);
  });
});

/** The page with one line made blank, and that line's number. */
function without(lines: readonly string[], line: string | undefined): { at: number; text: string } {
  const index = lines.indexOf(line ?? '');
  return { at: index + 1, text: lines.with(index, '').join('\n') };
}

describe('parsePage on a page that is none', () => {
  it.each([
    ['nothing', ''],
    ['white space', ' \r\n\u00a0\n\t'],
    ['a header only', HEADER.join('\n\n')],
  ])('refuses %s and says what to do', (_what, text) => {
    expect(() => parsePage(text, { date: DATE })).toThrow(SourceError);
    expect(() => parsePage(text, { date: DATE })).toThrow(/copy the whole papers page/);
  });

  it('refuses a page that is too long, or of another kind', () => {
    expect(() => parsePage('x'.repeat(20_000_001), { date: DATE })).toThrow(/20 MB/);
    expect(() => parsePage('x\n\n'.repeat(20_001), { date: DATE })).toThrow(/papers page\?/);
  });

  it('refuses a day that is none', () => {
    expect(() => parsePage(page(PAPERS), { date: 'Mar 14' })).toThrow(/2025-03-14/);
  });
});

describe('parsePage on any papers', () => {
  const word = fc.stringMatching(/^[A-Z][a-z]{2,10}$/);
  const title = fc.array(word, { minLength: 2, maxLength: 18 }).map((words) => words.join(' '));
  const sentence = fc
    .array(word, { minLength: 8, maxLength: 25 })
    .map((words) => `${words.join(' ')}.`);
  const abstract = fc.array(sentence, { minLength: 2, maxLength: 9 }).map((all) => all.join(' '));
  const papers = fc.array(fc.record({ title, abstract }), { minLength: 1, maxLength: 20 });

  it('gives back what was written', () => {
    fc.assert(
      fc.property(papers, (written) => {
        const { listings, rejections } = parsePage(page(written), { date: DATE });
        expect(rejections).toEqual([]);
        expect(listings.map(({ record: { title, abstract } }) => ({ title, abstract }))).toEqual(
          written,
        );
      }),
    );
  });

  it('loses one paper with one paragraph', () => {
    fc.assert(
      fc.property(papers, fc.nat(), (written, seed) => {
        const blocks = written.flatMap((paper) => [paper.title, paper.abstract]);
        const hole = seed % blocks.length;
        const rest = blocks.toSpliced(hole, 1).join('\n\n');
        const { listings, rejections } = parsePage(rest, { date: DATE });
        const expected = written.toSpliced(Math.floor(hole / 2), 1);
        expect(listings.map(({ record }) => record.title)).toEqual(expected.map((p) => p.title));
        expect(rejections).toHaveLength(1);
      }),
    );
  });
});
