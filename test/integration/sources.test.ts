import { describe, expect, test } from 'vitest';
import { PaperRecord, paperId } from '../../src/domain/paper.ts';
import { SourceError } from '../../src/sources/source.ts';
import { testClient } from '../support/client.ts';
import { hostileSource, serve, type TrickName } from '../support/hostile-source.ts';
import { DATE, pullFrom, sourceBenches } from '../support/source-benches.ts';

/** Every source that asks over HTTP keeps the same rules. */
describe.each(Object.entries(sourceBenches))('%s', (_name, bench) => {
  const pulled = async (url: string) => pullFrom(bench, url, testClient({ server: url }));

  test('gives papers of one type, and a reason for what it cannot read', async () => {
    const { url } = await serve((request, response) => response.end(bench.good(request.url ?? '')));
    const { listings, rejections } = await pulled(url);
    for (const { record } of listings) {
      expect(PaperRecord.parse(record)).toEqual(record);
      expect(record.title).toMatch(/Kettles/);
      expect(record.abstract).toContain('7% of heat');
      expect(record.listedOn).toBe(DATE);
    }
    expect(listings.map(({ record }) => record.title)).toEqual([
      'Slow Kettles',
      'Quick Kettles',
      'Kettles < Pots',
    ]);
    expect(listings.map(({ record }) => paperId(record).replace('10.1101/', ''))).toEqual([
      '2503.00001',
      '2503.00002',
      '2503.00003',
    ]);
    expect(rejections).toEqual([{ at: 4, why: 'title: is empty' }]);
  });

  test('gives the same when it is asked again', async () => {
    const { url } = await serve((request, response) => response.end(bench.good(request.url ?? '')));
    expect(await pulled(url)).toEqual(await pulled(url));
  });

  const overcome: [TrickName, number[]][] = [
    ['429 with a delay', [7_000, 7_000]],
    ['429 without a delay', [5_000, 10_000]],
    ['503 with a date', [9_000, 9_000]],
    ['503 without a delay', [5_000, 10_000]],
    ['a cut body', [1_000, 2_000]],
    ['a body that is whole but half', [1_000, 2_000]],
    ['a cut gzip body', [1_000, 2_000]],
    ['a page of HTML', [1_000, 2_000]],
    ['another type', [1_000, 2_000]],
    ['nothing', [1_000, 2_000]],
    ['a broken line', [1_000, 2_000]],
  ];
  test.each(overcome)('loses nothing to %s, twice', async (trick, waits) => {
    const { url, asked } = await hostileSource(trick, bench.good, 2);
    const client = testClient({ server: url });
    const { listings } = await pullFrom(bench, url, client);
    expect(listings).toHaveLength(3);
    expect(client.waits).toEqual(waits);
    expect([client.requests, asked()]).toEqual([3, 3]);
    expect(client.troubles).toHaveLength(2);
  });

  const named: [TrickName, RegExp][] = [
    ['a day’s delay', /answered 429: no; to be left alone for 360 min/],
    ['a cut body', /could not be read: aborted/],
    ['a cut gzip body', /could not be read: unexpected end of file/],
    ['a page of HTML', /answered 200, but .*Please log in/],
    ['another type', /answered 200, but .*the list is away/],
    ['nothing', /answered 200, but .*nothing/],
    ['fifty megabytes', /sent more than \d+ bytes/],
    ['a gzip bomb', /sent more than \d+ bytes/],
    ['a redirect to the metadata', /leads to 169\.254\.169\.254, a link-local address/],
    ['a redirect to this machine', /leads to 127\.0\.0\.1, a loopback address/],
    ['a redirect to this machine by name', /leads to (127\.0\.0\.1|::1), a loopback address/],
    ['a redirect to this machine in octal', /leads to 127\.0\.0\.1, a loopback address/],
    ['a redirect to a file', /redirects to “file:\/\/\/etc\/passwd”, which is not followed/],
    ['a redirect without end', /redirects more than 5 times/],
    ['a broken line', /could not be read: .*(ECONNRESET|socket hang up)/],
  ];
  test.each(named)('names %s', async (trick, why) => {
    const { url } = await hostileSource(trick, bench.good);
    const error = await pulled(url).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceError);
    expect((error as Error).message).toMatch(why);
    expect((error as Error).message.length).toBeLessThan(1_000);
  });
});
