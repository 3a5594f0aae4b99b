import { expect, test } from 'vitest';
import { prepare } from '../../src/domain/compose/prepared.ts';
import { compose } from '../../src/domain/compose.ts';
import { type Curation, type CurationAction, standing } from '../../src/domain/curation.ts';
import { Preferences } from '../../src/domain/preferences.ts';
import { pinnedFirst } from '../../src/domain/rank/trend.ts';
import { candidate, edition } from '../support/papers.ts';

const log = (...done: (CurationAction | [CurationAction, string])[]): Curation[] =>
  done.map((one, n) => {
    const [action, note] = typeof one === 'string' ? [one, null] : one;
    return { paperId: 'p', action, note, by: `E${n}`, at: new Date(Date.UTC(2025, 2, 14, n)) };
  });
const at = (hour: number) => new Date(Date.UTC(2025, 2, 14, hour)).toISOString();

test.each<[string, Curation[], object]>([
  ['nobody touched it', [], {}],
  ['pinned', log('pin'), { pinned: { by: 'E0', at: at(0) } }],
  ['pinned twice, the first counts', log('pin', 'pin'), { pinned: { by: 'E0', at: at(0) } }],
  ['unpinned', log('pin', 'unpin'), {}],
  ['pinned again', log('pin', 'unpin', 'pin'), { pinned: { by: 'E2', at: at(2) } }],
  ['hidden', log('hide'), { hidden: { by: 'E0', at: at(0) } }],
  ['shown again', log('hide', 'unhide'), {}],
  ['submitted by two, the first is named', log('submit', 'submit'), { submittedBy: 'E0' }],
  ['annotated anew', log(['annotate', 'a'], ['annotate', 'b']), { note: { text: 'b', by: 'E1' } }],
  ['note taken away', log(['annotate', 'a'], ['annotate', '']), {}],
])('%s', (_, done, state) => {
  expect(standing(done)).toEqual(state);
});

const pinned = (id: string, hour: number, newOn = '2025-03-14') => ({
  ...candidate({ id, title: `Paper ${id}` }, {}, newOn),
  curated: { pinned: { by: 'Ada', at: at(hour) } },
});
const plain = (id: string) => candidate({ id, title: `Paper ${id}` });

test('the pinned ones come first, in the order in which they were pinned', () => {
  const order = pinnedFirst([plain('a'), pinned('b', 3), plain('c'), pinned('d', 1)]);
  expect(order.map(({ paper }) => paper.id)).toEqual(['d', 'b', 'a', 'c']);
});

test('a pinned paper is first for everybody who has not had it, whatever day it was news of', () => {
  const prepared = prepare(edition([pinned('old', 1, '2025-03-10'), plain('a')]));
  const wish = { preferences: Preferences.parse({ topics: ['paper a'] }), lookbackDays: 1 };
  const ids = (delivered: string[]) =>
    compose(prepared, { ...wish, delivered: new Set(delivered) }).map(
      ({ paperId, reason }) => `${paperId} ${reason.kind}`,
    );
  expect(ids([])).toEqual(['old pinned', 'a topic']);
  expect(ids(['old'])).toEqual(['a topic']);
});
