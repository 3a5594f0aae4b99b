import { expect, inject, test } from 'vitest';
import { answer, newHome, paperboy } from '../support/cli.ts';
import { freshDatabase } from '../support/databases.ts';
import { serve } from '../support/hostile-source.ts';

const INTERVAL_MS = 3_000;
/** Of the clock that measures here, against the one of the database. */
const TOLERANCE_MS = 20;
const CATEGORIES = ['cs.CL', 'cs.LG', 'cs.CV', 'cs.AI'];
const TAKES_MS = 150;

interface Visit {
  readonly category: string;
  readonly from: number;
  to: number;
}

/** An arXiv that gives one entry a page, two in all, and notes when who asked. */
async function fakeArxiv(): Promise<{ url: string; visits: Visit[]; sockets(): number }> {
  const visits: Visit[] = [];
  let open = 0;
  let most = 0;
  const { url, server } = await serve((request, response) => {
    const query = new URL(request.url ?? '', 'http://x').searchParams;
    const category = /cat:([\w.]+)/.exec(query.get('search_query') ?? '')?.[1] ?? '';
    const start = Number(query.get('start'));
    const visit = { category, from: performance.now(), to: Number.POSITIVE_INFINITY };
    visits.push(visit);
    const id = `2503.${String(CATEGORIES.indexOf(category) * 10 + start).padStart(5, '0')}`;
    setTimeout(() => {
      visit.to = performance.now();
      response.end(`<feed xmlns="http://www.w3.org/2005/Atom"><totalResults>2</totalResults><entry>
        <id>http://arxiv.org/abs/${id}v1</id><published>2025-03-13T10:00:00Z</published>
        <title>Kettle ${id}</title><summary>We boil.</summary><category term="${category}"/></entry></feed>`);
    }, TAKES_MS);
  });
  server.on('connection', (socket) => {
    most = Math.max(most, ++open);
    socket.on('close', () => open--);
  });
  return { url, visits, sockets: () => most };
}

test('four processes ask arXiv once in three seconds, over one connection', async () => {
  const { url, visits, sockets } = await fakeArxiv();
  const database = await freshDatabase(inject('databaseUrl'));
  const homes = CATEGORIES.map(newHome);
  const env = { DATABASE_URL: database.url, ARXIV_API_URL: url };
  try {
    await paperboy(['migrate'], { home: homes[0]?.home ?? '', env });
    const runs = await Promise.all(
      CATEGORIES.map((category, index) =>
        answer<{ seen: number; new: number }>(
          ['ingest', 'arxiv', '--categories', category, '--date', '2025-03-14'],
          { home: homes[index]?.home ?? '', env },
        ),
      ),
    );

    expect(runs.map((run) => [run.seen, run.new])).toEqual(CATEGORIES.map(() => [2, 2]));
    expect(visits.map(({ category }) => category).sort()).toEqual(
      CATEGORIES.flatMap((one) => [one, one]).sort(),
    );
    for (const [index, { from }] of visits.entries()) {
      const before = visits[index - 1];
      if (before === undefined) continue;
      expect(from - before.from).toBeGreaterThan(INTERVAL_MS - TOLERANCE_MS);
      expect(from).toBeGreaterThan(before.to);
    }
    expect(sockets()).toBe(1);
  } finally {
    await Promise.all(homes.map((home) => home.remove()));
    await database.drop();
  }
});
