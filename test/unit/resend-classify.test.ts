import { describe, expect, test } from 'vitest';
import { classify } from '../../src/providers/resend-classify.ts';
import { linear } from '../support/linear-time.ts';

const named = (name: string, message = '') => JSON.stringify({ name, message });
const ids = (...list: unknown[]) => JSON.stringify({ data: list.map((id) => ({ id })) });
const invalid = (message: string) => named('validation_error', message);
const of = (status: number | null, body: string, headers: Record<string, string> = {}) =>
  classify({ status, headers, body, emails: 3 });

describe('taken', () => {
  test.each<[string, number, string]>([
    ['200 with every id', 200, ids('a', 'b', 'c')],
    ['201 with every id', 201, ids('a', 'b', 'c')],
    ['200 with an empty errors list', 200, ids('a', 'b', 'c').replace(/}$/, ',"errors":[]}')],
  ])('%s', (_label, status, body) => {
    expect(of(status, body)).toEqual({ kind: 'submitted', providerIds: ['a', 'b', 'c'] });
  });
});

test('no address in the words of Resend is kept', () => {
  const words = 'Invalid `to`: "Ada <ada@example.org>"';
  const left = JSON.stringify({
    data: [{ id: 'a' }, { id: 'b' }],
    errors: [{ index: 2, message: words }],
  });
  for (const outcome of [of(422, invalid(words)), of(500, named('x', words)), of(200, left)]) {
    expect(JSON.stringify(outcome)).toContain('…@…');
    expect(JSON.stringify(outcome)).not.toContain('ada@');
  }
});

describe('taken but for some', () => {
  const partly = (left: string[], ...errors: unknown[]) =>
    JSON.stringify({ data: left.map((id) => ({ id })), errors });
  test('the ids are those of the others, the words of those left out are kept', () => {
    expect(of(200, partly(['a', 'c'], { index: 1, message: 'Invalid `to`' }))).toEqual({
      kind: 'partly',
      providerIds: ['a', 'c'],
      refusals: [{ index: 1, why: 'Invalid `to`' }],
    });
  });
  test('all were left out', () => {
    const answer = partly([], ...[2, 0, 1].map((index) => ({ index, message: `no ${index}` })));
    expect(of(200, answer)).toMatchObject({
      kind: 'partly',
      refusals: [0, 1, 2].map((index) => ({ index, why: `no ${index}` })),
    });
  });
  test('one without words gets some', () => {
    expect(of(200, partly(['a', 'b'], { index: 2 }))).toMatchObject({
      refusals: [{ index: 2, why: 'HTTP 200: left out' }],
    });
  });
  test.each<[string, string]>([
    ['an email is in neither list', partly(['a'], { index: 1 })],
    ['one is named twice', partly(['a'], { index: 1 }, { index: 1 })],
    ['a place that was not in the request', partly(['a', 'b'], { index: 3 })],
    ['a negative place', partly(['a', 'b'], { index: -1 })],
    ['a place that is no number', partly(['a', 'b'], { index: '2' })],
  ])('%s: nobody knows', (_label, body) => {
    expect(of(200, body).kind).toBe('unknown');
  });
});

describe('perhaps taken', () => {
  test.each<[string, number | null, string]>([
    ['200, an id short', 200, ids('a', 'b')],
    ['200, an id too many', 200, ids('a', 'b', 'c', 'd')],
    ['200, an empty id', 200, ids('a', '', 'c')],
    ['200, an id that is a number', 200, ids('a', 2, 'c')],
    ['200, no ids', 200, '{"data":[]}'],
    ['200, data null', 200, '{"data":null}'],
    ['200, cut', 200, ids('a', 'b', 'c').slice(0, 20)],
    ['200, HTML', 200, '<!doctype html><title>Welcome</title>'],
    ['200, null', 200, 'null'],
    ['200, empty', 200, ''],
    ['202 without ids', 202, '{}'],
    ['204', 204, ''],
    ['no answer', null, ''],
    ['500', 500, named('internal_server_error')],
    ['500 that names a bad email', 500, invalid('emails[1].to')],
    ['502 with HTML', 502, '<html>Bad gateway</html>'],
    ['504', 504, ''],
    ['599', 599, ''],
    ['408', 408, ''],
    ['425', 425, ''],
  ])('%s', (_label, status, body) => {
    const outcome = of(status, body);
    expect(outcome.kind).toBe('unknown');
    expect(outcome).not.toHaveProperty('retryAfterMs');
  });
});

