import { readFileSync } from 'node:fs';
import { ConfigError } from './config.ts';
import type { MailConfig, SmtpConfig } from './config-mail.ts';
import type { Provider } from './providers/provider.ts';

/**
 * Opens the provider that the configuration names; the others are not even loaded.
 * @param dir where an outbox keeps its emails.
 * @throws ConfigError when its key or certificate cannot be read or used.
 */
export async function openProvider(
  mail: MailConfig,
  dir: string,
  userAgent: string,
): Promise<Provider> {
  switch (mail.kind) {
    case 'outbox': {
      if (mail.throwaway === true) {
        const { throwaway } = await import('./providers/throwaway.ts');
        return throwaway({ dir });
      }
      const { outbox } = await import('./providers/outbox.ts');
      return outbox({ dir });
    }
    case 'resend': {
      const { resend } = await import('./providers/resend.ts');
      return resend({
        apiKey: mail.apiKey,
        userAgent,
        ...(mail.baseUrl === undefined ? {} : { baseUrl: mail.baseUrl }),
      });
    }
    case 'smtp':
      return openSmtp(mail);
  }
}

async function openSmtp(mail: SmtpConfig): Promise<Provider> {
  const { smtp } = await import('./providers/smtp.ts');
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
