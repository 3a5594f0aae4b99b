import type { z } from 'zod';
import type { Env } from './config-env.ts';

/** Where finished emails go. */
export type MailConfig =
  | OutboxConfig
  | { readonly kind: 'resend'; readonly apiKey: string; readonly baseUrl: string | undefined }
  | SmtpConfig;

/** A folder. */
interface OutboxConfig {
  readonly kind: 'outbox';
  readonly dir: string | undefined;
  /** The emails can be made again, as those of a replay. */
  readonly throwaway?: boolean;
}

/** A mail server; see `SmtpOptions`. Keys are read from their files when it is opened. */
export interface SmtpConfig {
  readonly kind: 'smtp';
  readonly url: string;
  readonly onUnknown: 'hold' | 'retry';
  readonly allowPlaintext: boolean;
  readonly caFile: string | undefined;
  readonly returnPath: string | undefined;
  readonly connections: number;
  readonly dkim:
    | { readonly domain: string; readonly selector: string; readonly keyFile: string }
    | undefined;
}

/** Where an environment sends emails; it was checked before. */
export function mailConfig(env: z.infer<typeof Env>): MailConfig {
  if (env.MAIL_URL === 'resend:') {
    return { kind: 'resend', apiKey: env.RESEND_API_KEY ?? '', baseUrl: env.RESEND_BASE_URL };
  }
  if (env.MAIL_URL.startsWith('outbox:')) {
    return { kind: 'outbox', dir: env.MAIL_URL.slice('outbox:'.length) || undefined };
  }
  const {
    SMTP_DKIM_DOMAIN: domain,
    SMTP_DKIM_SELECTOR: selector,
    SMTP_DKIM_KEY_FILE: keyFile,
  } = env;
  return {
    kind: 'smtp',
    url: env.MAIL_URL,
    onUnknown: env.SMTP_ON_UNKNOWN,
    allowPlaintext: env.SMTP_ALLOW_PLAINTEXT,
    caFile: env.SMTP_CA_FILE,
    returnPath: env.SMTP_RETURN_PATH,
    connections: env.SMTP_CONNECTIONS,
    dkim: domain && selector && keyFile ? { domain, selector, keyFile } : undefined,
  };
}
