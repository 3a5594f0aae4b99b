import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Preferences } from '../../src/domain/preferences.ts';
import { openLog } from '../../src/log.ts';
import { routes } from '../../src/web/server.ts';
import { openTestApp, type TestApp } from '../support/app.ts';

const ADA = 'ada@example.org';

let t: TestApp;
let lines: string[];
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.empty();
  lines = [];
});

const log = openLog(
  'debug',
  new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  }),
);
/** What a second subscriber of the same address is answered by the database. */
async function violation(): Promise<Error> {
  await t.subscribe(ADA);
  const preferences = JSON.stringify(Preferences.parse({}));
  const row = { email: ADA, email_key: ADA, state: 'active' as const, preferences };
  return t.app.db
    .insertInto('subscribers')
    .values({ ...row, created_at: new Date() })
    .execute()
    .then(
      () => new Error('it was taken'),
      (error: Error) => error,
    );
}

describe('the log', () => {
  test('names the constraint that was violated, and not the address', async () => {
    const error = await violation();
    expect(Object(error).detail).toContain(ADA); // what the database says
    log.error({ err: error }, 'request failed');
    expect(lines.join()).not.toContain(ADA);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      msg: 'request failed',
      err: {
        message: expect.stringContaining('duplicate key'),
        code: '23505',
        constraint: 'subscribers_email_key_key',
        stack: expect.stringContaining('node_modules/pg/lib'),
      },
    });
  });

  test('has no address of a message, a cause or a reason in it, and keeps where it happened', async () => {
    const error = new Error(`no subscriber has the address ${ADA}`, { cause: await violation() });
    log.warn({ err: error, why: error.stack }, 'a job failed');
    log.warn({ err: ADA }, 'no error at all');
    expect(lines.join()).not.toContain(ADA);
    const { err, why } = JSON.parse(lines[0] ?? '');
    expect(err).toMatchObject({
      type: 'Error',
      message: 'no subscriber has the address …@…',
      cause: { code: '23505' },
    });
    expect([err.stack, why]).toEqual([
      expect.stringContaining('log.test.ts'),
      expect.stringContaining('log.test.ts'),
    ]);
  });

  test('keeps scoped packages in a stack', () => {
    const error = new Error('x');
    error.stack =
      'Error: x\n    at f (file:///a/node_modules/@hono/node-server/dist/index.mjs:1:2)';
    log.error({ err: error }, 'x');
    expect(lines[0]).toContain('node_modules/@hono/node-server');
  });

  test('of a page that fails has no address in it', async () => {
    const db = {
      ...t.app.db,
      selectFrom: () => {
        throw error;
      },
    };
    const error = await violation();
    const web = routes({ ...t.app, log, db: db as never });
    expect((await web.request('/archive')).status).toBe(500);
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain(ADA);
  });
});
