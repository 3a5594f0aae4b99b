import { existsSync } from 'node:fs';
import { Redis } from 'ioredis';
import pg from 'pg';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { freshDatabase, queryOnce } from '../support/databases.ts';
import { startPostgres, startRedis } from '../support/services.ts';

/** The harness itself: what the other e2e tests lean on when they crash a server. */
describe('the servers of a test run', () => {
  test('PostgreSQL gives every test a database of its own', async () => {
    const one = await freshDatabase(inject('databaseUrl'));
    const other = await freshDatabase(inject('databaseUrl'));
    await queryOnce(one.url, 'create table only_here (id int)');

    expect(await queryOnce(one.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await expect(queryOnce(other.url, 'select * from only_here')).rejects.toThrow('does not exist');

    await Promise.all([one.drop(), other.drop()]);
    await expect(queryOnce(one.url, 'select 1')).rejects.toThrow('does not exist');
  });

  test('Redis answers and evicts nothing', async () => {
    const redis = connect(inject('redisUrl'));

    expect(await redis.ping()).toBe('PONG');
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual([
      'maxmemory-policy',
      'noeviction',
    ]);
  });

  test('a crash of PostgreSQL breaks connections and keeps what was committed', async () => {
    const postgres = await startPostgres();
    onTestFinished(() => postgres.close());
    const pool = new pg.Pool({ connectionString: postgres.url });
    pool.on('error', () => {}); // the idle connection that the crash breaks
    onTestFinished(() => pool.end());
    await pool.query('create table kept as select 7 as id');
    const before = postgres.pid;

    await postgres.restart('crash');

    expect(postgres.pid).not.toBe(before);
    expect((await pool.query('select id from kept')).rows).toEqual([{ id: 7 }]);
  });

  test('a killed Redis comes back with its data only when it appends', async () => {
    const [lasting, fleeting] = await Promise.all([
      startRedis({ appendonly: true }),
      startRedis({ maxmemory: '64mb' }),
    ]);
    onTestFinished(() => lasting.close());
    onTestFinished(() => fleeting.close());
    const survivors: unknown[] = [];
    for (const server of [lasting, fleeting]) {
      const redis = connect(server.url);
      await redis.set('key', 'value');
      await server.restart('crash');
      survivors.push(await redis.get('key'));
    }

    expect(survivors).toEqual(['value', null]);
  });

  test('a closed server leaves neither process nor folder', async () => {
    const redis = await startRedis();
    const { pid, dir } = redis;
    await redis.close();

    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(existsSync(dir)).toBe(false);
    expect(() => redis.pid).toThrow('is stopped');
  });

  test('a server that is not installed fails the test and names the package', async () => {
    vi.stubEnv('PATH', '/nowhere');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });

    await expect(startRedis()).rejects.toThrow('apt-get install -y redis-server');
  });
});

function connect(url: string): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  redis.on('error', () => {}); // while its server is down
  onTestFinished(() => redis.disconnect());
  return redis;
}
