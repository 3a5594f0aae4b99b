import type { z } from 'zod';
import type { ChatConfig } from './chat.ts';
import { type EmbeddingsConfig, embeddingsConfig } from './config-embeddings.ts';
import { Env, PASSWORD, SECRETS } from './config-env.ts';
import { type MailConfig, mailConfig } from './config-mail.ts';
import { missingFor } from './config-missing.ts';
import type { Keys } from './domain/token.ts';
import type { Failpoint } from './failpoint.ts';
import type { Places } from './sources/index.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Everything an operator decides outside the database, read once at the start. */
export interface Config {
  /** Folder of the embedded state: database, outbox, secret. */
  readonly home: string;
  /** PostgreSQL; absent: PGlite in this process. */
  readonly databaseUrl: string | undefined;
  /** Redis or Valkey; absent: the queue lives in the database. */
  readonly redisUrl: string | undefined;
  /** Before every key in Redis; braces keep them in one slot of a cluster. */
  readonly queuePrefix: string;
  readonly mail: MailConfig;
  /** Signing keys, the first one signs; absent: made once and kept in `home`. */
  readonly keys: Keys | undefined;
  readonly baseUrl: string;
  readonly from: string;
  readonly postalAddress: string;
  /** The file of the emails' look; absent: the one of this package. */
  readonly theme: string | undefined;
  /** Folder of templates that come before the bundled ones, file by file. */
  readonly templates: string | undefined;
  /** Whether who leaves by the page is told so by one last email. */
  readonly goodbye: boolean;
  readonly alerts: {
    /** Whom to write to when something needs a person; absent: nobody. */
    readonly to: string | undefined;
    /** A mail server for alerts alone, for when the other one is what they are about. */
    readonly mail: MailConfig | undefined;
  };
  /** Goes into the User-Agent, so that a source's operator can reach you. */
  readonly contact: string;
  readonly web: {
    readonly host: string;
    readonly port: number;
    /** How many reverse proxies stand before it, whose X-Forwarded-For counts. */
    readonly trustedProxies: number;
    /** Who has it may ask for /metrics, from anywhere; absent: private networks may. */
    readonly metricsToken: string | undefined;
  };
  readonly signups: {
    /** Confirmation mails per hour, over all addresses. */
    readonly perHour: number;
    /** Addresses and domains that may not sign up, one a line. */
    readonly blocklistFile: string | undefined;
  };
  /** How long addresses stay in what was sent. */
  readonly retentionDays: number;
  readonly resendWebhookSecret: string | undefined;
  /** Where the well-known sources are. */
  readonly places: Places;
  /** Ranges of addresses that sources may reach although they are no public ones. */
  readonly sourceNetworks: readonly string[];
  /** Who may push papers and curate over HTTP, by name; absent: nobody. */
  readonly apiKeys: Keys | undefined;
  /** A table or view of somebody's own database to read papers from. */
  readonly sqlSource: SqlSourceConfig | undefined;
  /** A model that writes summaries, and how many requests a day it may get; absent: none does. */
  readonly summaries: (ChatConfig & { readonly perDay: number }) | undefined;
  /** What turns texts into vectors; absent: nothing does. */
  readonly embeddings: EmbeddingsConfig | undefined;
  /** Absent: `info` for what runs for long, `warn` for single commands. */
  readonly logLevel: LogLevel | undefined;
  readonly limits: Limits;
  /** Fault injection: where this process is to die, for `npm run chaos`. */
  readonly failpoint: { readonly place: Failpoint; readonly nth: number } | undefined;
}

/** Where the papers are, and which column holds which field; see `sqlFields`. */
export interface SqlSourceConfig {
  readonly url: string;
  readonly relation: string;
  readonly columns: Readonly<Record<string, string>>;
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
    const read = SECRETS.has(name)
      ? '(not shown)'
      : JSON.stringify(given[name]?.replace(PASSWORD, '//…@'));
    return `${name}: ${message}, but it is ${read}`;
  });
  const missing = parsed.success ? missingFor(parsed.data) : [];
  const problems = [...unknown, ...malformed, ...missing];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems.join('\n'));
  return config(parsed.data);
}

/** Nothing leaves this machine from it: real sending needs a sender of one's own. */
const FROM_OF_OUTBOX = 'Paperboy <digest@paperboy.example.org>';

const ours = variableNames.filter((name) => name.startsWith('PAPERBOY_'));

function config(env: z.infer<typeof Env>): Config {
  return {
    home: env.PAPERBOY_HOME,
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    queuePrefix: env.PAPERBOY_QUEUE_PREFIX,
    mail: mailConfig(env),
    keys: env.PAPERBOY_SECRET,
    baseUrl: env.PAPERBOY_BASE_URL,
    from: env.PAPERBOY_FROM ?? FROM_OF_OUTBOX,
    postalAddress: env.PAPERBOY_POSTAL_ADDRESS,
    theme: env.PAPERBOY_THEME,
    templates: env.PAPERBOY_TEMPLATES,
    goodbye: env.PAPERBOY_GOODBYE,
    alerts: {
      to: env.PAPERBOY_ALERT_TO,
      mail:
        env.PAPERBOY_ALERT_MAIL_URL === undefined
          ? undefined
          : mailConfig({ ...env, MAIL_URL: env.PAPERBOY_ALERT_MAIL_URL }),
    },
    contact: env.PAPERBOY_CONTACT,
    web: {
      host: env.PAPERBOY_HOST,
      port: env.PAPERBOY_PORT,
      trustedProxies: env.PAPERBOY_TRUSTED_PROXIES,
      metricsToken: env.PAPERBOY_METRICS_TOKEN,
    },
    signups: {
      perHour: env.PAPERBOY_SIGNUPS_PER_HOUR,
      blocklistFile: env.PAPERBOY_BLOCKLIST_FILE,
    },
    retentionDays: env.PAPERBOY_RETENTION_DAYS,
    resendWebhookSecret: env.RESEND_WEBHOOK_SECRET,
    places: {
      hf: env.HF_BASE_URL,
      arxivApi: env.ARXIV_API_URL,
      arxivFeed: env.ARXIV_FEED_URL,
      arxivOai: env.ARXIV_OAI_URL,
    },
    sourceNetworks: env.PAPERBOY_SOURCE_NETWORKS,
    apiKeys: env.PAPERBOY_API_KEYS,
    sqlSource:
      env.PAPERBOY_SQL_URL === undefined || env.PAPERBOY_SQL_RELATION === undefined
        ? undefined
        : {
            url: env.PAPERBOY_SQL_URL,
            relation: env.PAPERBOY_SQL_RELATION,
            columns: env.PAPERBOY_SQL_COLUMNS ?? {},
          },
    summaries:
      env.PAPERBOY_SUMMARY_URL === undefined
        ? undefined
        : {
            url: env.PAPERBOY_SUMMARY_URL,
            model: env.PAPERBOY_SUMMARY_MODEL ?? '',
            apiKey: env.PAPERBOY_SUMMARY_API_KEY,
            perDay: env.PAPERBOY_SUMMARY_PER_DAY,
            timeoutMs: env.PAPERBOY_SUMMARY_TIMEOUT_SECONDS * 1_000,
          },
    embeddings: embeddingsConfig(env),
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
