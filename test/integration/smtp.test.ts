import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { SmtpOptions } from '../../src/providers/smtp.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { emailOf } from '../support/emails.ts';
import type { Act, Script } from '../support/fake-smtp.ts';
import { freezeMorning, freshDigest, listPapers, states, tick } from '../support/morning.ts';
import { scripted, sink, smtpTo } from '../support/smtp-setup.ts';

const KEY = 'daily/2025-03-14/slice-1';
/** More than the buffers of a socket bear while nobody reads. */
const LARGE = `<p>${'word '.repeat(4_000_000)}</p>`;

describe('what the server says, at every stage', () => {
  const kept = (act: Act): Act => ({ ...act, keep: true });
  test.each<[string, Script, Partial<Outcome>, number]>([
    ['a greeting of 421', { GREETING: [{ say: '421 busy' }] }, { kind: 'busy' }, 0],
    ['a greeting of 554', { GREETING: [{ say: '554 5.7.1 go away' }] }, { kind: 'halted' }, 0],
    ['HTTP', { GREETING: [{ say: 'HTTP/1.1 400 Bad Request' }] }, { kind: 'halted' }, 0],
    ['no greeting', { GREETING: [{ next: 'hang' }] }, { kind: 'busy' }, 0],
    ['EHLO dropped', { EHLO: [1, 2, 3].map(() => ({ next: 'drop' })) }, { kind: 'busy' }, 0],
    ['EHLO hanging', { EHLO: [{ next: 'hang' }] }, { kind: 'busy' }, 0],
    ['451 to MAIL', { MAIL: [{ say: '451 4.3.0 later' }] }, { kind: 'busy' }, 0],
    ['421 to MAIL', { MAIL: [{ say: '421 4.7.0 bye', next: 'drop' }] }, { kind: 'busy' }, 0],
    ['550 to MAIL', { MAIL: [{ say: '550 5.7.1 not you' }] }, { kind: 'halted' }, 0],
    ['552 to MAIL', { MAIL: [{ say: '552 5.3.4 too big' }] }, { kind: 'refused' }, 0],
    ['MAIL hanging', { MAIL: [{ next: 'hang' }] }, { kind: 'busy' }, 0],
    ['450 to RCPT', { RCPT: [{ say: '450 4.2.0 grey' }] }, { kind: 'busy' }, 0],
    ['550 5.1.1', { RCPT: [{ say: '550 5.1.1 nobody' }] }, { kind: 'refused' }, 0],
    ['550 5.7.1', { RCPT: [{ say: '550 5.7.1 no relay' }] }, { kind: 'halted' }, 0],
    ['550 alone', { RCPT: [{ say: '550 no such user' }] }, { kind: 'refused' }, 0],
    ['RCPT dropped', { RCPT: [1, 2, 3].map(() => ({ next: 'drop' })) }, { kind: 'busy' }, 0],
    ['451 to DATA', { DATA: [{ say: '451 4.3.0 later' }] }, { kind: 'busy' }, 0],
    ['554 to DATA', { DATA: [{ say: '554 5.7.1 no' }] }, { kind: 'halted' }, 0],
    ['DATA dropped', { DATA: [1, 2, 3].map(() => ({ next: 'drop' })) }, { kind: 'busy' }, 0],
    ['450 at the end', { DOT: [{ say: '450 4.7.0 grey' }] }, { kind: 'busy' }, 0],
    ['421 at the end', { DOT: [{ say: '421 4.3.2 bye', next: 'drop' }] }, { kind: 'busy' }, 0],
    ['552 at the end', { DOT: [{ say: '552 5.2.2 full' }] }, { kind: 'refused' }, 0],
    ['554 5.7.1 at the end', { DOT: [{ say: '554 5.7.1 spam' }] }, { kind: 'halted' }, 0],
    ['dropped at the end', { DOT: [{ next: 'drop' }] }, { kind: 'unknown' }, 0],
    ['kept and dropped', { DOT: [kept({ next: 'drop' })] }, { kind: 'unknown' }, 1],
    ['kept and silent', { DOT: [kept({ next: 'hang' })] }, { kind: 'unknown' }, 1],
    ['kept, a cut 250', { DOT: [kept({ raw: '250 2.0', next: 'drop' })] }, { kind: 'unknown' }, 1],
    ['kept, a cut 550', { DOT: [kept({ raw: '550 5.1', next: 'drop' })] }, { kind: 'unknown' }, 1],
    ['kept, nonsense', { DOT: [kept({ say: 'well' })] }, { kind: 'unknown' }, 1],
    ['kept, 354 again', { DOT: [kept({ say: '354 more' })] }, { kind: 'unknown' }, 1],
  ])('%s', async (_label, script, expected, taken) => {
    const server = await scripted(script);
    expect(await smtpTo(server).submit([emailOf(1)], KEY)).toMatchObject(expected);
    expect(server.taken).toHaveLength(taken);
  });

  test.each<[string, Act, Outcome['kind']]>([
    ['the line drops within a large message', { next: 'drop' }, 'busy'],
    ['the server says 421 within it', { say: '421 4.4.2 too slow', next: 'drop' }, 'busy'],
    ['the server says 250 within it', { say: '250 thanks', next: 'hang' }, 'unknown'],
    ['the server says 552 within it', { say: '552 5.3.4 enough', next: 'hang' }, 'unknown'],
    ['the server goes silent within it', { next: 'hang' }, 'busy'],
  ])('%s', async (_label, act, kind) => {
    const EHLO = [{ say: '250-fake.example.org\r\n250 PIPELINING' }];
    const server = await scripted({ EHLO, BODY: [act] });
    const email = emailOf(1, { html: LARGE });
    expect(await smtpTo(server).submit([email], KEY)).toHaveProperty('kind', kind);
    expect(server.taken).toHaveLength(0);
  });

  test('a message beyond the announced SIZE is refused before it leaves', async () => {
    const server = await scripted();
    const outcome = await smtpTo(server).submit(
      [emailOf(1, { html: `<p>${'word '.repeat(400_000)}</p>` })],
      KEY,
    );
    expect(outcome).toMatchObject({ kind: 'refused', why: expect.stringContaining('1000000') });
  });

  test('what was turned away for now is taken later', async () => {
    const server = await scripted({
      RCPT: [{ say: '450 4.2.0 Greylisted, try again in 60 seconds' }],
      DOT: [{ say: '451 4.3.0 Local error' }],
    });
    const provider = smtpTo(server);
    expect(await provider.submit([emailOf(1)], KEY)).toEqual({
      kind: 'busy',
      why: 'RCPT TO: 450 4.2.0 Greylisted, try again in 60 seconds',
      retryAfterMs: 60_000,
      scope: 'slice',
    });
    expect(await provider.submit([emailOf(1)], KEY)).toMatchObject({ kind: 'busy' });
    expect(await provider.submit([emailOf(1)], KEY)).toEqual({
      kind: 'submitted',
      providerIds: ['S0XYZ'],
    });
    expect(server.taken).toHaveLength(1);
    expect(server.connections()).toBe(1);
  });
});

