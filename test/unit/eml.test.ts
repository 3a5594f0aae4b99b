import { type AddressObject, simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import type { Email } from '../../src/domain/email.ts';
import { EmlError, eml } from '../../src/providers/eml.ts';

const plain: Email = {
  deliveryId: 'daily/2025-03-14/17',
  from: 'Paperboy Daily <daily@papers.example.org>',
  to: 'ann@example.org',
  subject: '10 papers for you',
  html: '<p>Ten papers</p>\n',
  text: 'Ten papers\n',
  headers: {
    'Message-ID': '<daily.2025-03-14.17@papers.example.org>',
    Date: 'Fri, 14 Mar 2025 07:00:00 +0000',
    'List-Unsubscribe': '<https://papers.example.org/u/1.17.abc>, <mailto:u@papers.example.org>',
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'List-ID': '<daily.papers.example.org>',
  },
};

const headOf = (message: Buffer) => {
  const raw = message.toString('latin1');
  return raw.slice(0, raw.indexOf('\r\n\r\n'));
};

/** Names in order, folded lines joined to the one that they continue. */
const headerNames = (message: Buffer) =>
  headOf(message)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map((line) => line.slice(0, line.indexOf(':')));

const HEADERS = [
  'Message-ID',
  'Date',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
  'List-ID',
  'From',
  'To',
  'Subject',
  'MIME-Version',
  'Content-Type',
];

describe('the bytes', () => {
  test('are the same every time', async () => {
    const messages = await Promise.all(Array.from({ length: 20 }, () => eml(plain)));
    expect(new Set(messages.map((message) => message.toString('latin1'))).size).toBe(1);
  });

  test('hold every header once, in a fixed order, and no other', async () => {
    expect(headerNames(await eml(plain))).toEqual(HEADERS);
  });

  test('differ in their boundary from delivery to delivery', async () => {
    const other = await eml({ ...plain, deliveryId: 'daily/2025-03-14/18' });
    const boundary = (message: Buffer) => /boundary="([^"]+)"/.exec(headOf(message))?.[1];
    expect(boundary(other)).not.toBe(boundary(await eml(plain)));
  });

  test.each([
    ['long lines', { text: 'x'.repeat(50_000), html: `<p>${'y'.repeat(50_000)}</p>` }],
    ['a long subject without a space', { subject: 'z'.repeat(5_000) }],
    ['a long subject', { subject: 'word '.repeat(1_000) }],
    ['a long unicode subject', { subject: '論文'.repeat(1_000) }],
    ['bare line feeds and carriage returns', { text: 'a\nb\rc\r\nd\n\n.\nFrom me\n' }],
    ['NUL and 8-bit', { text: 'a\0b\u0085é', subject: 'a\0b' }],
  ])('have CRLF, short lines and ASCII only: %s', async (_label, change) => {
    const raw = (await eml({ ...plain, ...change })).toString('latin1');
    const lines = raw.split('\r\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(998);
    expect(lines.join('')).not.toMatch(/[^\t\x20-\x7e]/);
  });
});

