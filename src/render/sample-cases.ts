import type { Addressee, Composition, Section } from '../domain/composition.ts';
import type { Candidate } from '../domain/edition.ts';
import { summarise } from '../domain/summary/summarise.ts';
import type { DigestInput } from './render.ts';

/** One email to try a template on. */
export interface SampleCase {
  /** `weekly/right-to-left`. */
  readonly name: string;
  readonly input: DigestInput;
}

const DAY = '2025-03-14';
const NAMES = [
  'Ada Okafor',
  'Bruno Silva',
  'Chiara Conti',
  'Daniel Weiss',
  'Elif Kaya',
  'Farah Haddad',
];
const TITLES = [
  'Kettles That Listen: Boiling by Voice',
  'How Much Tea Is Enough? A Study of Twelve Kitchens',
  'Lid: A Small Language Model for Slow Mornings',
  'Scaling Laws of Sugar',
  'On the Convergence of Spoons',
];
const ABSTRACT =
  'Kettles are in every kitchen, and few of them listen. We present EarKettle, a kettle that boils when it is asked to and stops by itself. In twelve kitchens it needed 38% less power than the best kettle before, and nobody had to look for a switch.';

type Kind = (typeof KINDS)[number];
const KINDS = ['full', 'compact', 'text', 'weekly'] as const;

/** What a case is about: its papers, and what else is unlike the others. */
interface Scene {
  readonly papers: readonly Partial<Candidate['paper']>[];
  readonly addressee?: Partial<Addressee>;
  readonly reason?: (at: number) => Composition[number]['reason'];
}

const many = (count: number, over: Partial<Candidate['paper']> = {}) =>
  Array.from({ length: count }, () => over);
const LONG_NAME =
  'Maria-Theresia Konstantinopolitanische-Überschallgeschwindigkeit von und zu Hohenlohe-Schillingsfürst';
const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</h2></td></tr></table><form action="https://evil.example">',
  '{{constructor}} {{{this}}} {{#each}} R&D &amp; &lt;b&gt;',
  "a\r\nBcc: victim@example.org ' onmouseover='alert(1) \u202Egnp.exe",
];

const SCENES: Readonly<Record<string, Scene>> = {
  ten: { papers: many(10) },
  one: { papers: many(1) },
  none: { papers: [] },
  thirty: { papers: many(30) },
  german: { papers: many(10), addressee: { language: 'de' } },
  'long-names': {
    papers: many(3, {
      title: `${'Ein-sehr-langer-Titel-ohne-jede-Stelle-zum-Umbrechen'.repeat(3)} und noch ${'viele Wörter '.repeat(9)}`,
      authors: Array.from({ length: 6 }, () => LONG_NAME),
      topics: ['a topic whose name is longer than anybody would ever type into a field of a form'],
    }),
  },
  'many-authors': {
    papers: many(2, { authors: Array.from({ length: 3303 }, (_, n) => `Author Number${n + 1}`) }),
  },
  'no-abstract': { papers: many(3, { abstract: '', authors: [], categories: [], topics: [] }) },
  'right-to-left': {
    papers: many(3, {
      title: 'قراءة الأوراق العلمية في الصباح الباكر',
      authors: ['ليلى حداد', 'سامي الخطيب'],
      abstract: 'ندرس كيف يقرأ الناس الأوراق العلمية في الصباح. وجدنا أن الشاي يساعد كثيرا.',
    }),
  },
  hostile: {
    papers: HOSTILE.map((text) => ({
      title: text,
      abstract: `${text} `.repeat(4),
      authors: [text],
      categories: [text],
      codeUrl: 'javascript:alert(1)',
      projectUrl: `https://example.org/"><b onclick='x'>`,
    })),
    reason: (at) => ({ kind: 'topic', topics: [HOSTILE[at % HOSTILE.length] ?? ''] }),
  },
};

/** Every layout of a digest, with every kind of reader and paper that has broken one. */
export function digestCases(): SampleCase[] {
  return KINDS.flatMap((kind) =>
    Object.entries(SCENES).map(([name, scene]) => ({
      name: `${kind}/${name}`,
      input: inputOf(kind, scene),
    })),
  );
}