describe('lines that are kept open', () => {
  test('one line serves many emails', async () => {
    const server = await sink();
    const provider = smtpTo(server);
    for (let number = 1; number <= 5; number++)
      expect(await provider.submit([emailOf(number)], KEY)).toHaveProperty('kind', 'submitted');
    expect(server.taken).toHaveLength(5);
    expect(server.connections()).toBe(1);
  });

  test('and as many as allowed serve at the same time', async () => {
    const server = await sink();
    const provider = smtpTo(server, { pool: 3 });
    const emails = Array.from({ length: 30 }, (_, at) => emailOf(at + 1));
    const outcomes = await Promise.all(emails.map((email) => provider.submit([email], KEY)));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['submitted']));
    expect(server.connections()).toBe(3);
    const recipients = server.taken.flatMap(({ to }) => to);
    expect(recipients.toSorted()).toEqual(emails.map(({ to }) => to).toSorted());
  });

  test.each<[string, Act]>([
    ['says goodbye to', { say: '421 4.7.0 enough', next: 'drop' }],
    ['hangs up at', { next: 'drop' }],
  ])('the server %s the next email: it goes out once, over a new line', async (_label, bye) => {
    const server = await scripted({ MAIL: [{ say: '250 2.1.0 Ok' }, bye] });
    const provider = smtpTo(server);
    for (const number of [1, 2])
      expect(await provider.submit([emailOf(number)], KEY)).toHaveProperty('kind', 'submitted');
    expect(server.taken).toHaveLength(2);
    expect(server.connections()).toBe(2);
  });

  test('a line that was broken while idle is replaced', async () => {
    const server = await sink();
    const provider = smtpTo(server);
    await provider.submit([emailOf(1)], KEY);
    server.drop();
    expect(await provider.submit([emailOf(2)], KEY)).toHaveProperty('kind', 'submitted');
    expect(server.taken).toHaveLength(2);
  });

  test('after a reply within a message the line is not used again', async () => {
    const EHLO = [{ say: '250-fake.example.org\r\n250 PIPELINING' }];
    const server = await scripted({ EHLO, BODY: [{ say: '250 thanks', next: 'hang' }] });
    const provider = smtpTo(server, { pool: 1 });
    const large = emailOf(1, { html: LARGE });
    expect(await provider.submit([large], KEY)).toHaveProperty('kind', 'unknown');
    expect(await provider.submit([emailOf(2)], KEY)).toHaveProperty('kind', 'submitted');
    expect(server.taken.map(({ raw }) => raw.toString())).toEqual([
      expect.stringMatching(/^(?!.*MAIL FROM).*reader2@example\.org/s),
    ]);
  });

  test('a server that trickles is left when the time is up', async () => {
    const DOT = [{ say: Array(40).fill('250-wait').join('\r\n'), next: 'hang' as const }];
    const server = await scripted({ DOT });
    const provider = smtpTo(server, { timeouts: { replyMs: 60_000, totalMs: 300 } });
    const startedAt = performance.now();
    expect(await provider.submit([emailOf(1)], KEY)).toHaveProperty('kind', 'unknown');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test.each<[string, Script, Outcome['kind']]>([
    ['before the message', { MAIL: [{ next: 'hang' }] }, 'busy'],
    ['after its end', { DOT: [{ next: 'hang' }] }, 'unknown'],
  ])('closing breaks off what waits %s, and says what that means', async (_label, script, kind) => {
    const server = await scripted(script);
    const provider = smtpTo(server, { timeouts: { replyMs: 60_000, totalMs: 60_000 } });
    const outcome = provider.submit([emailOf(1)], KEY);
    await expect.poll(() => server.commands()).toContain(kind === 'busy' ? 'MAIL' : 'DATA');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await provider.close();
    expect(await outcome).toHaveProperty('kind', kind);
    expect(await provider.submit([emailOf(2)], KEY)).toHaveProperty('kind', 'busy');
  });
});

