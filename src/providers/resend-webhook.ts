import { Resend } from 'resend';
import { z } from 'zod';
import type { Meaning } from '../domain/provider-event.ts';
import { brief } from './brief.ts';

/** Not a message from Resend, or not one of now. */
export class BadWebhookError extends Error {
  override readonly name = 'BadWebhookError';
}

const Reason = z.object({
  type: z.string().optional(),
  subType: z.string().optional(),
  message: z.string().optional(),
});

/** A type that we do not know is kept, not refused: a refused one would end in a disabled endpoint. */
const Event = z.object({
  type: z.string().max(100),
  data: z
    .object({
      email_id: z.string().optional(),
      bounce: Reason.optional(),
      suppressed: Reason.optional(),
      failed: z.object({ reason: z.string().optional() }).optional(),
    })
    .optional(),
});

export interface VerifiedEvent {
  /** The id of the message, the same when Resend sends it again. */
  readonly id: string;
  readonly provider: 'resend';
  readonly type: string;
  readonly meaning: Meaning;
}

/**
 * Checks signature and age (Svix: HMAC-SHA-256 over id, timestamp and raw body, at most five minutes
 * old) and tells what the event means.
 * @throws BadWebhookError
 */
export function verifyResendWebhook(
  body: string,
  headers: Readonly<Record<string, string>>,
  secret: string,
): VerifiedEvent {
  const id = headers['svix-id'] ?? '';
  const verified = verify(body, id, headers, secret);
  const event = Event.safeParse(verified);
  if (!event.success) throw new BadWebhookError('signed, but not an event: it has no type');
  return { id, provider: 'resend', type: event.data.type, meaning: meaning(event.data) };
}

function verify(
  body: string,
  id: string,
  headers: Readonly<Record<string, string>>,
  secret: string,
) {
  try {
    // The key is not used for verifying, but the client wants one.
    return new Resend('re_unused').webhooks.verify({
      payload: body,
      headers: {
        id,
        timestamp: headers['svix-timestamp'] ?? '',
        signature: headers['svix-signature'] ?? '',
      },
      webhookSecret: secret,
    });
  } catch (cause) {
    throw new BadWebhookError('the signature does not verify', { cause });
  }
}

/**
 * A bounce that is not permanent comes after Resend has tried for hours. `email.suppressed`: an
 * address on Resend's own list, where its permanent bounces and complaints are.
 * @see https://resend.com/docs/dashboard/webhooks/event-types
 */
function meaning({ type, data }: z.infer<typeof Event>): Meaning {
  const providerId = data?.email_id;
  if (providerId === undefined) return { kind: 'other' };
  switch (type) {
    case 'email.delivered':
      return { kind: 'delivered', providerId };
    case 'email.bounced':
      return {
        kind: data?.bounce?.type === 'Permanent' ? 'bounced' : 'soft-bounced',
        providerId,
        detail: wordsOf(data?.bounce) || 'the bounce says nothing',
      };
    case 'email.suppressed':
      return {
        kind: 'bounced',
        providerId,
        detail: wordsOf(data?.suppressed) || 'on the suppression list of Resend',
      };
    case 'email.failed':
      return {
        kind: 'refused',
        providerId,
        detail: brief(data?.failed?.reason ?? '') || 'no reason was given',
      };
    case 'email.complained':
      return { kind: 'complained', providerId, detail: 'reported as spam' };
    default:
      return { kind: 'other' };
  }
}

function wordsOf(reason: z.infer<typeof Reason> | undefined): string {
  const { type, subType, message } = reason ?? {};
  return brief(message || [type, subType].filter(Boolean).join(', '));
}
