import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/domain/outcome.ts';
import { classify } from '../../src/providers/smtp-classify.ts';
import {
  type Answer,
  answerOf,
  type Report,
  reportOf,
  type Stage,
} from '../../src/providers/smtp-stage.ts';

const MINUTE = 60_000;
const messageId = '<daily.2025-03-14.1@papers.example.org>';

const replied = (stage: Stage, reply: string): Answer => ({
  stage,
  reply,
  code: stage === 'dot' ? 'EMESSAGE' : 'EENVELOPE',
  message: '',
  messageId,
});
const silent = (stage: Stage, code: string, message = code): Answer => ({
  stage,
  reply: null,
  code,
  message,
  messageId,
});

const busy = (retryAfterMs: number) => ({ kind: 'busy', retryAfterMs }) as const;
const waits = (retryAfterMs: number) => ({ ...busy(retryAfterMs), scope: 'slice' }) as const;
const halted = { kind: 'halted' } as const;
const refused = { kind: 'refused', culprits: [0] } as const;
const unknown = { kind: 'unknown' } as const;

describe('a reply', () => {
  test.each<[Stage, string, Partial<Outcome>]>([
    // Before the sender: about the server or about us.
    ['greeting', '421 4.3.2 Service not available', busy(MINUTE)],
    ['greeting', '450 4.7.1 Too many connections', busy(MINUTE)],
    ['greeting', '554 5.7.1 Blocked, see https://rbl.example.net', halted],
    ['greeting', '521 Server does not accept mail', halted],
    ['greeting', 'HTTP/1.1 400 Bad Request', halted],
    ['greeting', 'SSH-2.0-OpenSSH_9.6', halted],
    ['ehlo', '421 Too busy', busy(MINUTE)],
    ['ehlo', '550 5.7.1 HELO rejected', halted],
    ['tls', '454 4.7.0 TLS not available due to temporary reason', busy(MINUTE)],
    ['tls', '502 5.5.1 STARTTLS not implemented', halted],
    ['auth', '535 5.7.8 Authentication credentials invalid', halted],
    ['auth', '534 5.7.9 Authentication mechanism is too weak', halted],
    ['auth', '538 Encryption required', halted],
    ['auth', '454 4.7.0 Temporary authentication failure', busy(MINUTE)],
    ['auth', '421 4.7.0 Too many errors', busy(MINUTE)],
    // The sender.
    ['mail', '250 2.1.0 Ok', busy(MINUTE)],
    ['mail', '421 4.4.2 Timeout', busy(MINUTE)],
    ['mail', '451 4.3.0 Queue file write error', busy(MINUTE)],
    ['mail', '452 4.3.1 Insufficient system storage', busy(MINUTE)],
    ['mail', '530 5.7.0 Authentication required', halted],
    ['mail', '550 5.1.8 Sender domain does not exist', halted],
    ['mail', '553 5.7.1 Sender address rejected: not owned by user', halted],
    ['mail', '501 5.1.7 Bad sender address syntax', halted],
    ['mail', '552 5.3.4 Message size exceeds fixed limit', refused],
    ['mail', '552 Message too large', refused],
    // The recipient.
    ['rcpt', '550 5.1.1 <reader1@example.org>: Recipient address rejected', refused],
    ['rcpt', '550 5.1.10 Recipient address has null MX', refused],
    ['rcpt', '550 No such user here', refused],
    ['rcpt', '550-5.1.1 The email account does not exist.\n550 5.1.1 gsmtp', refused],
    ['rcpt', '551 User not local', refused],
    ['rcpt', '553 5.1.3 Bad recipient address syntax', refused],
    ['rcpt', '501 5.1.3 Bad recipient address syntax', refused],
    ['rcpt', '552 5.2.2 Mailbox full', refused],
    ['rcpt', '550 5.2.1 Mailbox disabled', refused],
    ['rcpt', '550 5.4.4 Unable to route', refused],
    ['rcpt', '556 5.1.10 Domain does not accept mail', refused],
    ['rcpt', '550 5.7.2 Mailing list expansion prohibited', refused],
    ['rcpt', '550 5.7.17 Mailbox owner has changed', refused],
    ['rcpt', '554 5.7.1 <reader1@example.org>: Relay access denied', halted],
    ['rcpt', '550 relay not permitted', halted],
    ['rcpt', '550 Authentication is required for relay', halted],
    ['rcpt', '550 Sender verify failed', halted],
    ['rcpt', '550 5.7.26 This mail is unauthenticated', halted],
    ['rcpt', '530 5.7.0 Must issue a STARTTLS command first', halted],
    ['rcpt', '502 5.5.1 Command not implemented', halted],
    ['rcpt', '503 5.5.1 Need MAIL before RCPT', busy(MINUTE)],
    ['rcpt', 'well', busy(MINUTE)],
    ['rcpt', '450 4.2.0 Greylisted, try again in 300 seconds', waits(5 * MINUTE)],
    ['rcpt', '451 4.7.1 Please try again in 2 minutes', waits(2 * MINUTE)],
    ['rcpt', '450 4.7.1 Come back in 1 second', waits(10_000)],
    ['rcpt', '450 4.2.1 Mailbox busy', waits(5 * MINUTE)],
    ['rcpt', '452 4.2.2 Mailbox full', waits(30 * MINUTE)],
    ['rcpt', '450 4.7.1 Rate exceeded', busy(5 * MINUTE)],
    ['rcpt', '452 4.3.1 Mail system full', busy(MINUTE)],
    ['rcpt', '421 4.7.0 Try again later', busy(MINUTE)],
    // The message.
    ['data', '451 4.3.0 Later', busy(MINUTE)],
    ['data', '554 5.5.1 No valid recipients', refused],
    ['data', '550 5.7.1 Policy', halted],
    ['dot', '450 4.7.0 Greylisted', waits(5 * MINUTE)],
    ['dot', '421 4.3.2 Shutting down', busy(MINUTE)],
    ['dot', '550 5.7.1 Message rejected as spam', halted],
    ['dot', '550 5.7.26 DMARC', halted],
    ['dot', '552 5.3.4 Message too big', refused],
    ['dot', '500 Line too long', refused],
    ['dot', '554 Transaction failed', refused],
    ['dot', '554 5.6.0 Message content rejected', refused],
    ['dot', '354 Go ahead', unknown],
    ['dot', 'well', unknown],
    ['dot', '25', unknown],
    ['dot', '2500 what', unknown],
    // One that comes before the end of the message ends nothing.
    ['message', '250 2.0.0 Ok', unknown],
    ['message', '552 5.3.4 Enough', unknown],
    ['message', '451 4.4.2 Too slow', unknown],
    ['message', '421 4.4.2 Too slow', busy(MINUTE)],
  ])('at %s, %j', (stage, reply, expected) => {
    const outcome = classify(replied(stage, reply));
    expect(outcome).toMatchObject(expected);
    expect('scope' in outcome).toBe('scope' in expected);
  });

  test.each([
    ['250 2.0.0 Ok: queued as 4F2C1A0B3C', '4F2C1A0B3C'],
    ['250 OK id=1rkXyZ-000123-Ab', '1rkXyZ-000123-Ab'],
    ['250 2.0.0 42E7Jx0v012345 Message accepted for delivery', '42E7Jx0v012345'],
    ['250 Ok 0100018b5c3c0a4f-1a2b-000000', '0100018b5c3c0a4f-1a2b-000000'],
    ['250 2.0.0 OK  1710403200 a1b2c3.12 - gsmtp', messageId],
    ['250 OK', messageId],
  ])('%j names the email', (reply, id) => {
    expect(classify(replied('dot', reply))).toEqual({ kind: 'submitted', providerIds: [id] });
  });

  test('never brings an address or a line break into a log', () => {
    const reply = '550-5.1.1 <ann@example.org>:\n550 5.1.1 "ann.o\'hara@example.org" unknown';
    const outcome = classify(replied('rcpt', reply));
    expect(outcome).toHaveProperty('why', 'RCPT TO: 550-5.1.1 <…@…>: 550 5.1.1 "…@…" unknown');
    const endless = classify(replied('rcpt', `550 ${'@'.repeat(1e6)}`));
    expect(endless).toHaveProperty('why.length', 300);
  });
});