describe('come back later', () => {
  const dated = (value: string) => ({
    date: 'Fri, 14 Mar 2025 07:00:00 GMT',
    'retry-after': `Fri, 14 Mar 2025 ${value} GMT`,
  });
  const wait = (value: string) => ({ 'retry-after': value });
  const inFlight = 'concurrent_idempotent_requests';
  const daily = named('daily_quota_exceeded');

  test.each<[string, number, string, Record<string, string>, string, number]>([
    ['503 with a delay', 503, '', wait('7'), 'unknown', 7],
    ['503 with a delay that is no number', 503, '', wait('1e9'), 'unknown', Number.NaN],
    ['409 in flight', 409, named(inFlight), {}, 'unknown', 2],
    ['409 in flight, long delay', 409, named(inFlight), wait('60'), 'unknown', 5],
    ['409 in flight, no delay', 409, named(inFlight), wait('0'), 'unknown', 1],
    ['409 in flight, as type', 409, JSON.stringify({ type: inFlight }), {}, 'unknown', 2],
    ['409 without a name', 409, '{}', {}, 'unknown', 2],
    ['429', 429, named('rate_limit_exceeded'), {}, 'busy', 1],
    ['429 without a body', 429, '', {}, 'busy', 1],
    ['429, waits longer', 429, '', { ...wait('3'), 'ratelimit-reset': '1' }, 'busy', 3],
    ['429, resets later', 429, '', { ...wait('1'), 'ratelimit-reset': '4' }, 'busy', 4],
    ['429, parameters', 429, '', { 'ratelimit-reset': '5;w=10' }, 'busy', 5],
    ['429, a fraction', 429, '', wait('1.5'), 'busy', 1.5],
    ['429, zero', 429, '', wait('0'), 'busy', 1],
    ['429, a date', 429, '', dated('07:00:09'), 'busy', 9],
    ['429, a past date', 429, '', dated('06:00:00'), 'busy', 1],
    ['429, a date alone', 429, '', wait('Fri, 14 Mar 2025 07:00:09 GMT'), 'busy', 1],
    ['429, absurd', 429, '', wait('999999999999'), 'busy', 3_600],
    ['429, garbage', 429, '', wait('soon'), 'busy', 1],
    ['429, negative', 429, '', wait('-5'), 'busy', 1],
    ['daily quota', 429, daily, {}, 'halted', 3_600],
    ['daily quota, its window', 429, daily, wait('7200'), 'halted', 7_200],
    ['daily quota never spins', 429, daily, wait('1'), 'halted', 60],
    ['daily quota, rate limit aside', 429, daily, { 'ratelimit-reset': '1' }, 'halted', 3_600],
    ['daily quota in words', 429, named('', 'Your daily sending quota'), {}, 'halted', 3_600],
    ['monthly quota', 429, named('monthly_quota_exceeded'), {}, 'halted', 21_600],
    ['monthly quota as type', 429, '{"type":"monthly_quota_exceeded"}', {}, 'halted', 21_600],
    ['weeks away', 429, named('monthly_quota_exceeded'), wait('999999'), 'halted', 86_400],
  ])('%s', (_label, status, body, headers, kind, seconds) => {
    const { retryAfterMs, ...outcome } = { retryAfterMs: Number.NaN, ...of(status, body, headers) };
    expect([outcome.kind, retryAfterMs]).toEqual([kind, seconds * 1_000]);
  });
});

