import { z } from 'zod';
import type { Keys } from './domain/token.ts';
import { type Failpoint, failpoints } from './failpoint.ts';

/** Where finished emails go. */
export type MailConfig =
  | { readonly kind: 'outbox'; readonly dir: string | undefined }
  | { readonly kind: 'resend'; readonly apiKey: string; readonly baseUrl: string | undefined };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Everything an operator decides outside the database, read once at the start. */
export interface Config {
  /** Folder of the embedded state: database, outbox, secret. */
  readonly home: string;
  /** PostgreSQL; absent: PGlite in this process. */
  readonly databaseUrl: string | undefined;
  /** Redis or Valkey; absent: the queue lives in the database. */
  readonly redisUrl: string | undefined;
  readonly mail: MailConfig;
  /** Signing keys, the first one signs; absent: made once and kept in `home`. */
  readonly keys: Keys | undefined;
  readonly baseUrl: string;
  readonly from: string;
  readonly postalAddress: string;
  /** Goes into the User-Agent, so that a source's operator can reach you. */
  readonly contact: string;
  readonly web: { readonly host: string; readonly port: number };
  readonly resendWebhookSecret: string | undefined;
  readonly hfBaseUrl: string;
  /** Absent: `info` for what runs for long, `warn` for single commands. */
  readonly logLevel: LogLevel | undefined;
  readonly limits: Limits;
  /** Fault injection: where this process is to die, for `npm run chaos`. */
  readonly failpoint: { readonly place: Failpoint; readonly nth: number } | undefined;
}

/** How fast emails may leave, over all processes together. */
export interface Limits {
  /** Requests to the provider per second; absent: as fast as it takes them. */
  readonly requestsPerSecond: number | undefined;
  /** Emails on the first day of sending, the second, …; the last number holds from then on. */
  readonly mailsPerDay: readonly number[] | undefined;
  /** Emails per second to a recipient's domain. */
  readonly domainRates: ReadonlyMap<string, number>;
}

/** The environment does not say what it must: one line per variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const url = (schemes: string[], expected: string) =>
  z.string().refine((value) => URL.canParse(value) && schemes.includes(new URL(value).protocol), {
    error: `expected ${expected}`,
  });

const HTTP = ['http:', 'https:'];
const SECRET_MIN = 32;
const NAMED_KEY = /^([a-z0-9]{1,16}):(.+)$/;

/** Each variable, and what it may be. An empty one counts as absent. */
const Env = z.object({
  PAPERBOY_HOME: z.string().default('.paperboy'),
  DATABASE_URL: url(
    ['postgres:', 'postgresql:'],
    'postgres://user:password@host/database',
  ).optional(),
  REDIS_URL: url(['redis:', 'rediss:'], 'redis://host:6379 or rediss://host:6379').optional(),
  MAIL_URL: z
    .string()
    .regex(/^(outbox:.*|resend:)$/, 'expected outbox:, outbox:FOLDER or resend:')
    .default('outbox:'),
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
  PAPERBOY_BASE_URL: url(HTTP, 'an http or https address')
    .transform((text) => text.replace(/\/+$/, ''))
    .default('http://localhost:3000'),
  PAPERBOY_FROM: z
    .string()
    .regex(/^[^<>\r\n]+<[^<>@\s]+@[^<>@\s]+>$/, 'expected Name <address@domain>')
    .default('Paperboy <digest@paperboy.example.org>'),
  PAPERBOY_POSTAL_ADDRESS: z.string().max(300).default(''),
  PAPERBOY_CONTACT: z.string().max(200).default(''),
  PAPERBOY_HOST: z.string().default('127.0.0.1'),
  PAPERBOY_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  PAPERBOY_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional(),
  PAPERBOY_REQUESTS_PER_SECOND: z.coerce.number().positive().max(1_000).optional(),
  PAPERBOY_MAILS_PER_DAY: z
    .string()
    .regex(/^\d{1,9}(\s*,\s*\d{1,9})*$/, 'expected numbers such as 150,250,400,700,1000')
    .transform((text) => text.split(',').map(Number))
    .optional(),
  PAPERBOY_DOMAIN_RATES: z
    .string()
    .regex(
      /^[^\s,=]+=\d+(\.\d+)?(\s*,\s*[^\s,=]+=\d+(\.\d+)?)*$/,
      'expected mails per second by domain, such as gmail.com=20,outlook.com=10',
    )
    .transform((text) => new Map(text.split(',').map(parseRate)))
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
  HF_BASE_URL: url(HTTP, 'an http or https address').default('https://huggingface.co'),
});

