import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import { defaultDigest } from '../../src/domain/digest.ts';
import { SourceSetting } from '../../src/domain/source-setting.ts';
import { freezeEdition } from '../../src/freeze.ts';
import { runSource } from '../../src/pull.ts';
import type { SourceError } from '../../src/sources/source.ts';
import { saveDigest } from '../../src/store/digests.ts';
import { documentSaved, giveHost, holdHost, takeHost } from '../../src/store/politeness.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { hostileSource, serve, type TrickName } from '../support/hostile-source.ts';
import { sourceBenches } from '../support/source-benches.ts';

const DATE = '2025-03-14';
const HF = SourceSetting.parse('hf-daily');
const good = sourceBenches['hf-daily']?.good ?? (() => '');

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(() => t.empty());

/** The same installation with its sources at another address, of which arXiv's is not Hugging Face's. */
const at = (hf: string) => {
  const arxiv = hf.replace('127.0.0.1', 'localhost');
  const places = { hf, arxivApi: arxiv, arxivFeed: arxiv, arxivOai: arxiv };
  return { ...t.app, config: { ...t.app.config, places } };
};
const runs = () =>
  t.app.db.selectFrom('ingest_runs').orderBy('id').select(['source', 'seen', 'note']).execute();
const papers = () => t.app.db.selectFrom('papers').orderBy('id').selectAll().execute();

describe('a run', () => {
  test.each<[TrickName, RegExp]>([
    ['a day’s delay', /answered 429/],
    ['a page of HTML', /Please log in/],
    ['a cut body', /aborted/],
    ['fifty megabytes', /more than 20000000 bytes/],
    ['a redirect to the metadata', /169\.254\.169\.254/],
    ['a redirect without end', /more than 5 times/],
  ])('that meets %s fails, and its row names it', async (trick, why) => {
    const { url } = await hostileSource(trick, good);
    const error = await runSource(at(url), HF, { date: DATE }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringMatching(why) });
    expect((error as SourceError).requests).toBeGreaterThan(0);
    expect(await runs()).toEqual([
      { source: 'hf-daily', seen: 0, note: expect.stringMatching(why) },
    ]);
    expect(await papers()).toEqual([]);
  });

  test('that is refused at first loses nothing, and its row says what was in the way', async () => {
    const { url } = await hostileSource('a broken line', good, 1);
    await runSource(at(url), HF, { date: DATE });
    expect(await runs()).toEqual([
      {
        source: 'hf-daily',
        seen: 4,
        note: expect.stringMatching(/could not be read.*asked again/),
      },
    ]);
  });

  test('does not read again what the source says is the same', async () => {
    const { url } = await serve((request, response) => {
      const known = request.headers['if-none-match'] === '"k1"';
      response.writeHead(known ? 304 : 200, { etag: '"k1"' });
      response.end(known ? undefined : good(''));
    });
    await runSource(at(url), HF, { date: DATE });
    await runSource(at(url), HF, { date: DATE });
    expect(await runs()).toMatchObject([
      { seen: 4 },
      { seen: 0, note: expect.stringContaining('(304)') },
    ]);
    expect(await papers()).toHaveLength(3);
  });

  test('remembers a document only when its papers are saved', async () => {
    const { url } = await serve((_, response) =>
      response.writeHead(200, { etag: '"k1"' }).end(good('')),
    );
    const app = at(url);
    const first = `${url}/api/daily_papers?date=${DATE}&limit=100&p=0`;
    await sql`alter table papers add constraint full_disk check (false) not valid`.execute(app.db);
    await expect(runSource(app, HF, { date: DATE })).rejects.toThrow('full_disk');
    await sql`alter table papers drop constraint full_disk`.execute(app.db);
    expect(await documentSaved(t.app.db, first)).toBeUndefined();
    await runSource(app, HF, { date: DATE });
    expect(await documentSaved(t.app.db, first)).toMatchObject({ etag: '"k1"' });
  });
});

test('one source that fails stops neither the others nor its other day, and the edition lacks it', async () => {
  const { url } = await serve((request, response) =>
    /date=2025-03-13|atom/.test(request.url ?? '')
      ? response.writeHead(404).end('gone')
      : response.end(good('')),
  );
  const arxiv = SourceSetting.parse({ source: 'arxiv', categories: ['cs.CL'], via: 'feed' });
  const app = at(url);
  await expect(jobs.ingest.run({ source: HF }, app)).rejects.toThrow('answered 404');
  await expect(jobs.ingest.run({ source: arxiv }, app)).rejects.toThrow('answered 404');
  expect(await runs()).toMatchObject([
    { source: 'hf-daily', seen: 0, note: expect.stringContaining('answered 404: gone') },
    { source: 'hf-daily', seen: 4 },
    { source: 'arxiv cs.CL by feed', seen: 0, note: expect.stringContaining('answered 404') },
  ]);
  await expect(jobs.ingest.run({ source: { source: 'sql' } }, app)).rejects.toThrow('no table');
  const sources = [arxiv, { source: 'sql' as const }];
  await saveDigest(app.db, { ...defaultDigest, name: 'both', sources });
  const { edition } = await freezeEdition(app, 'both', '2025-03-14');
  expect(edition.lacking).toEqual([
    { source: 'arxiv cs.CL by feed', why: expect.stringContaining('answered 404') },
    { source: 'sql', why: expect.stringContaining('no table is configured') },
  ]);
});

