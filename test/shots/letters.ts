import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Addressee, Composition, Section, Week } from '../../src/domain/composition.ts';
import type { Candidate, Edition } from '../../src/domain/edition.ts';
import type { Email } from '../../src/domain/email.ts';
import { deliveryLinks } from '../../src/domain/links.ts';
import {
  type NoticeInput,
  noticeRenderer,
  sampleNotice,
  TO_SUBSCRIBERS,
} from '../../src/render/notice.ts';
import { renderer } from '../../src/render/render.ts';
import { loadTemplate } from '../../src/render/template.ts';
import { readTheme } from '../../src/render/theme.ts';

/** An email as it is shown, under the name of its picture. */
export interface Letter {
  readonly name: string;
  readonly email: Email;
}

const frame = {
  from: 'Paperboy <digest@paperboy.example.org>',
  baseUrl: 'https://paperboy.example.org',
  listId: 'daily.paperboy.example.org',
  postalAddress: 'Paperboy, 1 Example Street, Example City',
  keyId: 'demo',
  brand: 'Paperboy',
};
const keys = new Map([['demo', 'the pictures sign with this and no real installation ever does']]);
const NAMES =
  'Ada Okafor,Bruno Silva,Chiara Conti,Daniel Weiss,Elif Kaya,Farah Haddad,Grace Kim,Ines Moreau'.split(
    ',',
  );
const CATEGORIES = ['cs.CL', 'cs.LG', 'cs.CV', 'stat.ML'];

/** The bundled papers with what their page does not tell: invented authors, votes and links. */
function sampleCandidates(root: string): Candidate[] {
  const lines = readFileSync(join(root, 'sample', 'papers.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line, at) => {
    const { title, abstract, topics } = JSON.parse(line);
    const number = String(at + 1).padStart(5, '0');
    const count = 2 + ((at * 5) % 9);
    return {
      paper: {
        id: `2503.${number}`,
        arxivId: `2503.${number}`,
        title,
        abstract,
        topics,
        authors: Array.from({ length: count }, (_, n) => NAMES[(at + n) % NAMES.length] ?? ''),
        categories: [CATEGORIES[at % 4] ?? '', CATEGORIES[(at + 1) % 4] ?? ''],
        publishedAt: '2025-03-12T10:00:00Z',
        listedOn: '2025-03-14',
        ...(at % 2 === 0 ? { codeUrl: `https://github.com/example/paper-${at + 1}` } : {}),
        ...(at % 5 === 0 ? { projectUrl: `https://example.org/paper-${at + 1}` } : {}),
      },
      signal: { upvotes: 180 - at, comments: 0, stars: 0, position: at + 1 },
      newOn: '2025-03-14',
      ...(at === 40
        ? {
            curated: {
              pinned: { by: 'Bea', at: '2025-03-14T03:00:00Z' },
              note: {
                text: 'Short, and it changes how one reads the rest. Begin here.',
                by: 'Bea',
              },
            },
          }
        : {}),
    };
  });
}

const SECTIONS: readonly (readonly [Section, number])[] = [
  ['pinned', 1],
  ['followed', 1],
  ['yours', 5],
  ['trending', 2],
  ['explore', 1],
];

/** A digest with every section and every kind of reason. */
function composed(candidates: readonly Candidate[], times: number): Composition {
  const ids = candidates.map(({ paper }) => paper.id);
  const [pinned = '', ...others] = [ids[40] ?? '', ...ids.filter((_, at) => at !== 40)];
  const queue = [pinned, ...others];
  const reasons = (section: Section, at: number): Composition[number]['reason'] => {
    if (section === 'pinned' && at === 0) return { kind: 'pinned', by: 'Bea' };
    if (section === 'followed') return { kind: 'author', name: 'Bruno Silva' };
    if (section === 'explore') return { kind: 'explore' };
    if (section === 'trending')
      return { kind: 'trending', rank: at, of: candidates.length, upvotes: 180 - at };
    const kinds: Composition[number]['reason'][] = [
      { kind: 'topic', topics: ['language models'] },
      { kind: 'words', words: ['pruning', 'quantization'] },
      { kind: 'close', title: 'Fluctuation-based Adaptive Structured Pruning' },
    ];
    return kinds[at % 3] as Composition[number]['reason'];
  };
  let next = 0;
  return SECTIONS.flatMap(([section, count]) =>
    Array.from({ length: section === 'pinned' ? 1 : count * times }, () => {
      const at = next++;
      const also = at === 2 ? [ids[60] ?? '', ids[61] ?? ''] : [];
      return {
        paperId: queue[at] ?? '',
        reason: reasons(section, at),
        section,
        ...(also.length > 0 ? { also } : {}),
      };
    }),
  );
}

