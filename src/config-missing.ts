import type { z } from 'zod';
import { type Env, SECRET_MIN } from './config-env.ts';

/** What is missing beside what is set. */
export function missingFor(env: z.infer<typeof Env>): string[] {
  const modelless =
    env.PAPERBOY_SUMMARY_URL !== undefined && env.PAPERBOY_SUMMARY_MODEL === undefined;
  return [
    ...(modelless
      ? [
          'PAPERBOY_SUMMARY_MODEL: needed with PAPERBOY_SUMMARY_URL (the model to ask), but it is not set',
        ]
      : []),
    ...embeddingFaults(env),
    ...senderless(env),
    ...missingForSending(env),
  ];
}

/** Vectors come from an endpoint, which has an address and a model, or from a local model. */
function embeddingFaults({
  PAPERBOY_EMBEDDINGS_URL: url,
  PAPERBOY_EMBEDDINGS_MODEL: model,
  PAPERBOY_EMBEDDINGS_LOCAL: local,
}: z.infer<typeof Env>): string[] {
  if (local !== undefined && (url !== undefined || model !== undefined)) {
    return [
      'PAPERBOY_EMBEDDINGS_LOCAL and PAPERBOY_EMBEDDINGS_URL: expected a local model or an endpoint, not both; unset the first, or the second and PAPERBOY_EMBEDDINGS_MODEL',
    ];
  }
  return (url === undefined) === (model === undefined)
    ? []
    : ['PAPERBOY_EMBEDDINGS_URL and PAPERBOY_EMBEDDINGS_MODEL: expected both or none of them'];
}

/** Alerts may leave although digests go to the outbox. */
function senderless(env: z.infer<typeof Env>): string[] {
  return env.MAIL_URL.startsWith('outbox:') &&
    env.PAPERBOY_ALERT_MAIL_URL !== undefined &&
    env.PAPERBOY_FROM === undefined
    ? [
        'PAPERBOY_FROM: needed with PAPERBOY_ALERT_MAIL_URL (the sender, of a domain that the server may send for), but it is not set',
      ]
    : [];
}

/** What real sending needs and the outbox does not. */
function missingForSending(env: z.infer<typeof Env>): string[] {
  if (env.MAIL_URL.startsWith('outbox:')) return [];
  const scheme = env.MAIL_URL.slice(0, env.MAIL_URL.indexOf(':') + 1);
  const needs = (name: string, expected: string, found = 'it is not set') =>
    `${name}: needed with MAIL_URL=${scheme} (${expected}), but ${found}`;
  const dkim = [env.SMTP_DKIM_DOMAIN, env.SMTP_DKIM_SELECTOR, env.SMTP_DKIM_KEY_FILE];
  const dkimGiven = dkim.filter((value) => value !== undefined).length;
  const secure = env.PAPERBOY_BASE_URL.startsWith('https:') || toThisMachine(env);
  return [
    ...(scheme === 'resend:' && env.RESEND_API_KEY === undefined
      ? [needs('RESEND_API_KEY', 'the API key of your Resend account')]
      : []),
    ...(env.PAPERBOY_SECRET === undefined
      ? [needs('PAPERBOY_SECRET', `${SECRET_MIN} characters or more, the same on every machine`)]
      : []),
    ...(env.PAPERBOY_FROM === undefined
      ? [
          needs(
            'PAPERBOY_FROM',
            'the sender, of a domain that the provider may send for, such as Papers <digest@papers.example.org>',
          ),
        ]
      : []),
    ...(env.PAPERBOY_POSTAL_ADDRESS === '' && env.PAPERBOY_THEME === undefined // which may have it
      ? [needs('PAPERBOY_POSTAL_ADDRESS', 'for the footer: the law asks for one, CAN-SPAM')]
      : []),
    ...(secure
      ? []
      : [
          needs(
            'PAPERBOY_BASE_URL',
            'the https address at which subscribers reach you: one-click unsubscribing needs https',
            `it is "${env.PAPERBOY_BASE_URL}"`,
          ),
        ]),
    ...(dkimGiven === 0 || dkimGiven === dkim.length
      ? []
      : [
          'SMTP_DKIM_DOMAIN, SMTP_DKIM_SELECTOR and SMTP_DKIM_KEY_FILE: expected all or none of them',
        ]),
  ];
}

/** Mail that goes to a server on this machine is somebody trying things out. */
function toThisMachine(env: z.infer<typeof Env>): boolean {
  const address = env.MAIL_URL === 'resend:' ? env.RESEND_BASE_URL : env.MAIL_URL;
  return (
    address !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(address).hostname)
  );
}