describe('what arXiv tells again', () => {
  const feed = (id: string, type: string, title: string) => `<?xml version="1.0"?>
    <feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
    <title>cs.CL updates</title><updated>2025-03-14T04:00:00+00:00</updated>
    <entry><id>oai:arXiv.org:${id}</id><title>${title}</title><summary>We boil.</summary>
    <published>2025-03-14T00:00:00-04:00</published><arxiv:announce_type>${type}</arxiv:announce_type>
    </entry></feed>`;
  const byFeed = SourceSetting.parse({ source: 'arxiv', categories: ['cs.CL'], via: 'feed' });
  const byOai = SourceSetting.parse({ source: 'arxiv', categories: ['cs.CL'], via: 'oai' });

  async function told(text: string, setting = byFeed) {
    const { url } = await serve((_, response) => response.end(text));
    // Nobody has to wait for the real arXiv here.
    await t.app.db.deleteFrom('hosts').execute();
    return runSource(at(url), setting, { date: DATE });
  }

  test('updates what is known, and is no news of what is not', async () => {
    await told(feed('2503.00001v1', 'new', 'Kettles'));
    await told(feed('2503.00001v2', 'replace', 'Better Kettles'));
    expect(await told(feed('2412.00009v4', 'replace', 'Old Pots'))).toMatchObject({
      seen: 0,
      new: 0,
      updated: 0,
    });
    expect(await papers()).toMatchObject([
      { id: '2503.00001', record: { title: 'Better Kettles' } },
    ]);
    expect((await runs()).at(-1)?.note).toContain('1 replaced or withdrawn, but not known here');
  });

  test('withdraws what is known', async () => {
    const deleted = (id: string) =>
      `<record><header status="deleted"><identifier>oai:arXiv.org:${id}</identifier></header></record>`;
    await told(feed('2503.00001v1', 'new', 'Kettles'));
    const run = await told(
      `<OAI-PMH><ListRecords>${deleted('2503.00001')}${deleted('2503.00007')}</ListRecords></OAI-PMH>`,
      byOai,
    );
    expect(run).toMatchObject({ seen: 1, new: 0, updated: 1, unchanged: 0, merged: 0 });
    expect(run.note).toContain('1 replaced or withdrawn, but not known here');
    expect(await papers()).toMatchObject([
      { id: '2503.00001', record: { title: 'Kettles', withdrawn: true } },
    ]);
  });
});

describe('a host', () => {
  const take = (leaseMs = 60_000) => takeHost(t.app.db, 'k.example', leaseMs);

  test('is taken by one at a time, and then not before its time', async () => {
    const taken = await Promise.all([take(), take(), take()]);
    const [first, ...more] = taken.filter((one) => 'token' in one);
    expect(more).toEqual([]);
    await giveHost(t.app.db, 'k.example', first?.token ?? '', 60_000);
    expect(await take()).toEqual({ waitMs: expect.closeTo(60_000, -4) });
  });

  test('whose asker died is free again after its lease, and the dead one cannot give it back', async () => {
    const dead = await take(50);
    await expect.poll(() => take()).toHaveProperty('token');
    await giveHost(t.app.db, 'k.example', 'token' in dead ? dead.token : '', 0);
    expect(await take()).toHaveProperty('waitMs');
  });

  test('that refuses is left alone by everybody, the longer the more often it does', async () => {
    const holds: number[] = [];
    for (const _ of [1, 2, 3]) {
      const taken = await take();
      const token = 'token' in taken ? taken.token : '';
      await holdHost(t.app.db, 'k.example', token, (refusals) => {
        holds.push(refusals);
        return 60_000;
      });
      expect(await take()).toHaveProperty('waitMs');
      await t.app.db
        .updateTable('hosts')
        .set({ next_at: new Date(0) })
        .execute();
    }
    const taken = await take();
    await giveHost(t.app.db, 'k.example', 'token' in taken ? taken.token : '', 0);
    expect(holds).toEqual([1, 2, 3]);
    const { refusals } = await t.app.db.selectFrom('hosts').selectAll().executeTakeFirstOrThrow();
    expect(refusals).toBe(0);
  });
});
