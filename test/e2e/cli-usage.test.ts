import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { newHome, onlyDocument, paperboy } from '../support/cli.ts';

const { home, remove } = newHome();
afterAll(remove);

/** The commands that a help text lists. */
async function commandsOf(...above: string[]): Promise<string[][]> {
  const { stdout } = await paperboy([...above, '--help'], { home });
  const listed = stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}(\w[\w-]*)/gm);
  return [...listed].flatMap(([, name = 'help']) => (name === 'help' ? [] : [[...above, name]]));
}

describe('every command', async () => {
  const commands = await commandsOf();
  const nested = [
    ...(await commandsOf('subscribers')),
    ...(await commandsOf('papers')),
    ...(await commandsOf('templates')),
    ...(await commandsOf('embeddings')),
    ...(await commandsOf('digests')),
    ...(await commandsOf('subscribers', 'library')),
  ];

  test('is listed', () => {
    expect(commands.flat()).toEqual(
      expect.arrayContaining(
        'demo migrate ingest subscribers freeze send run deliveries preview jobs'.split(' '),
      ),
    );
    expect(nested.flat()).toEqual(
      expect.arrayContaining(['add', 'import', 'list', 'pin', 'submit', 'dev', 'check']),
    );
  });

  test.concurrent.for([...commands, ...nested])(
    'explains itself: %s',
    async (words, { expect }) => {
      const { code, stdout, stderr } = await paperboy([...words, '--help'], { home });

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`Usage: paperboy ${words.join(' ')}`);
      if (!stdout.includes('Commands:')) expect(stdout).toContain('--json');
    },
  );
});

describe.concurrent('wrong usage ends with exit code 2 and says what is wrong', () => {
  test.for([
    ['', 'Usage: paperboy'],
    ['deliver', "unknown command 'deliver'"],
    ['jobs --nonsense', "unknown option '--nonsense'"],
    ['freeze', "missing required argument 'digest'"],
    ['preview daily/2025-03-14', "required option '--subscriber <email>'"],
    ['ingest page', 'page needs a file'],
    ['ingest feed', 'feed needs an http or https address'],
    ['ingest feed ftp://k.example/', 'feed needs an http or https address'],
    ['ingest feed https://k.example/ https://l.example/', 'feed takes one address'],
    ['ingest arxiv', 'arxiv needs categories that it has'],
    ['ingest arxiv --categories I.2.7', 'arxiv needs categories that it has'],
    ['ingest hf-daily page.txt', 'hf-daily takes no file'],
    ['ingest hf-daily --list year', '--list: expected day, week, month or trending'],
    ['ingest jsonl papers.jsonl --via oai', 'jsonl takes no --via'],
    [
      'ingest crystal-ball',
      'no source is named "crystal-ball"; there is hf-daily, arxiv, feed, page, jsonl, sql',
    ],
    ['ingest page page.txt --from 2025-02-01', '--from: page has no days to ask for'],
    ['ingest hf-daily --list week --from 2025-02-01', 'hf-daily week has no days to ask for'],
    ['ingest hf-daily --to 2025-02-01', '--to needs --from'],
    ['ingest hf-daily --from 2025-02-01 --date 2025-02-01', '--date or --from'],
    ['ingest hf-daily --from 2025-02-02 --to 2025-02-01', '--from: 2025-02-02 is after --to'],
    ['ingest hf-daily --from 2999-01-01', '--from: 2999-01-01 is after --to'],
    ['ingest sql papers', 'sql takes no file'],
    ['ingest sql --date 2025-02-01', 'sql takes no --date'],
    ['replay somewhere --subscribers none', '--subscribers: expected a whole number'],
    ['freeze daily --date 2025-02-30', 'expected a day such as 2025-03-14, but it is "2025-02-30"'],
    ['send daily/2025-03-14 --at tomorrow', '--at: expected a time'],
    ['send daily/2025-03-14 --to ada', '--to: expected an address'],
    ['subscribers add ada', 'expected one address'],
    ['subscribers add ada@example.org --time-zone Berlin', 'expected an IANA time zone'],
    ['deliveries --limit none', '--limit: expected a whole number'],
    ['deliveries --state lost', 'Allowed choices are'],
  ] as const)('paperboy %s', async ([words, told], { expect }) => {
    const { code, stdout, stderr } = await paperboy(words.split(' ').filter(Boolean), { home });

    expect(stderr).toContain(told);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(existsSync(join(home, 'db')), 'nothing was opened').toBe(false);
  });
});

describe('a wrong environment', () => {
  const wrong = {
    DATABASE_URL: ['mysql://root:hunter2@db/paperboy', 'expected postgres://'],
    REDIS_URL: ['hunter2', 'expected redis://'],
    PAPERBOY_SECRET: ['hunter2', 'expected a secret of 32 characters or more'],
    RESEND_API_KEY: ['hunter2 hunter2', 'expected an API key'],
    PAPERBOY_PROT: ['hunter2', 'unknown variable; the ones there are: '],
    PAPERBOY_PORT: ['99999', 'but it is "99999"'],
    MAIL_URL: ['pigeon://hunter2', 'expected outbox:'],
  } as const;

  test('ends with exit code 2 and a line for each variable, never with a secret', async () => {
    const env = Object.fromEntries(Object.entries(wrong).map(([name, [value]]) => [name, value]));
    const { code, stdout, stderr } = await paperboy(['jobs', '--json'], { home, env });

    for (const [name, [, told]] of Object.entries(wrong)) {
      const line = stderr.split('\n').find((one) => one.includes(`${name}: `));
      expect(line, name).toContain(told);
    }
    expect(stderr + stdout).not.toContain('hunter2');
    expect(code).toBe(2);
    expect(onlyDocument(stdout)).toEqual({ error: expect.stringContaining('MAIL_URL: ') });
  });
});
