import { generateKeyPairSync } from 'node:crypto';
import type { SMTPServerOptions } from 'smtp-server';
import { describe, expect, test } from 'vitest';
import { eml } from '../../src/providers/eml.ts';
import { type SmtpOptions, smtp } from '../../src/providers/smtp.ts';
import { verifyDkim } from '../support/dkim.ts';
import { emailOf } from '../support/emails.ts';
import { localhostCert as tls } from '../support/localhost-cert.ts';
import { scripted, sink, smtpTo } from '../support/smtp-setup.ts';

const KEY = 'daily/2025-03-14/slice-1';

describe('the way there', () => {
  test('nobody listens: later, and later still', async () => {
    const server = await scripted();
    await server.close();
    const provider = smtpTo(server);
    for (let again = 0; again < 2; again++)
      expect(await provider.submit([emailOf(1)], KEY)).toEqual({
        kind: 'busy',
        why: expect.stringContaining('ECONNREFUSED'),
        retryAfterMs: 5_000,
      });
  });

  test('an unknown host is a matter of waiting', async () => {
    const provider = smtpTo({ port: 0 }, { url: 'smtp://mail.invalid' });
    expect(await provider.submit([emailOf(1)], KEY)).toHaveProperty('kind', 'busy');
  });

  test('STARTTLS with a certificate that verifies', async () => {
    const server = await sink(tls);
    const provider = smtpTo(server, { allowPlaintext: false, ca: tls.cert });
    expect(await provider.submit([emailOf(1)], KEY)).toEqual({
      kind: 'submitted',
      providerIds: ['Q1XYZ'],
    });
    expect(server.taken).toMatchObject([{ encrypted: true }]);
  });

  test('TLS from the first byte', async () => {
    const server = await sink({ ...tls, secure: true });
    const url = `smtps://localhost:${server.port}`;
    const provider = smtpTo(server, { url, allowPlaintext: false, ca: tls.cert });
    expect(await provider.submit([emailOf(1)], KEY)).toHaveProperty('kind', 'submitted');
    expect(server.taken).toMatchObject([{ encrypted: true }]);
  });

  test.each<[string, object, (port: number) => Partial<SmtpOptions>]>([
    ['STARTTLS', tls, () => ({})],
    ['STARTTLS, where plaintext would do', tls, () => ({ allowPlaintext: true })],
    ['TLS', { ...tls, secure: true }, (port) => ({ url: `smtps://localhost:${port}` })],
    [
      'another name',
      tls,
      (port) => ({
        url: `smtp://localhost:${port}?servername=other.example.org`,
        ca: tls.cert,
      }),
    ],
  ])('halts at a certificate that does not verify: %s', async (_label, options, change) => {
    const server = await sink(options);
    const provider = smtpTo(server, { allowPlaintext: false, ...change(server.port) });
    expect(await provider.submit([emailOf(1)], KEY)).toMatchObject({
      kind: 'halted',
      why: expect.stringContaining('authority'),
    });
    expect(server.taken).toEqual([]);
  });

  test('halts without STARTTLS, and sends in plaintext only when told to', async () => {
    const server = await sink();
    expect(await smtpTo(server, { allowPlaintext: false }).submit([emailOf(1)], KEY)).toMatchObject(
      {
        kind: 'halted',
        why: expect.stringContaining('STARTTLS'),
      },
    );
    expect(server.taken).toEqual([]);
    expect(await smtpTo(server).submit([emailOf(1)], KEY)).toHaveProperty('kind', 'submitted');
    expect(server.taken).toMatchObject([{ encrypted: false }]);
  });

  test('halts at smtps:// on a port that speaks no TLS', async () => {
    const server = await sink();
    const provider = smtpTo(server, { url: `smtps://localhost:${server.port}` });
    expect(await provider.submit([emailOf(1)], KEY)).toHaveProperty('kind', 'halted');
  });

  test('logs in, over TLS, with what the URL says', async () => {
    const seen: unknown[] = [];
    const onAuth: SMTPServerOptions['onAuth'] = ({ username, password }, session, answer) => {
      seen.push([username, password, session.secure]);
      if (password === 'p@ss/w:rd') answer(null, { user: 'me' });
      else answer(Object.assign(new Error('5.7.8 No'), { responseCode: 535 }));
    };
    const server = await sink({ ...tls, authOptional: false, onAuth });
    const options = { allowPlaintext: false, ca: tls.cert };
    const url = (pass: string) => `smtp://me%40example.org:${pass}@localhost:${server.port}`;
    const right = smtpTo(server, { ...options, url: url('p%40ss%2Fw%3Ard') });
    expect(await right.submit([emailOf(1)], KEY)).toHaveProperty('kind', 'submitted');
    expect(seen).toEqual([['me@example.org', 'p@ss/w:rd', true]]);
    const outcome = await smtpTo(server, { ...options, url: url('wrong') }).submit(
      [emailOf(1)],
      KEY,
    );
    expect(outcome).toMatchObject({ kind: 'halted', why: expect.stringContaining('password') });
    expect(JSON.stringify(outcome)).not.toContain('wrong');
    const nobody = await smtpTo(server, options).submit([emailOf(1)], KEY);
    expect(nobody).toMatchObject({ kind: 'halted', why: expect.stringContaining('530') });
    expect(server.taken).toHaveLength(1);
  });

  test.each<[string, Partial<SmtpOptions>]>([
    ['another scheme', { url: 'http://user:secret@example.org' }],
    ['no host', { url: 'smtp:user:secret' }],
    ['an open slash in the password', { url: 'smtp://user:secret/x@example.org' }],
    ['an open percent in the password', { url: 'smtp://user:secret%@example.org' }],
    ['a user without a password', { url: 'smtp://secret@example.org' }],
    ['an option that there is not', { url: 'smtp://user:secret@example.org?logger=true' }],
    ['a return path', { returnPath: 'secret' }],
    ['a key', { dkim: { domainName: 'a.example', keySelector: 's', privateKey: 'secret' } }],
    ['a domain', { dkim: { domainName: 'a;b=secret', keySelector: 's', privateKey: 'x' } }],
  ])('says at once what is wrong with %s, without quoting it', (_label, change) => {
    const make = () => smtp({ url: 'smtp://localhost', onUnknown: 'hold', ...change });
    expect(make).toThrow(TypeError);
    expect(make).not.toThrow(/secret/);
  });
});