describe('a person must act', () => {
  test.each<[string, number, string]>([
    ['401', 401, named('missing_api_key')],
    ['401 without a body', 401, ''],
    ['401 restricted key', 401, named('restricted_api_key')],
    ['403 wrong key', 403, named('invalid_api_key', 'API key is invalid')],
    ['403 testing emails only', 403, invalid('You can only send testing emails to yourself')],
    ['422 wrong sender', 422, named('invalid_from_address')],
    ['422 unverified domain', 422, invalid('The example.org domain is not verified.')],
    ['400 wrong idempotency key', 400, named('invalid_idempotency_key')],
    ['451', 451, named('security_error')],
    ['402', 402, ''],
    ['404, the wrong address', 404, named('not_found')],
    ['405, the wrong address', 405, named('method_not_allowed')],
    ['301', 301, ''],
    ['307', 307, ''],
  ])('%s', (_label, status, body) => {
    const outcome = of(status, body);
    expect(outcome.kind).toBe('halted');
    expect(outcome).not.toHaveProperty('retryAfterMs');
  });
});

describe('a key that was taken with other bytes', () => {
  test.each<[string, number, string]>([
    ['409 other payload', 409, named('invalid_idempotent_request')],
    ['409 other payload, as type', 409, '{"type":"invalid_idempotent_request"}'],
    ['409 other payload, in words', 409, named('', 'Key used with a different payload')],
  ])('%s', (_label, status, body) => {
    expect(of(status, body)).toEqual({
      kind: 'conflict',
      why: expect.stringContaining('accepted earlier with other bytes'),
    });
  });
});

describe('bad emails', () => {
  test.each<[string, number, string, number[]]>([
    ['422', 422, invalid('Invalid `to` field'), []],
    ['422 missing field', 422, named('missing_required_field', 'Missing `to` field'), []],
    ['400 without a body', 400, '', []],
    ['400 with HTML', 400, '<p>index 1</p>', []],
    ['413', 413, '', []],
    ['418 with null', 418, 'null', []],
    ['emails[2].to', 422, invalid('Invalid `emails[2].to` field'), [2]],
    ['emails.1.to', 422, invalid('emails.1.to is invalid'), [1]],
    ['[0].to', 422, invalid('[0].to is invalid'), [0]],
    ['index 2', 422, invalid('The email at index 2 is invalid'), [2]],
    ['two, unordered, twice', 422, invalid('emails[2].to, emails[0].to, index: 2'), [0, 2]],
    ['an index outside', 422, invalid('emails[3].to'), []],
    ['an errors list', 422, '{"errors":[{"index":1},{"index":-1},{"index":0.5}]}', [1]],
    ['numbers of other kinds', 422, invalid('at most 2 of a[1], line 0'), []],
  ])('%s', (_label, status, body, culprits) => {
    expect(of(status, body)).toMatchObject({ kind: 'refused', culprits });
  });
});

describe('the reason', () => {
  test.each<[string, number | null, string, string]>([
    ['names what is known', 422, invalid('No'), 'HTTP 422: validation_error: No'],
    ['is the status at least', 502, '<html>', 'HTTP 502'],
    ['tells why no answer came', null, 'no answer: ECONNRESET', 'no answer: ECONNRESET'],
    ['is never empty', null, '', 'no answer'],
    ['counts the ids', 200, ids('a', 'b'), 'HTTP 200 with 2 readable ids for 3 emails'],
    ['is one line', 422, invalid('a\r\nb'), 'HTTP 422: validation_error: a b'],
  ])('%s', (_label, status, body, why) => {
    expect(of(status, body)).toHaveProperty('why', why);
  });

  test('is short, and hostile messages are read in linear time', () => {
    const piece = 'emails[index [0 ';
    expect(linear((text) => of(422, invalid(text)), piece)).toBe(true);
    const outcome = of(422, invalid(piece.repeat(1_000)));
    expect(outcome).toHaveProperty('why', expect.stringMatching(/^.{299}…$/));
  });
});