describe('the structure', () => {
  test('is text first, then HTML, both quoted-printable', async () => {
    const raw = (await eml(plain)).toString('latin1');
    const parts = [
      ...raw.matchAll(/\r\nContent-Type: (text\/\w+)[^\r]*\r\nContent-Transfer-Encoding: (\S+)/g),
    ];
    expect(raw).toContain('Content-Type: multipart/alternative;');
    expect(parts.map(([, type, encoding]) => [type, encoding])).toEqual([
      ['text/plain', 'quoted-printable'],
      ['text/html', 'quoted-printable'],
    ]);
  });

  test('is one text part when there is no HTML', async () => {
    const { html: _, ...textOnly } = plain;
    const message = await eml(textOnly);
    expect(headOf(message)).toContain('Content-Type: text/plain; charset=utf-8');
    expect(message.toString()).not.toContain('multipart');
  });

  test('keeps an empty text part', async () => {
    const parsed = await simpleParser(await eml({ ...plain, text: '' }));
    expect(parsed.html).toBe('<p>Ten papers</p>\n');
    expect((await eml({ ...plain, text: '' })).toString()).toContain('Content-Type: text/plain');
  });

  test('withstands a text that knows the boundary', async () => {
    const message = (await eml(plain)).toString();
    const boundary = /boundary="([^"]+)"/.exec(message)?.[1] ?? '';
    const text = `before\n--${boundary}\nContent-Type: text/html\n\n<script>alert(1)</script>\n--${boundary}--\nafter\n`;
    const parsed = await simpleParser(await eml({ ...plain, text }));
    expect(parsed.text).toBe(text);
    expect(parsed.html).toBe(plain.html);
  });

  test.each([
    ['unicode', 'naïve café 論文 🦉 \u{1F469}\u200D\u{1F52C}'],
    ['things that look like MIME', '=C3=A9 =?UTF-8?Q?no?= --=_paperboy'],
    ['quotes and backslashes', '"R\\&D" <x>'],
  ])('carries %s', async (_label, words) => {
    const parsed = await simpleParser(
      await eml({ ...plain, subject: words, text: `${words}\n`, html: `<p>${words}</p>` }),
    );
    expect(parsed.text).toBe(`${words}\n`);
    expect(parsed.html).toBe(`<p>${words}</p>`);
    if (!words.includes('=?')) expect(parsed.subject).toBe(words);
  });
});

describe('hostile headers', () => {
  test.each([
    ['subject', { subject: 'Hi\r\nBcc: evil@example.net\r\n\r\n<script>' }],
    ['subject with a bare CR', { subject: 'Hi\rBcc: evil@example.net' }],
    ['subject with U+2028', { subject: 'Hi\u2028Bcc: evil@example.net' }],
    ['name of the recipient', { to: '"Ann\r\nBcc: evil@example.net" <ann@example.org>' }],
    ['name that looks like a list', { to: 'evil@example.net, Ann <ann@example.org>' }],
    ['name of the sender', { from: 'X\r\nSender: evil@example.net <daily@papers.example.org>' }],
    [
      'List-Unsubscribe',
      { headers: { ...plain.headers, 'List-Unsubscribe': '<a>\r\nBcc: e@example.net' } },
    ],
    ['Message-ID', { headers: { ...plain.headers, 'Message-ID': '<a@b>\r\nBcc: e@example.net' } }],
    ['Date', { headers: { ...plain.headers, Date: 'Fri\r\nBcc: e@example.net' } }],
  ])('inject nothing through the %s', async (_label, change) => {
    const message = await eml({ ...plain, ...change });
    expect(headerNames(message)).toEqual(HEADERS);
    const parsed = await simpleParser(message);
    const to = parsed.to as AddressObject;
    expect(to.value.map(({ address }) => address)).toEqual(['ann@example.org']);
    expect(parsed.html).toBe(plain.html);
  });

  test.each([
    ['a second recipient', { to: 'ann@example.org, evil@example.net' }],
    ['a second recipient after a line break', { to: 'ann@example.org\r\nBcc: evil@example.net' }],
    ['a group', { to: 'all: ann@example.org, evil@example.net;' }],
    ['no address', { to: 'Ann' }],
    ['an empty address', { to: '' }],
    ['two at signs', { to: 'ann@example.org@example.net' }],
    ['a broken sender', { from: 'Paperboy <>' }],
    ['a header of ours', { headers: { ...plain.headers, 'Content-Type': 'text/html' } }],
    ['Bcc', { headers: { ...plain.headers, Bcc: 'evil@example.net' } }],
    [
      'a header name with a colon',
      { headers: { ...plain.headers, 'X: y\r\nBcc': 'e@example.net' } },
    ],
    ['no Message-ID', { headers: { Date: 'Fri, 14 Mar 2025 07:00:00 +0000' } }],
    ['no Date', { headers: { 'Message-ID': '<a@b>' } }],
    [
      'a header that cannot be folded',
      { headers: { ...plain.headers, 'X-Long': 'x'.repeat(1_100) } },
    ],
  ])('are not mailed: %s', async (_label, change) => {
    await expect(eml({ ...plain, ...change })).rejects.toThrow(EmlError);
  });
});
