import { z } from 'zod';
import type { Keys } from './domain/token.ts';
import { type Failpoint, failpoints } from './failpoint.ts';
import { parseSmtpUrl } from './providers/smtp-url.ts';
import { isNetwork } from './sources/addresses.ts';

const url = (schemes: string[], expected: string) =>
  z.string().refine((value) => URL.canParse(value) && schemes.includes(new URL(value).protocol), {
    error: `expected ${expected}`,
  });

const HTTP = ['http:', 'https:'];
/** The address of a source, without a slash at its end. */
const place = (address: string) =>
  url(HTTP, 'an http or https address')
    .default(address)
    .transform((text) => text.replace(/\/+$/, ''));
export const SECRET_MIN = 32;
const NAMED_KEY = /^([a-z0-9]{1,16}):(.+)$/;

/** Each variable, and what it may be. An empty one counts as absent. */
export const Env = z.object({
  PAPERBOY_HOME: z.string().default('.paperboy'),
  DATABASE_URL: url(
    ['postgres:', 'postgresql:'],
    'postgres://user:password@host/database',
  ).optional(),
  REDIS_URL: url(['redis:', 'rediss:'], 'redis://host:6379 or rediss://host:6379').optional(),
  PAPERBOY_QUEUE_PREFIX: z
    .string()
    .regex(/^\{[\w.-]{1,60}\}$/, 'expected a name in braces, such as {paperboy}')
    .default('{paperboy}'),
  MAIL_URL: z
    .string()
    .superRefine((text, context) => {
      const message = mailUrlFault(text);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .default('outbox:'),
  SMTP_ON_UNKNOWN: z.enum(['hold', 'retry']).default('hold'),
  SMTP_ALLOW_PLAINTEXT: z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(false),
  SMTP_CA_FILE: z.string().optional(),
  SMTP_RETURN_PATH: z.email().optional(),
  SMTP_CONNECTIONS: z.coerce.number().int().min(1).max(50).default(4),
  SMTP_DKIM_DOMAIN: z.string().optional(),
  SMTP_DKIM_SELECTOR: z.string().optional(),
  SMTP_DKIM_KEY_FILE: z.string().optional(),
  RESEND_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'expected an API key without spaces or line breaks')
    .optional(),
  RESEND_BASE_URL: url(HTTP, 'an http or https address').optional(),
  RESEND_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/=]+$/, 'expected the signing secret of the webhook: whsec_…')
    .optional(),
  PAPERBOY_SECRET: z
    .string()
    .transform((text, context) => parseKeys(text) ?? badSecret(context))
    .optional(),
  PAPERBOY_API_KEYS: z
    .string()
    .transform((text, context) => parseKeys(text) ?? badSecret(context))
    .optional(),
  PAPERBOY_BASE_URL: url(HTTP, 'an http or https address')
    .transform((text) => text.replace(/\/+$/, ''))
    .default('http://localhost:3000'),
  PAPERBOY_FROM: z
    .string()
    .regex(/^[^<>\r\n]+<[^<>@\s]+@[^<>@\s]+>$/, 'expected Name <address@domain>')
    .optional(),
  PAPERBOY_POSTAL_ADDRESS: z.string().max(300).default(''),
  PAPERBOY_THEME: z.string().optional(),
  PAPERBOY_TEMPLATES: z.string().optional(),
  PAPERBOY_GOODBYE: z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(false),
  PAPERBOY_ALERT_TO: z.email('expected one address').optional(),
  PAPERBOY_ALERT_MAIL_URL: z
    .string()
    .superRefine((text, context) => {
      const server = /^smtps?:/.test(text);
      const message = server ? mailUrlFault(text) : 'expected smtp://… or smtps://…';
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .optional(),
  PAPERBOY_CONTACT: z.string().max(200).default(''),
  PAPERBOY_HOST: z.string().default('127.0.0.1'),
  PAPERBOY_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  PAPERBOY_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  PAPERBOY_METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,200}$/, 'expected 16 characters or more, without spaces')
    .optional(),
  PAPERBOY_SIGNUPS_PER_HOUR: z.coerce.number().int().min(0).max(1_000_000).default(1_000),
  PAPERBOY_BLOCKLIST_FILE: z.string().optional(),
  PAPERBOY_RETENTION_DAYS: z.coerce.number().int().min(7).max(3_650).default(90),
  PAPERBOY_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional(),
  PAPERBOY_REQUESTS_PER_SECOND: z.coerce.number().positive().max(1_000).optional(),
  PAPERBOY_MAILS_PER_DAY: z
    .string()
    .regex(/^[1-9]\d{0,8}(\s*,\s*[1-9]\d{0,8})*$/, 'expected numbers such as 150,250,400,700,1000')
    .transform((text) => text.split(',').map(Number))
    .optional(),
  PAPERBOY_DOMAIN_RATES: z
    .string()
    .regex(
      /^[^\s,=]+=\d+(\.\d+)?(\s*,\s*[^\s,=]+=\d+(\.\d+)?)*$/,
      'expected mails per second by domain, such as gmail.com=20,outlook.com=10',
    )
    .transform((text) => new Map(text.split(',').map(parseRate)))
    .refine((rates) => [...rates.values()].every((rate) => rate > 0), 'expected rates above 0')
    .optional(),
  PAPERBOY_FAILPOINT: z
    .string()
    .regex(
      new RegExp(`^(${failpoints.join('|')})@\\d+$`),
      'expected a place and a number: after-claim@3',
    )
    .transform((text) => {
      const [place, nth] = text.split('@');
      return { place: place as Failpoint, nth: Number(nth) };
    })
    .optional(),
  PAPERBOY_SQL_URL: url(
    ['postgres:', 'postgresql:'],
    'postgres://user:password@host/database',
  ).optional(),
  PAPERBOY_SQL_RELATION: z
    .string()
    .regex(/^[^."\0]{1,63}(\.[^."\0]{1,63})?$/, 'expected a table or view: papers or schema.papers')
    .optional(),
  PAPERBOY_SQL_COLUMNS: z
    .string()
    .regex(
      /^\s*\w+=[^,=]{1,63}(\s*,\s*\w+=[^,=]{1,63})*\s*$/,
      'expected field=column, such as id=arxiv_id,mark=updated_at',
    )
    .transform((text) => Object.fromEntries(text.split(',').map(parseColumn)))
    .optional(),
  PAPERBOY_SUMMARY_URL: url(HTTP, 'an http or https address').optional(),
  PAPERBOY_SUMMARY_MODEL: z.string().max(200).optional(),
  PAPERBOY_SUMMARY_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'expected an API key without spaces or line breaks')
    .optional(),
  PAPERBOY_SUMMARY_PER_DAY: z.coerce.number().int().min(0).max(1_000_000).default(500),
  PAPERBOY_SUMMARY_TIMEOUT_SECONDS: z.coerce.number().int().min(1).max(120).default(20),
  PAPERBOY_EMBEDDINGS_URL: url(HTTP, 'an address such as https://api.openai.com/v1')
    .transform((text) => text.replace(/\/+$/, ''))
    .optional(),
  PAPERBOY_EMBEDDINGS_MODEL: z
    .string()
    .max(200)
    .regex(/^(?!local:)/, 'expected a name that does not begin with local:')
    .optional(),
  PAPERBOY_EMBEDDINGS_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'expected an API key without spaces or line breaks')
    .optional(),
  PAPERBOY_EMBEDDINGS_LOCAL: z
    .string()
    .max(1_000)
    .regex(
      /^([./].*|\w[\w.-]*\/\w[\w.-]*)$/,
      'expected a model id such as Xenova/all-MiniLM-L6-v2, or a folder such as ./models/mine or /srv/models/mine',
    )
    .optional(),
  PAPERBOY_EMBEDDINGS_PER_DAY: z.coerce.number().int().min(1).max(1_000_000).default(2_000),
  HF_BASE_URL: place('https://huggingface.co'),
  ARXIV_API_URL: place('https://export.arxiv.org'),
  ARXIV_FEED_URL: place('https://rss.arxiv.org'),
  ARXIV_OAI_URL: place('https://oaipmh.arxiv.org'),
  PAPERBOY_SOURCE_NETWORKS: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((range) => range.trim() || []))
    .refine((ranges) => ranges.every(isNetwork), {
      error: 'expected ranges of addresses such as 10.1.0.0/16,fd00::/8',
    }),
});

