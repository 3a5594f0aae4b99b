import type { FakeResend } from './fake-resend.ts';

/** The environment of a Paperboy that sends through the fake, as fast as it can. */
export function resendSettings(fake: FakeResend): Record<string, string> {
  return {
    MAIL_URL: 'resend:',
    RESEND_API_KEY: 're_test',
    RESEND_BASE_URL: fake.url,
    PAPERBOY_FROM: 'Paperboy <daily@papers.example.org>',
    PAPERBOY_POSTAL_ADDRESS: 'Paperboy, 1 Example Street, 10115 Berlin',
    PAPERBOY_REQUESTS_PER_SECOND: '1000',
  };
}
