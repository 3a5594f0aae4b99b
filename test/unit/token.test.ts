import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deliveryLinks } from '../../src/domain/links.ts';
import { PURPOSES, type Purpose, signToken, verifyToken } from '../../src/domain/token.ts';

const KEY = 'the first key of the tests, long enough';
const keys = new Map([['k1', KEY]]);
const EDITION = 'daily/2025-03-14';
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const sign = (purpose: Purpose = 'unsubscribe', subscriberId = 17, scope = '') =>
  signToken(keys, 'k1', purpose, subscriberId, scope);

describe('a token', () => {
  test('names its subscriber, for its purpose and scope', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PURPOSES),
        fc.integer({ min: 0, max: 999_999_999_999_999 }),
        fc.string(),
        (purpose, subscriberId, scope) => {
          const token = sign(purpose, subscriberId, scope);
          expect(verifyToken(keys, token, purpose, scope)).toBe(subscriberId);
        },
      ),
    );
  });

  test('is the same every time, short, and needs no escaping in a path', () => {
    expect(sign()).toBe(sign());
    expect(sign()).toMatch(/^k1\.17\.[A-Za-z0-9_-]{22}$/);
  });

  test('does not carry what it is for', () => {
    expect(sign('view', 17, EDITION)).not.toContain('view');
    expect(sign('view', 17, EDITION)).not.toContain('2025');
  });

  test.each(PURPOSES.flatMap((made) => PURPOSES.map((used) => [made, used] as const)))(
    'that is made for %s opens %s only when they are the same',
    (made, used) => {
      expect(verifyToken(keys, sign(made), used)).toBe(made === used ? 17 : undefined);
    },
  );

  test('opens no other scope, and none when it has one', () => {
    const token = sign('view', 17, EDITION);
    for (const scope of ['daily/2025-03-15', 'daily/2025-03-1', `${EDITION} `, '']) {
      expect(verifyToken(keys, token, 'view', scope)).toBeUndefined();
    }
    expect(verifyToken(keys, sign('view'), 'view', EDITION)).toBeUndefined();
  });

  test('with any one character changed, left out or added does not verify', () => {
    const token = sign('unsubscribe', 1_234);
    for (let at = 0; at < token.length; at += 1) {
      const [before, after] = [token.slice(0, at), token.slice(at + 1)];
      for (const other of `${BASE64URL}.~ \u0000é`) {
        const changed = before + other + after;
        if (changed === token) continue;
        expect([changed, verifyToken(keys, changed, 'unsubscribe')]).toEqual([changed, undefined]);
        const longer = before + other + token.slice(at);
        expect([longer, verifyToken(keys, longer, 'unsubscribe')]).toEqual([longer, undefined]);
      }
      expect(verifyToken(keys, before + after, 'unsubscribe')).toBeUndefined();
    }
  });

  test('has one spelling only: the spare bits of base64url do not make others', () => {
    const token = sign();
    const bytes = (text: string) => Buffer.from(text.split('.')[2] ?? '', 'base64url');
    const twins = [...BASE64URL]
      .map((last) => token.slice(0, -1) + last)
      .filter((twin) => twin !== token && bytes(twin).equals(bytes(token)));
    expect(twins).toHaveLength(15);
    for (const twin of twins) expect(verifyToken(keys, twin, 'unsubscribe')).toBeUndefined();
  });

  test.each([
    '',
    '.',
    '..',
    'k1.17',
    'k1.17.',
    'k1.017.AAAAAAAAAAAAAAAAAAAAAA',
    'k1.1e3.AAAAAAAAAAAAAAAAAAAAAA',
    'k1.-1.AAAAAAAAAAAAAAAAAAAAAA',
    'K1.17.AAAAAAAAAAAAAAAAAAAAAA',
    `${'k1.17.AAAAAAAAAAAAAAAAAAAAAA'}\n`,
    'x'.repeat(100_000),
  ])('is not anything else (case %#)', (text) => {
    expect(verifyToken(keys, text, 'unsubscribe')).toBeUndefined();
  });

  test('a subscriber number is not read in two ways', () => {
    const [, , mac] = sign('unsubscribe', 17).split('.');
    expect(verifyToken(keys, `k1.0017.${mac}`, 'unsubscribe')).toBeUndefined();
  });
});

describe('keys', () => {
  const rotated = new Map([
    ['k2', 'the second key of the tests, long enough'],
    ['k1', KEY],
  ]);

  test('after a rotation the old links still verify, and new ones are of the new key', () => {
    expect(verifyToken(rotated, sign(), 'unsubscribe')).toBe(17);
    const fresh = signToken(rotated, 'k2', 'unsubscribe', 17);
    expect(verifyToken(rotated, fresh, 'unsubscribe')).toBe(17);
    expect(verifyToken(keys, fresh, 'unsubscribe')).toBeUndefined();
  });

  test('a removed key verifies nothing, and signing with it tells the remedy', () => {
    const only = new Map([['k2', rotated.get('k2') ?? '']]);
    expect(verifyToken(only, sign(), 'unsubscribe')).toBeUndefined();
    expect(() => signToken(only, 'k1', 'view', 17)).toThrow(/"k1".*PAPERBOY_SECRET as k1:SECRET/);
  });

  test('another key under the same name verifies nothing', () => {
    const other = new Map([['k1', 'some other key of the tests, long enough']]);
    expect(verifyToken(other, sign(), 'unsubscribe')).toBeUndefined();
  });

  test('the same key under another name verifies nothing: a token cannot be renamed', () => {
    const both = new Map([
      ['k1', KEY],
      ['k2', KEY],
    ]);
    const renamed = sign().replace(/^k1/, 'k2');
    expect(verifyToken(both, renamed, 'unsubscribe')).toBeUndefined();
  });
});

describe('the links of a delivery', () => {
  const frame = { baseUrl: 'https://papers.example.org', keyId: 'k1' };
  const links = deliveryLinks(keys, frame, 17, EDITION);
  const tokenIn = (link: string) => link.split('/')[4] ?? '';

  test('are absolute, and each opens its own page and no other', () => {
    for (const [name, link] of Object.entries(links)) {
      expect(link).toMatch(new RegExp(`^https://papers\\.example\\.org/${name}/k1\\.17\\.`));
      for (const purpose of PURPOSES) {
        const scope = name === 'view' ? EDITION : '';
        expect(verifyToken(keys, tokenIn(link), purpose, scope)).toBe(
          purpose === name ? 17 : undefined,
        );
      }
    }
  });

  test('view names its edition, which the token is bound to', () => {
    expect(links.view.endsWith(`/${EDITION}`)).toBe(true);
    expect(verifyToken(keys, tokenIn(links.view), 'view', 'daily/2025-03-15')).toBeUndefined();
  });

  test('unsubscribe and preferences work for ever: they are the same in every edition', () => {
    const next = deliveryLinks(keys, frame, 17, 'daily/2025-03-15');
    expect(next.unsubscribe).toBe(links.unsubscribe);
    expect(next.preferences).toBe(links.preferences);
    expect(next.view).not.toBe(links.view);
  });
});
