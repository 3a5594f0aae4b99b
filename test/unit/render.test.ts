import { describe, expect, it } from 'vitest';
import type { Composition } from '../../src/domain/composition.ts';
import { type Email, fingerprint } from '../../src/domain/email.ts';
import { renderer } from '../../src/render/render.ts';
import { loadTemplate, Template } from '../../src/render/template.ts';
import { candidatesOf, digestInput } from '../support/digest-input.ts';
import { decoded, expectParity, flat, titlesOf } from '../support/email-html.ts';
import before from '../support/template-before-themes.json' with { type: 'json' };

const templates = new URL('../../templates', import.meta.url).pathname;
const render = renderer(await loadTemplate(templates, 'digest'));

describe('a digest', () => {
  it('says what it is about, and says the same in HTML and in text', () => {
    const email = render(digestInput(candidatesOf(10)));
    expect(email).toMatchObject({
      deliveryId: 'daily/2025-03-14/17',
      from: 'Paperboy <paperboy@example.org>',
      to: 'reader@example.com',
      subject: 'Paper number 1: reading in the morning + 9 more',
    });
    for (const words of [
      'Friday 14 March 2025',
      '10 papers for you',
      'Chosen from 10 papers: 10 match your topics.',
      'Matches your topic “reading”',
      'Ada Lovelace, Alan Turing',
      '12 Mar 2025 · cs.CL, cs.AI · 12 upvotes',
      'You get this because you subscribed to Paperboy Daily at papers.example.org:8443.',
      'Paperboy, 1 Example Street, 10115 Berlin',
    ]) {
      expect(decoded(email.html ?? '').replaceAll('&middot;', '·')).toContain(words);
      expect(flat(email.text)).toContain(words);
    }
    expect(titlesOf(email.html ?? '')).toHaveLength(10);
    expect(email.html).toMatch(/<html lang="en"/);
    expectParity(email);
  });

  it('says what its edition lacks, of an address only the host', () => {
    const input = digestInput(candidatesOf(1));
    const lacking = ['arxiv cs.CL', 'feed https://ada:pass@k.example/rss?key=secret'].map(
      (source) => ({ source, why: 'HTTP 503' }),
    );
    const email = render({ ...input, edition: { ...input.edition, lacking } });
    const told = 'Without arxiv cs.CL, feed k.example, which could not be read this time.';
    expect(flat(email.text)).toContain(told);
    expect(decoded(email.html ?? '')).toContain(told);
    expect(email.text + email.html).not.toMatch(/secret|pass/);
  });

  it('carries what a list mail must carry', () => {
    expect(render(digestInput(candidatesOf(1))).headers).toEqual({
      'Message-ID': '<daily.2025-03-14.17@papers.example.org>',
      Date: 'Fri, 14 Mar 2025 07:00:00 +0000',
      'List-Id': 'Paperboy Daily <daily.papers.example.org>',
      'List-Unsubscribe': '<https://papers.example.org/unsubscribe/k1.17.ghi>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'Auto-Submitted': 'auto-generated',
      Precedence: 'bulk',
      'Feedback-ID': 'daily:2025-03-14:digest:paperboy',
      'Content-Language': 'en',
    });
  });

  it('is the same at every attempt', async () => {
    const again = renderer(await loadTemplate(templates, 'digest'));
    const input = digestInput(candidatesOf(20));
    expect(JSON.stringify(render(input))).toBe(JSON.stringify(render(structuredClone(input))));
    expect(again(input)).toEqual(render(input));
  });

  it('has no HTML in the text layout, and every detail', () => {
    const email = render(digestInput(candidatesOf(3), { layout: 'text' }));
    expect('html' in email).toBe(false);
    expect(email.text).toContain('PDF: https://arxiv.org/pdf/2503.00003');
    expect(Math.max(...email.text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(72);
  });

  it('is short in the compact layout', () => {
    const email = render(digestInput(candidatesOf(30), { layout: 'compact' }));
    expect(titlesOf(email.html ?? '')).toHaveLength(30);
    expect(email.html).not.toContain('arxiv.org/pdf');
    expect(email.html?.length).toBeLessThan(45_000);
    expectParity(email);
  });

  it('of one paper says so, and previews its abstract', () => {
    const email = render(digestInput(candidatesOf(1)));
    expect(email.subject).toBe('Paper number 1: reading in the morning');
    expect(email.html).toContain('1 paper for you');
    expect(email.html).toContain('We read paper 1. It is good. It is long.');
  });

  it('previews the next titles in 40 to 130 characters', () => {
    for (const title of [
      'Short',
      'A title of middle length for a paper',
      'Long words '.repeat(20),
    ]) {
      for (const n of [1, 2, 3, 4]) {
        const { html = '' } = render(digestInput(candidatesOf(n, { title, abstract: title })));
        const [, preheader = ''] = /aria-hidden="true">([^<]*?)&#847;/.exec(html) ?? [];
        expect(decoded(preheader).length).toBeGreaterThanOrEqual(40);
        expect(decoded(preheader).length).toBeLessThanOrEqual(130);
      }
    }
  });

  it('counts reasons in its intro', () => {
    const candidates = candidatesOf(3);
    const composition = candidates.map(({ paper }, i) => ({
      paperId: paper.id,
      reason:
        i === 0
          ? { kind: 'topic' as const, topics: ['reading'] }
          : { kind: 'trending' as const, rank: i, of: 3, upvotes: 5 },
    }));
    const email = render(digestInput(candidates, { composition }));
    expect(email.text).toContain('Chosen from 3 papers: 1 matches your topics, 2 are trending.');
    expect(email.text).toContain('Trending with 5 upvotes: 2nd of 3 papers');
  });

  it('is refused when a paper is missing, and without an instant', () => {
    const input = digestInput(candidatesOf(1));
    const reason = { kind: 'topic' as const, topics: ['x'] };
    expect(() => render({ ...input, composition: [{ paperId: '9', reason }] })).toThrow(
      'edition daily/2025-03-14 has no paper 9',
    );
    expect(() => render({ ...input, sentAt: 'today' })).toThrow('sentAt is no instant: today');
  });
});

describe('a digest in sections', () => {
  const candidates = candidatesOf(5);
  const reason = { kind: 'topic' as const, topics: ['reading'] };
  const at = (index: number) => candidates[index]?.paper.id ?? '';
  const composition: Composition = [
    { paperId: at(0), reason: { kind: 'pinned', by: 'Bea' }, section: 'pinned' },
    { paperId: at(1), reason, section: 'yours', also: [at(3), at(4)] },
    { paperId: at(2), reason: { kind: 'explore' }, section: 'explore' },
  ];

  it('has a heading over each, and its papers one level deeper', () => {
    const email = render(digestInput(candidates, { composition }));
    const headings = [...(email.html ?? '').matchAll(/<(h\d) class="(?:lead )?(\w+)/g)].map(
      ([, tag, name]) => `${tag} ${name}`,
    );
    const section = ['h2 section', 'h3 title'];
    expect(headings).toEqual(['h1 heading', ...section, ...section, ...section]);
    for (const name of ['Picked by the editors', 'For you', 'Something different']) {
      expect(email.html).toContain(name);
      expect(email.text).toContain(name);
    }
    expect(flat(email.text)).toContain(
      'Chosen from 5 papers: 1 picked by the editors, 1 for you, 1 to explore.',
    );
    expectParity(email);
  });

  it.each(['full', 'compact', 'text'] as const)(
    'names and links what was folded into a paper, in the %s layout',
    (layout) => {
      const email = render(digestInput(candidates, { composition, layout }));
      for (const index of [3, 4]) {
        expect(flat(email.text)).toContain(`See also: ${candidates[index]?.paper.title}`);
        expect(email.text).toContain(`https://arxiv.org/abs/${at(index)}`);
      }
      if (layout !== 'text') expectParity(email);
    },
  );

  it('is refused when it folds a paper that the edition does not have', () => {
    const folded = [{ paperId: at(0), reason, also: ['9'] }];
    expect(() => render(digestInput(candidates, { composition: folded }))).toThrow('no paper 9');
  });
});

describe('a template that was pinned before there were themes', () => {
  it('makes the same bytes as then', () => {
    const old = renderer(Template.parse(before));
    const inputs = (['full', 'compact', 'text'] as const).flatMap((layout) =>
      [1, 12, 45].map((count) => digestInput(candidatesOf(count), { layout })),
    );
    const german = inputs.map((input) => ({
      ...input,
      addressee: { ...input.addressee, language: 'de' as const },
    }));
    const long = digestInput(
      candidatesOf(50, {
        title: 'A longer title '.repeat(15),
        abstract: 'word '.repeat(500),
        codeUrl: `https://example.org/${'x'.repeat(300)}`,
      }),
    );
    expect(fingerprint([...inputs, ...german, long].map(old))).toBe(
      '391ebaa4670fb79b914f3a963d26b2e8cc5227be76d3c692b52e418b85be2f75',
    );
  });
});

describe('which issue it is', () => {
  it('is said, with the name of the digest', () => {
    const input = digestInput(candidatesOf(1));
    const issue = (title: string, brand: string, number?: number) =>
      render({
        ...input,
        edition: { ...input.edition, title, ...(number === undefined ? {} : { number }) },
        frame: { ...input.frame, brand },
      }).text.split('\n')[0];
    expect(issue('Paperboy Daily', 'Paperboy', 1_057)).toBe('Paperboy · Daily · No. 1,057');
    expect(issue('Vision Notes', 'Lab')).toBe('Paperboy · Vision Notes');
    expect(issue('Lab', 'Lab')).toBe('Paperboy');
  });

  it('is a list mail with an archive', () => {
    const input = digestInput(candidatesOf(1));
    const { headers } = render({ ...input, frame: { ...input.frame, brand: 'Paperboy' } });
    expect(headers['List-Archive']).toBe('<https://papers.example.org:8443/archive>');
  });
});

describe('a paper that is nowhere', () => {
  it('leads to its page in the archive', () => {
    const [candidate] = candidatesOf(1);
    if (candidate === undefined) throw new Error('no candidate');
    const { arxivId: _, ...paper } = { ...candidate.paper, id: 'title:ab/c' };
    const email = render(digestInput([{ ...candidate, paper }]));
    expect(decoded(email.html ?? '')).toContain(
      'href="https://papers.example.org:8443/papers/title%3Aab%2Fc"',
    );
    expectParity(email);
  });
});

describe('a digest with nothing new', () => {
  it('says so, and still has every way out', () => {
    const email = render({ ...digestInput(candidatesOf(3)), composition: [] });
    expect(email.subject).toBe('Nothing new for you today');
    expect(flat(email.text)).toContain('None of 3 papers is new to you.');
    expect(email.html).toContain('https://papers.example.org/unsubscribe/');
    expectParity(email);
  });
});

describe('a digest in German', () => {
  it('has no English word of ours', () => {
    const input = digestInput(candidatesOf(2));
    const email = render({ ...input, addressee: { ...input.addressee, language: 'de' } });
    expect(email.headers['Content-Language']).toBe('de');
    expect(flat(email.text)).toContain('Ausgewählt aus 2 Paper: 2 treffen deine Themen.');
    expect(flat(email.text)).toContain('Freitag, 14. März 2025');
    expect(email.html).toContain('<html lang="de"');
    for (const word of ['View in', 'Preferences', 'Unsubscribe', 'Matches', 'Save', 'You get']) {
      expect([word, email.text.includes(word), email.html?.includes(`>${word}`)]).toEqual([
        word,
        false,
        false,
      ]);
    }
    expectParity(email);
  });
});

describe('the size of the HTML', () => {
  const bytes = ({ html = '' }: Email) => Buffer.byteLength(html);
  const fullOf = ({ html = '' }: Email) => html.match(/class="paper"/g)?.length ?? 0;
  const long = (piece: string, chars: number) => piece.repeat(chars / piece.length);

  it('stays under 90,000 bytes: the last papers take the compact form', () => {
    const record = {
      title: long('A longer title than most ', 225).trim(),
      abstract: long('A rather long sentence of an abstract ', 4000),
      authors: Array.from({ length: 12 }, () => long('Longname ', 54)),
      codeUrl: `https://example.org/${long('x', 300)}`,
      projectUrl: `https://example.org/${long('y', 300)}`,
    };
    const email = render(digestInput(candidatesOf(50, record)));
    expect(bytes(email)).toBeLessThan(90_000);
    expect(bytes(email)).toBeGreaterThan(84_000);
    expect(fullOf(email)).toBeGreaterThan(5);
    expect(titlesOf(email.html ?? '')).toHaveLength(50);
    expect(email.html).toMatch(/<\/html>$/);
    expect(email.html).toMatch(/class="paper"(?!.*class="paper".*class="brief".*class="paper")/s);
    expectParity(email);
  });

  it('stays under 90,000 bytes when everything is made of quotes and emoji', () => {
    for (const piece of [`"`, `'`, '=', '👩‍🔬', '漢']) {
      const text = piece.repeat(1000);
      const record = {
        title: text,
        abstract: text,
        authors: [text, text, text, text, text],
        categories: [text],
        codeUrl: `https://example.org/?${text.slice(0, 400)}`,
      };
      for (const layout of ['full', 'compact'] as const) {
        const candidates = candidatesOf(50, record);
        const composition = candidates.map(({ paper }) => ({
          paperId: paper.id,
          reason: { kind: 'topic' as const, topics: Array.from({ length: 50 }, () => text) },
        }));
        const email = render(digestInput(candidates, { layout, composition }));
        expect(bytes(email)).toBeLessThan(90_000);
        expect(titlesOf(email.html ?? '')).toHaveLength(50);
        expectParity(email);
      }
    }
  });
});