/** Never quoted in an error, and neither is a URL that may hold a password. */
export const SECRETS = new Set([
  'RESEND_API_KEY',
  'RESEND_WEBHOOK_SECRET',
  'PAPERBOY_SECRET',
  'PAPERBOY_API_KEYS',
  'PAPERBOY_METRICS_TOKEN',
  'PAPERBOY_SQL_URL',
  'PAPERBOY_SUMMARY_API_KEY',
  'PAPERBOY_EMBEDDINGS_API_KEY',
  'DATABASE_URL',
  'REDIS_URL',
  'MAIL_URL',
  'PAPERBOY_ALERT_MAIL_URL',
]);
export const PASSWORD = /\/\/[^/]*@/;

/**
 * `SECRET`, or `new:SECRET,old:SECRET` while keys are rotated: the first signs, all verify.
 * A secret on its own has the name `k1`.
 */
export function parseKeys(text: string): Keys | undefined {
  const parts = text.split(',').map((part) => part.trim());
  const keys = new Map(
    parts.map((part): [string, string] => {
      const [, name, key] = NAMED_KEY.exec(part) ?? [];
      return name === undefined || key === undefined ? ['k1', part] : [name, key];
    }),
  );
  const sound =
    keys.size === parts.length && [...keys.values()].every((k) => k.length >= SECRET_MIN);
  return sound ? keys : undefined;
}

function parseColumn(text: string): [string, string] {
  const [field = '', column = ''] = text.split('=').map((part) => part.trim());
  return [field, column];
}

function parseRate(text: string): [string, number] {
  const [domain = '', rate] = text.trim().split('=');
  return [domain.toLowerCase(), Number(rate)];
}

function badSecret(context: z.RefinementCtx): never {
  context.addIssue({
    code: 'custom',
    message: `expected a secret of ${SECRET_MIN} characters or more, or several as name:secret,name:secret`,
  });
  return z.NEVER;
}

function mailUrlFault(text: string): string | undefined {
  if (/^(outbox:.*|resend:)$/.test(text)) return undefined;
  if (!/^smtps?:/.test(text)) {
    return 'expected outbox:, outbox:FOLDER, resend:, smtp://user:password@host:587 or smtps://…';
  }
  try {
    parseSmtpUrl(text);
    return undefined;
  } catch (error) {
    return (error as TypeError).message;
  }
}
