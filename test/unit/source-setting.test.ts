import { expect, test } from 'vitest';
import { Digest } from '../../src/domain/digest.ts';
import { SourceSetting, sourceName } from '../../src/domain/source-setting.ts';
import { timetable } from '../../src/domain/timetable.ts';
import { payloads } from '../../src/queue/payloads.ts';

const arxiv = { source: 'arxiv', categories: ['cs.CL', 'cs.LG'] };

test.each([
  ['hf-daily', 'hf-daily'],
  [{ source: 'hf-daily' }, 'hf-daily'],
  [{ source: 'hf-daily', list: 'trending' }, 'hf-daily trending'],
  [arxiv, 'arxiv cs.CL+cs.LG'],
  [{ ...arxiv, via: 'oai', crossLists: false }, 'arxiv cs.CL+cs.LG by oai without cross-lists'],
  [{ source: 'feed', url: 'https://k.example/rss' }, 'feed https://k.example/rss'],
  [{ source: 'page', file: 'page.txt' }, 'page'],
])('%j is a source, called %s', (given, name) => {
  expect(sourceName(SourceSetting.parse(given))).toBe(name);
});

test.each([
  'kettle',
  'arxiv',
  'feed',
  { source: 'arxiv', categories: [] },
  { source: 'arxiv', categories: ['I.2.7'] },
  { source: 'arxiv', categories: ['cs.CL&x=1'] },
  { source: 'feed', url: 'file:///etc/passwd' },
  { source: 'hf-daily', url: 'https://k.example' },
  7,
  null,
])('%j is no source', (given) => {
  expect(SourceSetting.safeParse(given).success).toBe(false);
});

test('each source of a digest has its own line in the timetable, whose payload the queue takes', () => {
  const digest = Digest.parse({ name: 'daily', title: 'D', sources: ['hf-daily', arxiv] });
  const entries = timetable([digest]).filter(({ job }) => job === 'ingest');
  expect(entries.map(({ name }) => name)).toEqual([
    'ingest hf-daily for daily',
    'ingest arxiv cs.CL+cs.LG for daily',
  ]);
  for (const [index, entry] of entries.entries()) {
    const payload = payloads.ingest.parse(entry.payload(new Date()));
    expect(payload).toEqual({ source: digest.sources[index] });
    expect(payloads.ingest.parse(JSON.parse(JSON.stringify(payload)))).toEqual(payload);
  }
});

test('a payload from before sources had settings is still read', () => {
  expect(payloads.ingest.parse({ source: 'hf-daily', date: '2025-03-14' })).toEqual({
    source: { source: 'hf-daily', list: 'day' },
    date: '2025-03-14',
  });
});