describe('what arrives', () => {
  test.each([
    ['dots', { text: '.\n..\n.hidden\n\n.', html: '<p>.</p>\n.\n' }],
    ['long lines', { text: 'x'.repeat(20_000), html: `<p>${'é'.repeat(9_000)}</p>` }],
    ['other scripts', { subject: 'Élan 論文 🦉', text: 'naïve 論文 🦉', html: '<p>ß → ∞</p>' }],
    ['bare line ends', { text: 'a\rb\nc\r\nd' }],
  ])('is the bytes of the .eml: %s', async (_label, change) => {
    const server = await sink();
    const email = emailOf(1, change);
    await smtpTo(server).submit([email], KEY);
    const bytes = await eml(email);
    expect(server.taken.map(({ raw }) => raw.toString('latin1'))).toEqual([
      bytes.toString('latin1'),
    ]);
    expect(bytes.every((byte) => byte < 0x80)).toBe(true); // no 8BITMIME needed (RFC 6152)
    expect(
      Math.max(
        ...bytes
          .toString('latin1')
          .split('\r\n')
          .map((l) => l.length),
      ),
    ).toBeLessThan(999);
  });

  test('the envelope has the one recipient, and the return path or the sender', async () => {
    const server = await sink();
    const email = emailOf(1, { to: '"Ann, B" <ann@example.org>' });
    await smtpTo(server).submit([email], KEY);
    await smtpTo(server, { returnPath: 'bounces@papers.example.org' }).submit([email], KEY);
    expect(server.taken).toMatchObject([
      { from: 'daily@papers.example.org', to: ['ann@example.org'] },
      { from: 'bounces@papers.example.org', to: ['ann@example.org'] },
    ]);
  });

  test.each(['ann@example.org\u0000', 'ann@exa\u0007mple.org', 'ann@example.org>\r\nDATA'])(
    'nothing but an address gets into the envelope: %j',
    async (address) => {
      const server = await scripted();
      const outcome = await smtpTo(server).submit([emailOf(1, { to: address })], KEY);
      expect(outcome).toMatchObject({ kind: 'refused', culprits: [0] });
      expect(server.commands()).toEqual([]);
    },
  );

  test('names the email by its Message-ID when the server does not', async () => {
    const server = await scripted({ DOT: [{ say: '250 OK' }] });
    expect(await smtpTo(server).submit([emailOf(1)], KEY)).toEqual({
      kind: 'submitted',
      providerIds: ['<daily.2025-03-14.1@papers.example.org>'],
    });
  });

  test('a DKIM signature that holds, over what one-click unsubscribing needs', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const server = await sink();
    const dkim = { domainName: 'papers.example.org', keySelector: 'p1', privateKey: pem };
    const email = emailOf(1, { subject: 'Élan  論文', text: '. two  spaces \n\n\n' });
    const provider = smtpTo(server, { dkim });
    for (let again = 0; again < 2; again++) await provider.submit([email], KEY);
    const [first, second] = server.taken.map(({ raw }) => raw);
    expect(first).toEqual(second);
    const raw = first ?? Buffer.alloc(0);
    const signature = verifyDkim(raw, publicKey);
    expect(signature).toMatchObject({ holds: true, domain: 'papers.example.org', selector: 'p1' });
    const needed = 'from to subject date message-id list-unsubscribe list-unsubscribe-post';
    expect(signature.covers).toEqual(expect.arrayContaining(needed.split(' ')));
    expect(signature.tags).not.toHaveProperty('t');
    expect(raw.subarray(raw.length - (await eml(email)).length)).toEqual(await eml(email));
    for (const [name, other] of [
      ['List-Unsubscribe-Post', 'List-Unsubscribe=Two-Click'],
      ['List-Unsubscribe', '<https://evil.example.net>'],
    ]) {
      const changed = raw
        .toString('latin1')
        .replace(new RegExp(`^${name}: .*$`, 'm'), `${name}: ${other}`);
      expect(verifyDkim(Buffer.from(changed, 'latin1'), publicKey).holds).toBe(false);
    }
  });
});
