import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { embeddedBackend } from '../../src/queue/backend.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { sharedPool } from '../../src/store/pglite-pool.ts';
import './provided.ts';

/** The embedded default: nothing to start; the empty URLs tell tests so. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-template-'));
  const template = join(folder, 'pglite.tar');
  await writeFile(template, await migratedDataFolder());
  project.provide('databaseUrl', '');
  project.provide('redisUrl', '');
  project.provide('pgliteTemplate', template);
  return () => rm(folder, { recursive: true, force: true });
}

/** Made once for all test files: initialising a database takes seconds, opening one does not. */
async function migratedDataFolder(): Promise<Uint8Array> {
  const database = await openDatabase({});
  await migrate(database.db);
  await embeddedBackend(sharedPool(database.pool) as never);
  const dump = await database.pglite?.dumpDataDir('none');
  await database.close();
  return new Uint8Array((await dump?.arrayBuffer()) ?? new ArrayBuffer(0));
}
