import { readFileSync } from 'node:fs';
import { ConfigError } from './config.ts';
import type { MailConfig, SmtpConfig } from './config-mail.ts';
import { outbox } from './providers/outbox.ts';
import type { Provider } from './providers/provider.ts';
import { resend } from './providers/resend.ts';
import { smtp } from './providers/smtp.ts';
import { throwaway } from './providers/throwaway.ts';

/**
 * Opens the provider that the configuration names.
 * @param dir where an outbox keeps its emails.
 * @throws ConfigError when its key or certificate cannot be read or used.
 */
export function openProvider(mail: MailConfig, dir: string, userAgent: string): Provider {
  switch (mail.kind) {
    case 'outbox':
      return mail.throwaway === true ? throwaway({ dir }) : outbox({ dir });
    case 'resend':
      return resend({
        apiKey: mail.apiKey,
        userAgent,
        ...(mail.baseUrl === undefined ? {} : { baseUrl: mail.baseUrl }),
      });
    case 'smtp':
      return openSmtp(mail);
  }
}

function openSmtp(mail: SmtpConfig): Provider {
  const { caFile, returnPath, dkim } = mail;
  try {
    return smtp({
      url: mail.url,
      onUnknown: mail.onUnknown,
      allowPlaintext: mail.allowPlaintext,
      pool: mail.connections,
      ...(caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') }),
      ...(returnPath === undefined ? {} : { returnPath }),
      ...(dkim === undefined
        ? {}
        : {
            dkim: {
              domainName: dkim.domain,
              keySelector: dkim.selector,
              privateKey: readFileSync(dkim.keyFile, 'utf8'),
            },
          }),
    });
  } catch (cause) {
    throw new ConfigError(`SMTP_…: ${(cause as Error).message}`, { cause });
  }
}
