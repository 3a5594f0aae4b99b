import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { newHome, paperboy } from '../support/cli.ts';

const { home, remove } = newHome();
afterAll(remove);

/** The packages of which a command ran any code, as V8 counts it: however that code was loaded. */
async function packagesOf(...words: string[]): Promise<string[]> {
  const dir = join(home, words.join(' '));
  const ended = await paperboy(words, { home, env: { NODE_V8_COVERAGE: dir } });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const names = new Set<string>();
  for (const file of await readdir(dir)) {
    const coverage: { result: { url: string }[] } = JSON.parse(
      await readFile(join(dir, file), 'utf8'),
    );
    for (const { url } of coverage.result) {
      const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
      if (name !== undefined) names.add(name);
    }
  }
  return [...names];
}

/** What a command needs only when it queues, mails or listens. */
const seldom = ['bullmq', 'ioredis', 'nodemailer', 'resend', '@hono/node-server', 'prom-client'];
const found = (loaded: readonly string[], ...names: string[]) =>
  names.filter((name) => loaded.includes(name));

test('the help loads neither a server, nor a provider, nor a database', async () => {
  const loaded = await packagesOf('--help');

  expect(loaded).toContain('commander');
  expect(found(loaded, ...seldom, 'pg', '@electric-sql/pglite')).toEqual([]);
});

test('a command on the embedded default loads no queue, no provider, no template engine', async () => {
  const loaded = await packagesOf('subscribers', 'list');

  expect(loaded).toEqual(expect.arrayContaining(['@electric-sql/pglite', 'kysely', 'pg']));
  expect(found(loaded, ...seldom, 'handlebars', 'mjml')).toEqual([]);
});

test('a command that asks the queue loads it', async () => {
  expect(await packagesOf('jobs')).toEqual(expect.arrayContaining(['bullmq', 'ioredis']));
});