/**
 * Every email that there is, made of the bundled papers and invented people, as an edition of this
 * checkout's templates and theme would send it.
 */
export async function letters(root: string): Promise<Letter[]> {
  const templates = join(root, 'templates');
  const theme = readTheme(join(templates, 'theme.json'));
  const render = renderer(await loadTemplate(templates, 'digest', undefined, theme));
  const candidates = sampleCandidates(root);
  const edition: Edition = {
    id: 'daily/2025-03-14',
    digest: 'daily',
    title: 'Paperboy Daily',
    date: '2025-03-14',
    cutOffAt: '2025-03-14T05:00:00Z',
    number: 57,
    candidates,
  };
  const full = composed(candidates, 1);
  const week: Week = {
    listed: candidates.length,
    about: [
      { name: 'cs.CL', papers: 51 },
      { name: 'cs.LG', papers: 26 },
      { name: 'stat.ML', papers: 24 },
    ],
    best: candidates[0]?.paper.id ?? '',
    missed: candidates.slice(20, 25).map(({ paper }) => paper.id),
  };
  const digest = (
    name: string,
    addressee: Partial<Addressee>,
    composition: Composition,
  ): Letter => ({
    name,
    email: render({
      edition,
      frame,
      subscriberId: 17,
      addressee: { email: 'reader@example.org', layout: 'full', language: 'en', ...addressee },
      composition,
      links: deliveryLinks(keys, frame, 17, edition.id),
      sentAt: '2025-03-14T07:00:00Z',
    }),
  });
  const renderNotice = noticeRenderer(
    await loadTemplate(templates, 'notice', sampleNotice(), theme),
  );
  const url = 'https://paperboy.example.org/preferences/demo.17.uhP4alwdLDmDp0hanffHSg';
  const unsubscribe = 'https://paperboy.example.org/unsubscribe/demo.17.CL7RnyTnycaf3TbhGq2R9w';
  const optOut = 'https://paperboy.example.org/opt-out/demo.17.kV3xWb0cQ1mZ8sTqLr5yNg';
  type Said<T = NoticeInput> = T extends NoticeInput
    ? Omit<
        T,
        'id' | 'email' | 'language' | 'url' | 'wayOut' | 'subscribed' | 'frame' | 'askedAt'
      > & {
        url?: string;
      }
    : never;
  const notice = (said: Said): Letter => ({
    name: `notice-${said.kind}`,
    email: renderNotice({
      id: 17,
      email: 'reader@example.org',
      language: 'en',
      url,
      subscribed: TO_SUBSCRIBERS.has(said.kind),
      wayOut: TO_SUBSCRIBERS.has(said.kind) ? unsubscribe : optOut,
      frame,
      askedAt: '2025-03-14T07:00:00Z',
      ...said,
    }),
  });
  const told = {
    heading: 'The mail provider takes nothing',
    lines: ['It says: 403 the domain is not verified', 'No email leaves until this is mended.'],
  };
  return [
    digest('digest-full', {}, full),
    digest('digest-compact', { layout: 'compact' }, composed(candidates, 3).slice(0, 30)),
    digest('digest-weekly', { week }, full),
    digest('digest-text', { layout: 'text' }, full),
    digest('digest-german', { language: 'de', week, layout: 'compact' }, composed(candidates, 2)),
    digest('digest-empty', {}, []),
    digest(
      'digest-one',
      {},
      full.slice(2, 3).map(({ section: _, ...one }) => one),
    ),
    notice({ kind: 'confirm' }),
    notice({ kind: 'known' }),
    notice({ kind: 'welcome', when: 'every day at 07:00, Europe/Berlin time' }),
    notice({ kind: 'link' }),
    notice({ kind: 'address' }),
    notice({ kind: 'moved', mask: 'a•••@e•••.org' }),
    notice({ kind: 'goodbye' }),
    notice({ kind: 'alert', told, url: '' }),
  ];
}