describe('no reply', () => {
  test.each<[Stage, string, Partial<Outcome>]>([
    ['connect', 'ECONNREFUSED', busy(MINUTE)],
    ['connect', 'ENOTFOUND', busy(MINUTE)],
    ['connect', 'EDNS', busy(MINUTE)],
    ['connect', 'ETIMEDOUT', busy(MINUTE)],
    ['connect', 'ECONNRESET', busy(MINUTE)],
    ['connect', 'ECONNECTION', busy(MINUTE)],
    ['connect', 'EABORT', busy(MINUTE)],
    ['tls', 'ETLS', busy(MINUTE)],
    ['connect', 'CERT_HAS_EXPIRED', halted],
    ['connect', 'DEPTH_ZERO_SELF_SIGNED_CERT', halted],
    ['connect', 'ERR_TLS_CERT_ALTNAME_INVALID', halted],
    ['connect', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', halted],
    ['connect', 'ERR_SSL_WRONG_VERSION_NUMBER', halted],
    ['auth', 'EAUTH', halted],
    ['connect', 'ECONFIG', halted],
    ['mail', 'EMESSAGE', refused],
    ['connect', 'EENVELOPE', refused],
    ['message', 'ECONNECTION', busy(MINUTE)],
    ['message', 'ETIMEDOUT', busy(MINUTE)],
    ['dot', 'ECONNECTION', unknown],
    ['dot', 'ETIMEDOUT', unknown],
    ['dot', 'EABORT', unknown],
    ['dot', 'EPROTOCOL', unknown],
  ])('at %s, %s', (stage, code, expected) => {
    expect(classify(silent(stage, code))).toMatchObject(expected);
  });
});

describe('where a try had got to', () => {
  const report = (change: Partial<Report>): Report => ({
    code: 'ECONNECTION',
    command: 'CONN',
    reply: null,
    message: '',
    read: 'nothing',
    ...change,
  });
  test.each<[string, Partial<Report>, Stage, string | null]>([
    ['a line lost', {}, 'connect', null],
    ['a reply on connecting', { code: 'EPROTOCOL', reply: '554 no' }, 'greeting', '554 no'],
    ['EHLO', { command: 'EHLO', reply: '550 no' }, 'ehlo', '550 no'],
    ['HELO', { command: 'HELO', reply: '550 no' }, 'ehlo', '550 no'],
    ['STARTTLS', { code: 'ETLS', command: 'STARTTLS', reply: '502 no' }, 'tls', '502 no'],
    ['a handshake', { code: 'ETLS' }, 'tls', null],
    ['AUTH', { code: 'EAUTH', command: 'AUTH PLAIN', reply: '535 no' }, 'auth', '535 no'],
    ['no login', { code: 'EAUTH', command: 'API' }, 'auth', null],
    ['MAIL', { code: 'EENVELOPE', command: 'MAIL FROM', reply: '550 no' }, 'mail', '550 no'],
    ['the announced size', { code: 'EMESSAGE', command: 'MAIL FROM' }, 'mail', null],
    ['RCPT', { code: 'EENVELOPE', command: 'RCPT TO', reply: '550 no' }, 'rcpt', '550 no'],
    ['DATA', { code: 'EENVELOPE', command: 'DATA', reply: '550 no' }, 'data', '550 no'],
    ['lost within the message', { read: 'some' }, 'message', null],
    ['a cut reply within it', { read: 'some', reply: '550 n' }, 'message', null],
    [
      'a reply within it',
      { code: 'EMESSAGE', command: 'DATA', reply: '250 ok', read: 'some' },
      'message',
      '250 ok',
    ],
    [
      'a reply to a message that nobody saw being read',
      { code: 'EMESSAGE', command: 'DATA', reply: '250 ok' },
      'message',
      '250 ok',
    ],
    ['lost after its end', { read: 'all' }, 'dot', null],
    ['a cut reply after its end', { read: 'all', reply: '550 n' }, 'dot', null],
    [
      'the reply to it',
      { code: 'EMESSAGE', command: 'DATA', reply: '450 no', read: 'all' },
      'dot',
      '450 no',
    ],
  ])('%s', (_label, change, stage, reply) => {
    expect(answerOf(report(change))).toMatchObject({ stage, reply });
  });

  const info = { accepted: ['a@example.org'], response: '250 Ok' };
  test.each<[string, Parameters<typeof reportOf>, Outcome['kind']]>([
    ['taken', [info, 'all'], 'submitted'],
    ['taken before its end', [info, 'some'], 'unknown'],
    [
      'taken for nobody',
      [
        {
          accepted: [],
          rejectedErrors: [{ response: '550 5.1.1 nobody' }],
          response: '250 Ok',
        },
        'all',
      ],
      'refused',
    ],
    ['taken for nobody, without a word', [{ ...info, accepted: [] }, 'all'], 'unknown'],
  ])('what nodemailer calls a success: %s', (_label, given, kind) => {
    expect(classify({ ...answerOf(reportOf(...given)), messageId })).toHaveProperty('kind', kind);
  });
});
