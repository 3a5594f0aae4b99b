import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { type Blocklist, readBlocklist } from './blocklist.ts';
import type { Config, LogLevel } from './config.ts';
import { parseKeys } from './config-env.ts';
import { type Digest, defaultDigest } from './domain/digest.ts';
import type { Frame } from './domain/frame.ts';
import type { Keys } from './domain/token.ts';
import { type LiveEdition, openEditions } from './editions.ts';
import { failpointFrom, type PassFailpoint } from './failpoint.ts';
import { type Log, openLog } from './log.ts';
import { openProvider } from './mail.ts';
import { type LoadModel, openModels } from './models.ts';
import type { Provider } from './providers/provider.ts';
import { queueAtFirstUse } from './queue/at-first-use.ts';
import type { Backend } from './queue/backend.ts';
import type { JobQueue } from './queue/queue.ts';
import type { Template } from './render/template.ts';
import { readTheme, type Theme } from './render/theme.ts';
import { packageVersion } from './root.ts';
import { type Sender, senderOf } from './sender.ts';
import { type Database, type Db, openDatabase } from './store/database.ts';
import { bury } from './store/dead-letters.ts';
import { addDigest } from './store/digests.ts';
import { installationId } from './store/installation.ts';
import { migrate } from './store/migrate.ts';
import { templateFolders, themeFile } from './template-folders.ts';

/** Everything that a job or a command may touch, opened once. */
export interface App {
  readonly config: Config;
  readonly db: Db;
  /** Part of every slice's idempotency key. */
  readonly installation: string;
  readonly queue: JobQueue;
  readonly provider: Provider;
  /** What alerts leave by: a mail server of their own, or the provider. */
  readonly alertProvider: Provider;
  readonly theme: Theme;
  /** Where finished emails are browsed, when they go to a folder. */
  readonly outboxDir: string | undefined;
  readonly keys: Keys;
  readonly log: Log;
  /** For what is stored. Durations take `performance.now()`. */
  now(): Date;
  randomId(): string;
  /** Fault injection, see `failpoint.ts`. */
  readonly failpoint: PassFailpoint;
  template(name: string): Promise<Template>;
  noticeTemplate(): Promise<Template>;
  /** Whether an address may not sign up: it, or its domain. */
  readonly blocked: Blocklist;
  edition(id: string): Promise<LiveEdition>;
  /** Who writes, from the configuration of now. */
  readonly sender: Sender;
  readonly model: LoadModel;
  /** What surrounds the papers of a digest, from the configuration of now. */
  frame(digest: Digest): Frame;
  readonly userAgent: string;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly now?: () => Date;
  readonly log?: Log;
  /** What is logged unless the configuration says so: `warn` when absent. */
  readonly logLevel?: LogLevel;
  /** Keeps the keys of several installations apart in one Redis; tests need it. */
  readonly queuePrefix?: string;
  /** An open database to use instead of the configured one; it is closed with the app. */
  readonly database?: Database;
}

/**
 * Opens database, queue and provider as configured and brings the tables up to date. What was
 * opened is closed last-in first-out, also when opening something later failed.
 */
export async function openApp(config: Config, options: OpenOptions = {}): Promise<App> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await open(config, options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  config: Config,
  options: OpenOptions,
  closers: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<App> {
  const now = options.now ?? (() => new Date());
  const log =
    options.log ?? openLog(config.logLevel ?? options.logLevel ?? 'warn', pino.destination(2));
  const database =
    options.database ?? (await openDatabase({ url: config.databaseUrl, home: config.home }));
  closers.push(database.close);
  const { db } = database;
  await migrate(db);
  await addDigest(db, defaultDigest);
  const installation = await installationId(db);

  const keys = config.keys ?? homeKeys(config.home);
  const outboxDir =
    config.mail.kind === 'outbox'
      ? resolve(config.mail.dir ?? join(config.home, 'outbox'))
      : undefined;
  const userAgent = `Paperboy/${packageVersion()} (${config.contact || config.baseUrl})`;
  const provider = await openProvider(config.mail, outboxDir ?? '', userAgent);
  closers.push(() => provider.close());
  const { mail: alertMail } = config.alerts;
  const alertProvider =
    alertMail === undefined ? provider : await openProvider(alertMail, outboxDir ?? '', userAgent);
  if (alertProvider !== provider) closers.push(() => alertProvider.close());

  const jobQueue = async () => {
    const { openQueue } = await import('./queue/queue.ts');
    const prefix = options.queuePrefix ?? config.queuePrefix;
    return openQueue(await openBackend(config, database, prefix), {
      dead: (letter) => bury(db, { ...letter, diedAt: now() }),
      told: (level, message, facts) => log[level](facts, message),
    });
  };
  const embedded = config.redisUrl === undefined && config.databaseUrl === undefined;
  const queue = embedded ? queueAtFirstUse(jobQueue) : await jobQueue();
  closers.push(() => queue.close());

  const model = openModels(db, (why) => log.warn(why));
  const templates = new Map<string, Promise<Template>>();
  const folders = templateFolders(config.templates);
  const theme = readTheme(themeFile(config, folders));
  const sender = senderOf(config, theme);
  const load = async (name: string, sample?: object) => {
    const { loadTemplate } = await import('./render/template.ts');
    return loadTemplate(folders, name, sample, theme);
  };
  const loadNotice = async () => {
    const { sampleNotice } = await import('./render/notice.ts');
    return load('notice', sampleNotice());
  };
  let noticeTemplate: Promise<Template> | undefined;
  return {
    config,
    db,
    installation,
    queue,
    provider,
    alertProvider,
    theme,
    outboxDir,
    keys,
    log,
    now,
    randomId: randomUUID,
    failpoint: failpointFrom(config.failpoint),
    template: (name) => {
      const loading = templates.get(name) ?? load(name);
      templates.set(name, loading);
      return loading;
    },
    noticeTemplate: () => {
      noticeTemplate ??= loadNotice();
      return noticeTemplate;
    },
    blocked: readBlocklist(config.signups.blocklistFile),
    sender,
    edition: openEditions(db, keys, model),
    model,
    frame: (digest) => ({
      ...sender,
      listId: `${digest.name}.${new URL(config.baseUrl).hostname}`,
      keyId: [...keys.keys()][0] ?? '',
    }),
    userAgent,
    close,
  };
}

async function openBackend(config: Config, database: Database, prefix: string): Promise<Backend> {
  const { embeddedBackend, redisBackend, serverBackend } = await import('./queue/backend.ts');
  if (config.redisUrl !== undefined) return redisBackend(config.redisUrl, prefix);
  if (config.databaseUrl !== undefined) return serverBackend(config.databaseUrl);
  const { sharedPool } = await import('./store/pglite-pool.ts');
  return embeddedBackend(sharedPool(database.pool) as never);
}

/**
 * A signing key that is made on the first start and kept beside the embedded database. Written whole
 * and then linked into place, so that of several processes that start together one wins.
 */
function homeKeys(home: string): Keys {
  const path = join(home, 'secret');
  if (!existsSync(path)) {
    mkdirSync(home, { recursive: true });
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600 });
    try {
      linkSync(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }
  const keys = parseKeys(readFileSync(path, 'utf8').trim());
  if (keys === undefined)
    throw new Error(`${path} holds no signing key: delete it to get a new one`);
  return keys;
}
