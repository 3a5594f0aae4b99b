import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { answer, emailsIn, newHome, onlyDocument, type Place, paperboy } from '../support/cli.ts';
import { freshDatabase, queryOnce } from '../support/databases.ts';

const closers: (() => Promise<void>)[] = [];

function embedded(env: Record<string, string> = {}): Place {
  const { home, remove } = newHome();
  closers.push(remove);
  return { home, env };
}

/** The same on the real PostgreSQL, in a database of its own. */
async function onServer(env: Record<string, string> = {}) {
  const { url, drop } = await freshDatabase(inject('databaseUrl'));
  closers.push(drop);
  return { url, ...embedded({ DATABASE_URL: url, ...env }) };
}

interface Demo {
  deliveries: { submitted: number };
  ledger: { submitted: number };
  outbox: string;
}

const FIRST_RUN = {
  papers: expect.any(Number),
  subscribers: 24,
  edition: 'daily/2025-03-14',
  deliveries: { submitted: 22, skipped: 1, suppressed: 1, refused: 0, unknown: 0, open: 0 },
  ledger: { submitted: 22, skipped: 1, suppressed: 1, refused: 0, unknown: 0, open: 0 },
  unbalanced: 0,
  outbox: expect.any(String),
};

/** What the other runs are compared with. */
let place: Place;
let first: Demo & { papers: number };

beforeAll(async () => {
  place = embedded();
  first = await answer(['demo'], place);
});

afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

describe('the demo with nothing but Node', () => {
  test('sends 22 of 24 subscribers their digest and says what became of the others', async () => {
    expect(first).toEqual(FIRST_RUN);
    expect(first.papers).toBeGreaterThanOrEqual(100);
    expect(first.outbox).toBe(join(place.home, 'demo', 'outbox', 'daily', '2025-03-14'));
  });

  test('writes emails that a mail program reads, each to one person, with every header', async () => {
    const names = await emailsIn(first.outbox);
    const emails = await Promise.all(
      names.map(async (name) => simpleParser(await readFile(join(first.outbox, name)))),
    );

    expect(emails).toHaveLength(22);
    expect(new Set(emails.map(({ messageId }) => messageId)).size).toBe(22);
    expect(new Set(emails.flatMap(({ to }) => [to].flat().map((one) => one?.text))).size).toBe(22);
    for (const { subject, text, html, date, headers, headerLines } of emails) {
      expect(subject).not.toBe('');
      expect(text?.length).toBeGreaterThan(200);
      expect(html === false || html?.includes('</html>')).toBe(true);
      expect(date?.toISOString()).toMatch(/^2025-03-1[45]T/);
      expect(headers.get('list')).toMatchObject({
        unsubscribe: { url: expect.stringMatching(/^https:\/\/paperboy\.example\.org\//) },
        'unsubscribe-post': { name: 'List-Unsubscribe=One-Click' },
        id: { id: 'daily.paperboy.example.org' },
      });
      expect(headers.get('precedence')).toBe('bulk');
      expect(headerLines.filter(({ key }) => key === 'list-unsubscribe')).toHaveLength(1);
    }
    expect(emails.filter(({ html }) => html === false).length).toBeGreaterThan(0);
  });

  test('sends nothing when it runs again, and leaves the emails as they are', async () => {
    const before = await bytesIn(first.outbox);
    const again = await answer<Demo>(['demo'], place);

    expect(again.deliveries).toEqual(NOTHING);
    expect(again).toMatchObject({ ledger: FIRST_RUN.ledger, unbalanced: 0, outbox: first.outbox });
    expect(await bytesIn(first.outbox)).toEqual(before);
  });
});

describe.concurrent('the demo on real servers', () => {
  test('with PostgreSQL and Redis it makes the same deliveries and the same bytes', async () => {
    const real = await onServer({ REDIS_URL: `${inject('redisUrl')}/1` });
    const { stdout, stderr, code } = await paperboy(['demo', '--json'], real);

    expect(code, stderr).toBe(0);
    expect(onlyDocument(stdout)).toEqual({ ...first, outbox: expect.any(String) });
    expect(await bytesIn((JSON.parse(stdout) as Demo).outbox)).toEqual(await bytesIn(first.outbox));
  });

  test('with PostgreSQL alone too, and for people it prints who got what and why not', async () => {
    const real = await onServer();
    const { code, stdout, stderr } = await paperboy(['demo'], real);

    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/ada\.okafor@example\.org .* submitted /);
    expect(stdout).toMatch(/nadia\.petrova@example\.org .* skipped .* paused until 2025-04-01/);
    expect(stdout).toMatch(/hugo\.bounced@example\.org .* suppressed .* bounced/);
    expect(stdout).toContain('22 digests submitted, 1 skipped, 1 suppressed');
    expect(stdout).toMatch(/Open .*outbox\/index\.html in a browser/);
    const outbox = join(real.home, 'outbox', 'daily', '2025-03-14');
    expect(await bytesIn(outbox)).toEqual(await bytesIn(first.outbox));

    const again = await paperboy(['demo'], real);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain('Nothing was sent: everybody has daily/2025-03-14 already');
  });

  test('it refuses a database with subscribers of its own and leaves it as it is', async () => {
    const real = await onServer();
    await answer(['subscribers', 'add', 'stranger@example.net'], real);
    const { code, stdout, stderr } = await paperboy(['demo', '--json'], real);

    expect(code).toBe(1);
    expect(stderr).toContain('has subscribers of its own');
    expect(onlyDocument(stdout)).toEqual({ error: expect.stringContaining('DATABASE_URL') });
    expect(
      await queryOnce(
        real.url,
        `select (select count(*)::int from subscribers) as subscribers,
                (select count(*)::int from papers) as papers,
                (select count(*)::int from suppressions) as suppressions,
                (select count(*)::int from editions) as editions`,
      ),
    ).toEqual([{ subscribers: 1, papers: 0, suppressions: 0, editions: 0 }]);
  });
});

const NOTHING = { submitted: 0, skipped: 0, suppressed: 0, refused: 0, unknown: 0, open: 0 };

/** Every email of a folder by its name. */
async function bytesIn(dir: string): Promise<Record<string, string>> {
  const names = await emailsIn(dir);
  const entries = names.map(async (name) => [name, await readFile(join(dir, name), 'latin1')]);
  return Object.fromEntries(await Promise.all(entries));
}