/** Never quoted in an error, and neither is a URL that may hold a password. */
const SECRETS = new Set([
  'RESEND_API_KEY',
  'RESEND_WEBHOOK_SECRET',
  'PAPERBOY_SECRET',
  'DATABASE_URL',
  'REDIS_URL',
]);

/** The names of every variable that is read, for `.env.example` and its test. */
export const variableNames = Object.keys(Env.shape);

/**
 * Reads the configuration from the environment. The only reader of it.
 * @throws ConfigError with a line for each variable that is unknown, malformed or missing: its
 *   name, what was read (never a secret) and what is expected.
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const unknown = Object.keys(given)
    .filter((name) => name.startsWith('PAPERBOY_') && !variableNames.includes(name))
    .map((name) => `${name}: unknown variable; the ones there are: ${ours.join(', ')}`);
  const parsed = Env.safeParse(given);
  const malformed = (parsed.error?.issues ?? []).map(({ path, message }) => {
    const name = String(path[0]);
    const read = SECRETS.has(name) ? '(not shown)' : JSON.stringify(given[name]);
    return `${name}: ${message}, but it is ${read}`;
  });
  const missing = parsed.success ? missingFor(parsed.data) : [];
  const problems = [...unknown, ...malformed, ...missing];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems.join('\n'));
  return config(parsed.data);
}

const ours = variableNames.filter((name) => name.startsWith('PAPERBOY_'));

/** What real sending needs and the outbox does not. */
function missingFor(env: z.infer<typeof Env>): string[] {
  if (env.MAIL_URL !== 'resend:') return [];
  const reasons: Partial<Record<keyof typeof env, string>> = {
    RESEND_API_KEY: 'the API key of your Resend account',
    PAPERBOY_SECRET: `a secret of ${SECRET_MIN} characters or more, the same on every machine`,
    PAPERBOY_POSTAL_ADDRESS: 'a postal address for the footer: the law asks for one (CAN-SPAM)',
  };
  const absent = Object.entries(reasons)
    .filter(([name]) => !env[name as keyof typeof env])
    .map(
      ([name, expected]) =>
        `${name}: needed with MAIL_URL=resend: (${expected}), but it is not set`,
    );
  if (env.RESEND_BASE_URL === undefined && !env.PAPERBOY_BASE_URL.startsWith('https:')) {
    absent.push(
      'PAPERBOY_BASE_URL: needed with MAIL_URL=resend: (the https address under which subscribers ' +
        `reach you; one-click unsubscribing works over https only), but it is "${env.PAPERBOY_BASE_URL}"`,
    );
  }
  return absent;
}

function config(env: z.infer<typeof Env>): Config {
  return {
    home: env.PAPERBOY_HOME,
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    mail:
      env.MAIL_URL === 'resend:'
        ? { kind: 'resend', apiKey: env.RESEND_API_KEY ?? '', baseUrl: env.RESEND_BASE_URL }
        : { kind: 'outbox', dir: env.MAIL_URL.slice('outbox:'.length) || undefined },
    keys: env.PAPERBOY_SECRET,
    baseUrl: env.PAPERBOY_BASE_URL,
    from: env.PAPERBOY_FROM,
    postalAddress: env.PAPERBOY_POSTAL_ADDRESS,
    contact: env.PAPERBOY_CONTACT,
    web: { host: env.PAPERBOY_HOST, port: env.PAPERBOY_PORT },
    resendWebhookSecret: env.RESEND_WEBHOOK_SECRET,
    hfBaseUrl: env.HF_BASE_URL.replace(/\/+$/, ''),
    logLevel: env.PAPERBOY_LOG_LEVEL,
    failpoint: env.PAPERBOY_FAILPOINT,
    limits: {
      // Resend's documented default is two per second for a whole team.
      requestsPerSecond:
        env.PAPERBOY_REQUESTS_PER_SECOND ?? (env.MAIL_URL === 'resend:' ? 2 : undefined),
      mailsPerDay: env.PAPERBOY_MAILS_PER_DAY,
      domainRates: env.PAPERBOY_DOMAIN_RATES ?? new Map(),
    },
  };
}

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
