import { describe, expect, it } from 'vitest';
import { fetchHfDaily, type HfDailyOptions } from '../../src/sources/hf-daily-lists.ts';
import { AGENT, testClient } from '../support/client.ts';
import { serve } from '../support/hostile-source.ts';

const DATE = '2025-03-14';

function rows(count: number, from = 0) {
  return Array.from({ length: count }, (_, index) => ({
    paper: {
      id: `2503.${String(from + index).padStart(5, '0')}`,
      title: `Kettle ${from + index}`,
      summary: 'We boil.',
    },
  }));
}

function pull(baseUrl: string, options: Partial<HfDailyOptions> = {}) {
  const server = new URL(baseUrl).origin;
  return fetchHfDaily(testClient({ server }), { baseUrl, date: DATE, ...options });
}

describe('fetchHfDaily', () => {
  it('asks page after page until one is not full', async () => {
    const asked: string[] = [];
    const agents = new Set<string | undefined>();
    const { url } = await serve((request, response) => {
      asked.push(request.url ?? '');
      agents.add(request.headers['user-agent']);
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('p'));
      response.end(JSON.stringify(rows(page < 2 ? 100 : 7, page * 100)));
    });
    const { listings, rejections } = await pull(`${url}/`);
    expect(rejections).toEqual([]);
    expect(listings.map(({ record }) => record.arxivId)).toEqual(
      rows(207).map(({ paper }) => paper.id),
    );
    expect(asked).toEqual([0, 1, 2].map((p) => `/api/daily_papers?date=${DATE}&limit=100&p=${p}`));
    expect([...agents]).toEqual([AGENT]);
  });

  it('numbers the rows through all pages', async () => {
    const { url } = await serve((request, response) => {
      const first = request.url?.endsWith('p=0') === true;
      response.end(JSON.stringify(first ? rows(100) : [...rows(1, 100), { paper: 7 }]));
    });
    expect((await pull(url)).rejections.map(({ at }) => at)).toEqual([102]);
  });

  it('reads a day without papers', async () => {
    const { url } = await serve((_request, response) => response.end('[]'));
    expect(await pull(url)).toEqual({ listings: [], rejections: [] });
  });

  it('gives up on a server that ignores the page number', async () => {
    const { url } = await serve((_request, response) => response.end(JSON.stringify(rows(100))));
    await expect(pull(url)).rejects.toThrow(/ignore the page number/);
  });

  it.each([
    ['week', '2025-03-14', 'week=2025-W11'],
    ['week', '2024-12-30', 'week=2025-W01'],
    ['week', '2027-01-03', 'week=2026-W53'],
    ['month', '2025-03-14', 'month=2025-03'],
    ['trending', '2025-03-14', 'sort=trending'],
  ] as const)('asks for the list of the %s of %s', async (list, date, words) => {
    const asked: string[] = [];
    const { url } = await serve((request, response) => {
      asked.push(request.url ?? '');
      response.end('[]');
    });
    await pull(url, { list, date });
    expect(asked).toEqual([`/api/daily_papers?${words}&limit=100&p=0`]);
  });

  it('takes the first hundred of what is trending, with their places', async () => {
    const { url } = await serve((_request, response) => response.end(JSON.stringify(rows(100))));
    const { listings } = await pull(url, { list: 'trending' });
    expect(listings.map(({ signal }) => signal.position)).toEqual(
      rows(100).map((_, index) => index + 1),
    );
  });
});
