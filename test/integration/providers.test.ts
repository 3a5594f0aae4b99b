import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Email } from '../../src/domain/email.ts';
import { emailOf, emailsOf, textOnlyOf } from '../support/emails.ts';
import { type Bench, benches, type Delivered } from '../support/provider-benches.ts';

const KEY = 'daily/2025-03-14/slice-1';

/** What an email must look like on the other side. */
const expected = ({ to, subject, html, text, headers }: Email): Delivered => ({
  to,
  subject,
  html,
  text,
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  ),
});

type Kind = (typeof benches)[keyof typeof benches];
let bench: Bench;
const submit = (emails: readonly Email[], key = KEY) => bench.provider.submit(emails, key);

function eachTestOpens(open: Kind['open']): void {
  beforeEach(async () => {
    bench = await open();
  });
  afterEach(() => bench.close());
}

const all: [string, Kind][] = Object.entries(benches);
const remembering = all.filter(([, { remembersKeys }]) => remembersKeys);

describe.each(remembering)('the provider %s, which remembers its keys,', (name, { open }) => {
  eachTestOpens(open);

  test('names them in the order of the emails', async () => {
    const forward = emailsOf(5);
    const whole = await submit(forward);
    const single = await submit([...forward].reverse(), 'another key');
    if (name === 'outbox' && whole.kind === 'submitted')
      expect(single).toEqual({ ...whole, providerIds: [...whole.providerIds].reverse() });
    expect(single).toHaveProperty('providerIds.length', 5);
  });

  test('delivers once, however often the same bytes come under the same key', async () => {
    const emails = emailsOf(3);
    const first = await submit(emails);
    for (let again = 0; again < 3; again++) expect(await submit(emails)).toEqual(first);
    expect(await bench.delivered()).toHaveLength(3);
  });

  test.each<[string, Email[]]>([
    ['another subject', [emailOf(1), emailOf(2, { subject: 'Other' })]],
    ['another order', [emailOf(2), emailOf(1)]],
    ['an email less', [emailOf(1)]],
    ['other deliveries', [emailOf(8), emailOf(9)]],
  ])('takes nothing at the same key with %s', async (_label, others) => {
    const emails = emailsOf(2);
    await submit(emails);
    const outcome = await submit(others);
    expect(outcome.kind).toBe('conflict');
    expect(outcome).toHaveProperty('why', expect.stringContaining('other bytes'));
    expect(await bench.delivered()).toEqual(emails.map(expected));
  });

  test('delivers once when the same slice comes twice at the same time', async () => {
    const emails = emailsOf(20);
    const kinds = (await Promise.all([submit(emails), submit(emails)])).map(({ kind }) => kind);
    expect(kinds).toContain('submitted');
    expect(await submit(emails)).toHaveProperty('kind', 'submitted');
    expect(await bench.delivered()).toEqual(emails.map(expected));
  });
});

describe.each(all)('the provider %s', (name, { open, sliceMax, remembersKeys }) => {
  eachTestOpens(open);

  test('says who it is and what it bears', () => {
    expect(bench.provider.name).toBe(name);
    expect(bench.provider.sliceMax).toBe(sliceMax);
    // Without a memory nothing may ever be handed over twice, unless the operator wants that.
    if (remembersKeys)
      expect(bench.provider.keyLifeMs).toBeGreaterThanOrEqual(23 * 60 * 60 * 1_000);
    else expect(bench.provider.keyLifeMs).toBe(0);
  });

  test.each([1, 3, 100])('takes %d emails in slices, whole, and names each', async (count) => {
    const emails = emailsOf(count);
    const providerIds: string[] = [];
    for (let first = 0; first < count; first += sliceMax) {
      const outcome = await submit(emails.slice(first, first + sliceMax), `${KEY}-${first}`);
      expect(outcome.kind).toBe('submitted');
      if (outcome.kind === 'submitted') providerIds.push(...outcome.providerIds);
    }
    expect(new Set(providerIds).size).toBe(count);
    expect(await bench.delivered()).toEqual(emails.map(expected));
  });

  test('takes nothing when there is nothing', async () => {
    expect(await submit([])).toEqual({ kind: 'submitted', providerIds: [] });
  });

  test.each<[string, Email]>([
    [
      'unicode',
      emailOf(1, { subject: 'Élan 論文 🦉', text: 'naïve 論文 🦉\n', html: '<p>ß → ∞</p>' }),
    ],
    [
      'long lines',
      emailOf(1, { text: `${'x'.repeat(20_000)}\n`, html: `<p>${'é'.repeat(9_000)}</p>` }),
    ],
    ['dots and From lines', emailOf(1, { text: '.\n..\nFrom me\n--\n=20\n' })],
    ['a long subject', emailOf(1, { subject: 'On the reading of papers '.repeat(40).trim() })],
    ['markup in the subject', emailOf(1, { subject: '<script>alert("1")</script> & co' })],
    ['a display name', emailOf(1, { to: '"Ann O\'Hara" <ann@example.org>' })],
    ['no HTML', textOnlyOf(1)],
    ['a large body', emailOf(1, { html: `<p>${'word '.repeat(60_000)}</p>` })],
  ])('carries %s unchanged', async (_label, email) => {
    expect(await submit([email])).toHaveProperty('kind', 'submitted');
    expect(await bench.delivered()).toEqual([expected(email)]);
  });

  test.each<[string, Partial<Email>]>([
    ['the subject', { subject: 'Hi\r\nBcc: evil@example.net' }],
    ['the subject, past the headers', { subject: 'Hi\r\n\r\n<script>alert(1)</script>' }],
    ['the recipient', { to: 'reader2@example.org\r\nBcc: evil@example.net' }],
    ['the name of the recipient', { to: '"X\r\nBcc: evil@example.net" <reader2@example.org>' }],
    ['a second recipient', { to: 'reader2@example.org, evil@example.net' }],
    ['a header', { headers: { ...emailOf(2).headers, 'List-ID': '<a>\r\nBcc: evil@example.net' } }],
  ])('lets nothing in through %s', async (_label, change) => {
    const emails = [emailOf(1), emailOf(2, change), emailOf(3)];
    const around = sliceMax < emails.length ? 0 : 1; // beside it in its slice, on either side
    const outcome = await submit(emails.slice(1 - around, 2 + around));
    const delivered = await bench.delivered();
    const allowed = ['date', 'list-id', 'list-unsubscribe', 'list-unsubscribe-post', 'message-id'];
    for (const { headers, to } of delivered) {
      expect(allowed).toEqual(expect.arrayContaining(Object.keys(headers)));
      expect(to).toMatch(/^[^,\r\n]*reader\d@example\.org>?$/);
    }
    if (outcome.kind === 'submitted') expect(delivered).toHaveLength(1 + 2 * around);
    else {
      expect(outcome).toMatchObject({ kind: 'refused', culprits: [around] });
      expect(delivered).toEqual([]);
    }
  });

  test('refuses more than it bears', async () => {
    expect(await submit(emailsOf(sliceMax + 1))).toHaveProperty('kind', 'refused');
    expect(await bench.delivered()).toEqual([]);
  });

  test('closes, also twice, also unused', async () => {
    await bench.provider.close();
    await bench.provider.close();
  });
});