const reasons: readonly Composition[number]['reason'][] = [
  { kind: 'pinned', by: 'Bea' },
  { kind: 'author', name: 'Bruno Silva' },
  { kind: 'topic', topics: ['kettles', 'tea'] },
  { kind: 'trending', rank: 2, of: 101, upvotes: 57 },
  { kind: 'explore' },
];
const SECTIONS: readonly Section[] = ['pinned', 'followed', 'yours', 'trending', 'explore'];

function inputOf(kind: Kind, { papers, addressee, reason }: Scene): DigestInput {
  const candidates = papers.map((over, at) => candidate(at, over));
  const missed = [candidate(90), candidate(91)];
  const share = Math.max(1, Math.ceil(papers.length / SECTIONS.length));
  const composition: Composition = candidates.map(({ paper }, at) => {
    const section = Math.floor(at / share);
    return {
      paperId: paper.id,
      reason: reason?.(at) ?? reasons[section] ?? { kind: 'explore' },
      section: SECTIONS[section] ?? 'explore',
      ...(at === 1 ? { also: [missed[0]?.paper.id ?? ''] } : {}),
    };
  });
  const best = candidates[0]?.paper.id;
  const week = {
    listed: 101,
    about: [
      { name: 'cs.CL', papers: 51 },
      { name: 'stat.ML', papers: 24 },
    ],
    ...(best === undefined ? {} : { best }),
    missed: missed.map(({ paper }) => paper.id),
  };
  const base = 'https://papers.example.org';
  return {
    edition: {
      id: `daily/${DAY}`,
      digest: 'daily',
      title: 'Paperboy Daily',
      date: DAY,
      cutOffAt: `${DAY}T05:00:00Z`,
      number: 57,
      candidates: [...candidates, ...missed],
      ...(papers.length === 1 ? { lacking: [{ source: 'arxiv', why: 'it was away' }] } : {}),
    },
    frame: {
      from: 'Paperboy <digest@papers.example.org>',
      baseUrl: base,
      listId: 'daily.papers.example.org',
      postalAddress: 'Paperboy, 1 Example Street, Example City',
      keyId: 'k1',
      brand: 'Paperboy',
    },
    subscriberId: 17,
    addressee: {
      email: 'reader@example.com',
      language: 'en',
      layout: kind === 'weekly' ? 'full' : kind,
      ...(kind === 'weekly' ? { week } : {}),
      ...addressee,
    },
    composition,
    links: {
      view: `${base}/view/k1.17.AbCdEfGhIjKlMnOpQrStUv/daily/${DAY}`,
      preferences: `${base}/preferences/k1.17.BcDeFgHiJkLmNoPqRsTuVw`,
      unsubscribe: `${base}/unsubscribe/k1.17.CdEfGhIjKlMnOpQrStUvWx`,
      feedback: `${base}/feedback/k1.17.DeFgHiJkLmNoPqRsTuVwXy`,
    },
    sentAt: `${DAY}T07:00:00.000Z`,
  };
}

function candidate(at: number, over: Partial<Candidate['paper']> = {}): Candidate {
  const arxivId = `2503.${String(at + 1).padStart(5, '0')}`;
  const title = TITLES[at % TITLES.length] ?? '';
  return {
    paper: {
      id: arxivId,
      arxivId,
      title: at < TITLES.length ? title : `${title}, Part ${at}`,
      abstract: ABSTRACT,
      authors: Array.from(
        { length: 2 + ((at * 5) % 9) },
        (_, n) => NAMES[(at + n) % NAMES.length] ?? '',
      ),
      topics: ['kettles'],
      categories: ['cs.CL', 'stat.ML'],
      publishedAt: '2025-03-12T10:00:00Z',
      listedOn: DAY,
      ...(at % 2 === 0 ? { codeUrl: `https://github.com/example/kettle-${at + 1}` } : {}),
      ...(at % 3 === 0 ? { projectUrl: `https://example.org/kettle-${at + 1}` } : {}),
      ...over,
    },
    signal: { upvotes: 180 - at, comments: 0, stars: 0, position: at + 1 },
    newOn: DAY,
    summary: summarise(over.abstract ?? ABSTRACT, over.title ?? title),
    ...(at === 0
      ? {
          curated: {
            pinned: { by: 'Bea', at: `${DAY}T03:00:00Z` },
            note: { text: 'Begin here.', by: 'Bea' },
          },
        }
      : {}),
  };
}
