import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { answer, emailsIn, newHome, paperboy, start } from '../support/cli.ts';

const EDITION = 'daily/2025-03-14';
const place = newHome();
const { home } = place;
afterAll(place.remove);

/** One home on the embedded default, from its first command to its last: each start costs seconds. */
test('an operator works on the embedded default, where `send` does the work itself', async () => {
  const people = join(home, 'people.jsonl');
  await writeFile(people, [1, 2, 3].map((n) => `{"email":"reader${n}@example.org"}`).join('\n'));
  await answer(['ingest', 'jsonl', 'sample/papers.jsonl'], place);
  await answer(['subscribers', 'import', people], place);
  await answer(['freeze', 'daily', '--date', '2025-03-14'], place);

  const one = await answer(['send', EDITION, '--to', 'Reader2@example.org'], place);
  expect(one).toMatchObject({ planned: 1, deliveries: { submitted: 1, open: 0 }, unbalanced: 0 });
  expect(await emailsIn(join(home, 'outbox', EDITION))).toEqual(['000002.eml']);

  const rest = await answer(['send', EDITION], place);
  expect(rest).toMatchObject({ planned: 2, ledger: { submitted: 3, open: 0 }, unbalanced: 0 });

  const nobody = await paperboy(['send', EDITION], place);
  expect(nobody).toMatchObject({ code: 0, stdout: expect.stringContaining('Nobody new') });
  expect(await emailsIn(join(home, 'outbox', EDITION))).toHaveLength(3);
});

test('a second process is refused while `run` holds the home, and is let in afterwards', async () => {
  const run = start(['run', '--json'], place);
  try {
    await run.tells('"running"');
    const { code, stderr } = await paperboy(['deliveries'], place);
    expect(code).toBe(1);
    expect(stderr).toContain(`is in use by process ${run.pid}`);
    expect(stderr).toContain('DATABASE_URL');
    expect(await run.end('SIGTERM')).toMatchObject({ code: 0, stdout: '{"stopped":"SIGTERM"}\n' });
  } finally {
    await run.end('SIGKILL');
  }
  expect(await answer(['deliveries', '--limit', '1'], place)).toMatchObject({
    editions: [{ planned: 3, submitted: 3, faults: [] }],
  });
});
