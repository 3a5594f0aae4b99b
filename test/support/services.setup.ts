import type { TestProject } from 'vitest/node';
import './provided.ts';
import { startPostgres, startRedis } from './services.ts';

/** Starts one real PostgreSQL and one real Redis for all tests of a project, and ends them with it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres();
  const redis = await startRedis();
  project.provide('databaseUrl', postgres.url);
  project.provide('redisUrl', redis.url);
  return async () => {
    await Promise.all([postgres.close(), redis.close()]);
  };
}
