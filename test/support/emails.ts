import type { Email } from '../../src/domain/email.ts';

const DATE = '2025-03-14';

/** A digest email for a subscriber number, with whatever a test wants to differ. */
export function emailOf(number: number, change: Partial<Email> = {}): Email {
  const deliveryId = `daily/${DATE}/${number}`;
  return {
    deliveryId,
    from: 'Paperboy Daily <daily@papers.example.org>',
    to: `reader${number}@example.org`,
    subject: `Papers for reader ${number}`,
    html: `<!doctype html><html><head><title>Papers</title></head><body><p>For ${number}</p></body></html>\n`,
    text: `Papers for ${number}\n`,
    headers: {
      'Message-ID': `<${deliveryId.replaceAll('/', '.')}@papers.example.org>`,
      Date: 'Fri, 14 Mar 2025 07:00:00 +0000',
      'List-Unsubscribe': `<https://papers.example.org/unsubscribe/k1.${number}.mac>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
    ...change,
  };
}

/** `count` emails for subscribers 1, 2, 3 and so on. */
export function emailsOf(count: number): Email[] {
  return Array.from({ length: count }, (_, at) => emailOf(at + 1));
}

/** An email in the text-only layout. */
export function textOnlyOf(number: number): Email {
  const { html: _, ...email } = emailOf(number);
  return email;
}