describe('an email that the server takes without saying so', () => {
  let t: TestApp;
  beforeAll(async () => {
    t = await openTestApp();
  });
  afterAll(() => t.close());

  /** A morning for three readers; the answer to the first email is lost. */
  async function morning(onUnknown: SmtpOptions['onUnknown']) {
    const digest = await freshDigest(t);
    const server = await scripted({ DOT: [{ next: 'drop', keep: true }] });
    Object.assign(t.app, { provider: smtpTo(server, { onUnknown, pool: 1 }) });
    t.setClock('2025-03-01T00:00:00Z');
    for (const name of ['ann', 'bea', 'cid'])
      await t.subscribe(`${name}@example.org`, { digests: [digest] });
    t.setClock('2025-03-14T05:00:00Z');
    await listPapers(t, ['Kettles', 'Robots in Rome', 'Small Boats']);
    const edition = await freezeMorning(t, digest);
    t.setClock('2025-03-14T07:00:00Z');
    await tick(t, digest);
    const kinds = Object.values(await states(t, edition)).map((state) => state.split(':')[0]);
    return { digest, server, kinds: kinds.toSorted() };
  }

  test('is held: shown as unknown, and not sent again', async () => {
    const { digest, server, kinds } = await morning('hold');
    expect(kinds).toEqual(['submitted', 'submitted', 'unknown']);
    expect(server.taken).toHaveLength(3);
    t.setClock('2025-03-14T09:00:00Z');
    await t.app.queue.enqueue('sweep', {});
    await tick(t, digest);
    expect(server.taken).toHaveLength(3);
  });

  test('is sent again where the operator wants that: once too often', async () => {
    const { server, kinds } = await morning('retry');
    expect(kinds).toEqual(['submitted', 'submitted', 'submitted']);
    expect(server.taken).toHaveLength(4);
    const ids = server.taken.map(({ raw }) => /^Message-ID: .*$/im.exec(raw.toString())?.[0]);
    expect(new Set(ids).size).toBe(3); // by which a receiver can know it
  });
});
