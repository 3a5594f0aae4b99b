import { type Migration, Migrator, sql } from 'kysely';
import type { Db } from './database.ts';
import { up as ledger } from './migrations/0001-ledger.ts';
import { up as brakes } from './migrations/0002-brakes.ts';
import { up as politeness } from './migrations/0003-politeness.ts';
import { up as ingest } from './migrations/0004-ingest.ts';
import { up as subscribers } from './migrations/0005-subscribers.ts';
import { up as ranking } from './migrations/0006-ranking.ts';
import { up as library } from './migrations/0007-library.ts';
import { up as embeddings } from './migrations/0008-embeddings.ts';
import { up as notices } from './migrations/0009-notices.ts';
import { up as summaries } from './migrations/0010-summaries.ts';
import { up as givenPapers } from './migrations/0011-given-papers.ts';
import { up as trend } from './migrations/0012-trend.ts';
import { up as pinnedEmbeddings } from './migrations/0013-pinned-embeddings.ts';
import { up as providerWords } from './migrations/0014-provider-words.ts';
import { up as installation } from './migrations/0015-installation.ts';
import { up as troubles } from './migrations/0016-troubles.ts';

/** In order; a name once released never changes. */
const migrations: Record<string, Migration> = {
  '0001-ledger': { up: ledger },
  '0002-brakes': { up: brakes },
  '0003-politeness': { up: politeness },
  '0004-ingest': { up: ingest },
  '0005-subscribers': { up: subscribers },
  '0006-ranking': { up: ranking },
  '0007-library': { up: library },
  '0008-embeddings': { up: embeddings },
  '0009-notices': { up: notices },
  '0010-summaries': { up: summaries },
  '0011-given-papers': { up: givenPapers },
  '0012-trend': { up: trend },
  '0013-pinned-embeddings': { up: pinnedEmbeddings },
  '0014-provider-words': { up: providerWords },
  '0015-installation': { up: installation },
  '0016-troubles': { up: troubles },
};

/**
 * Brings the tables up to date, each migration once, however many processes start together:
 * Kysely's Migrator holds PostgreSQL's advisory lock while it works.
 * @returns the names of the migrations that ran now.
 */
export async function migrate(db: Db): Promise<string[]> {
  if (await upToDate(db)) return [];
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return (results ?? [])
    .filter(({ status }) => status === 'Success')
    .map(({ migrationName }) => migrationName);
}

/** Reads the names alone: the Migrator reads the whole catalogue first, a fifth of an embedded start. */
async function upToDate(db: Db): Promise<boolean> {
  const there = await sql`select to_regclass('kysely_migration') as found`.execute(db);
  const [{ found } = { found: null }] = there.rows as { found: unknown }[];
  if (found === null) return false;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const ran = rows.map(({ name }) => name).sort();
  return ran.join() === Object.keys(migrations).join();
}
