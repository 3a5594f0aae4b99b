import { oneLine } from './plain.ts';
import type { DigestInput } from './render.ts';

/**
 * The headers of a digest beside From, To and Subject, in the order in which they are written.
 * Message-ID is the same at every attempt, so that a receiver can know a repeated mail.
 * @throws when `sentAt` is no instant.
 */
export function digestHeaders(input: DigestInput): Record<string, string> {
  const { edition, frame, subscriberId, addressee, links, sentAt } = input;
  const { hostname } = new URL(frame.baseUrl);
  const headers: Record<string, string> = {
    'Message-ID': `<${edition.id.replaceAll('/', '.')}.${subscriberId}@${hostname}>`,
    Date: mailDate(sentAt),
    'List-Id': `${phrase(edition.title)} <${frame.listId}>`.trim(),
    'List-Unsubscribe': `<${links.unsubscribe}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    // Not in what was frozen before, whose second attempt must have the same headers.
    ...(frame.brand === undefined ? {} : { 'List-Archive': `<${frame.baseUrl}/archive>` }),
    'Auto-Submitted': 'auto-generated',
    Precedence: 'bulk',
    'Feedback-ID': `${edition.digest}:${edition.date}:${addressee.week === undefined ? 'digest' : 'weekly'}:paperboy`,
    'Content-Language': addressee.language,
  };
  return Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, oneLine(text)]));
}

/** An ISO instant as RFC 5322 section 3.3 writes it, in UTC: `Fri, 14 Mar 2025 07:00:00 +0000`. */
export function mailDate(instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) throw new Error(`sentAt is no instant: ${instant}`);
  return date.toUTCString().replace('GMT', '+0000');
}

/** A name as a phrase that needs no quotes: without the specials of RFC 5322 section 3.2.3. */
function phrase(name: string): string {
  return oneLine(name.replace(/[()<>[\]:;@\\,."]/g, ' '));
}
