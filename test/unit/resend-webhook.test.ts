import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { verifyResendWebhook } from '../../src/providers/resend-webhook.ts';

const KEY = Buffer.from('a webhook key of the tests');

/** What a signed event of Resend means. */
function meaningOf(type: string, data: object) {
  const body = JSON.stringify({ type, created_at: 'now', data: { email_id: 'e1', ...data } });
  const timestamp = Math.floor(Date.now() / 1_000);
  const mac = createHmac('sha256', KEY).update(`m1.${timestamp}.${body}`).digest('base64');
  const headers = {
    'svix-id': 'm1',
    'svix-timestamp': String(timestamp),
    'svix-signature': `v1,${mac}`,
  };
  return verifyResendWebhook(body, headers, `whsec_${KEY.toString('base64')}`).meaning;
}

const of = (kind: string, detail: string) => ({ kind, providerId: 'e1', detail });

test.each<[string, object, object]>([
  ['email.delivered', {}, { kind: 'delivered', providerId: 'e1' }],
  [
    'email.bounced',
    {
      bounce: { type: 'Permanent', subType: 'NoEmail', message: '550 <ada@example.org>: unknown' },
    },
    of('bounced', '550 <…@…>: unknown'),
  ],
  [
    'email.bounced',
    { bounce: { type: 'Transient', subType: 'MailboxFull', message: 'mailbox full' } },
    of('soft-bounced', 'mailbox full'),
  ],
  [
    'email.bounced',
    { bounce: { type: 'Undetermined', subType: 'Undetermined' } },
    of('soft-bounced', 'Undetermined, Undetermined'),
  ],
  ['email.bounced', {}, of('soft-bounced', 'the bounce says nothing')],
  [
    'email.suppressed',
    { suppressed: { type: 'OnAccountSuppressionList', message: 'on the list: ada@example.org' } },
    of('bounced', 'on the list: …@…'),
  ],
  [
    'email.failed',
    { failed: { reason: 'reached_daily_quota' } },
    of('refused', 'reached_daily_quota'),
  ],
  ['email.failed', {}, of('refused', 'no reason was given')],
  ['email.complained', {}, of('complained', 'reported as spam')],
  ['email.delivery_delayed', {}, { kind: 'other' }],
  ['email.teleported', {}, { kind: 'other' }],
])('%s %j', (type, data, meaning) => {
  expect(meaningOf(type, data)).toEqual(meaning);
});
