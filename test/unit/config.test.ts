import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, variableNames } from '../../src/config.ts';
import { parseKeys } from '../../src/config-env.ts';

const LONG = 'this secret is long enough for anybody';
const RESEND = {
  MAIL_URL: 'resend:',
  RESEND_API_KEY: 're_123',
  PAPERBOY_SECRET: LONG,
  PAPERBOY_BASE_URL: 'https://papers.example.org',
  PAPERBOY_POSTAL_ADDRESS: 'Paperboy, 1 Example Street',
  PAPERBOY_FROM: 'Papers <digest@papers.example.org>',
};

/** What is wrong with an environment, line by line. */
function faults(environment: Record<string, string>): string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message.split('\n');
  }
}

describe('without any variable', () => {
  test('Paperboy is embedded, writes to the outbox and listens on this machine only', () => {
    expect(readConfig({})).toMatchObject({
      home: '.paperboy',
      databaseUrl: undefined,
      redisUrl: undefined,
      mail: { kind: 'outbox', dir: undefined },
      keys: undefined,
      web: { host: '127.0.0.1', port: 3000 },
    });
  });

  test('an empty variable counts as absent', () => {
    expect(readConfig(Object.fromEntries(variableNames.map((name) => [name, ''])))).toEqual(
      readConfig({}),
    );
  });

  test('variables of other programs are none of ours', () => {
    expect(faults({ PATH: '/bin', HOME: '/root', RESEND_DEBUG: 'true' })).toEqual([]);
  });
});

describe('a variable that is malformed', () => {
  test.each([
    ['DATABASE_URL', 'mysql://localhost/papers', 'postgres://'],
    ['DATABASE_URL', 'localhost', 'postgres://'],
    ['REDIS_URL', 'http://localhost:6379', 'redis://'],
    ['MAIL_URL', 'pigeon:', 'outbox:'],
    ['MAIL_URL', 'outbox', 'outbox:'],
    ['RESEND_API_KEY', 're_1 23', 'without spaces'],
    ['RESEND_BASE_URL', 'api.resend.com', 'http'],
    ['RESEND_WEBHOOK_SECRET', 'a secret', 'whsec_'],
    ['PAPERBOY_SECRET', 'short', '32 characters'],
    ['PAPERBOY_SECRET', `${LONG},${LONG}`, 'name:secret'],
    ['PAPERBOY_SECRET', `a:${LONG},a:${LONG} too`, 'name:secret'],
    ['PAPERBOY_BASE_URL', 'papers.example.org', 'http'],
    ['PAPERBOY_BASE_URL', 'javascript:alert(1)', 'http'],
    ['PAPERBOY_FROM', 'daily@papers.example.org', 'Name <address@domain>'],
    ['PAPERBOY_FROM', 'A <a@b.org>\r\nBcc: x@y.org', 'Name <address@domain>'],
    ['PAPERBOY_POSTAL_ADDRESS', 'x'.repeat(301), '300'],
    ['PAPERBOY_CONTACT', 'x'.repeat(201), '200'],
    ['PAPERBOY_PORT', '80a', 'number'],
    ['PAPERBOY_PORT', '65536', '65535'],
    ['PAPERBOY_PORT', '-1', '0'],
    ['PAPERBOY_LOG_LEVEL', 'loud', 'debug'],
    ['PAPERBOY_REQUESTS_PER_SECOND', '0', '0'],
    ['PAPERBOY_MAILS_PER_DAY', 'many', '150,250'],
    ['PAPERBOY_DOMAIN_RATES', 'gmail.com', 'gmail.com=20'],
    ['PAPERBOY_FAILPOINT', 'somewhere', 'after-claim@3'],
    ['HF_BASE_URL', 'file:///etc/passwd', 'http'],
    ['ARXIV_API_URL', 'export.arxiv.org', 'http'],
    ['PAPERBOY_EMBEDDINGS_MODEL', 'local:mine', 'does not begin with local:'],
    ['PAPERBOY_EMBEDDINGS_LOCAL', 'all-MiniLM-L6-v2', 'Xenova/all-MiniLM-L6-v2'],
    ['PAPERBOY_EMBEDDINGS_LOCAL', 'Xenova/../../etc', 'a folder such as'],
    ['PAPERBOY_EMBEDDINGS_LOCAL', 'Xenova/..', 'a folder such as'],
    ['PAPERBOY_EMBEDDINGS_LOCAL', 'https://huggingface.co/Xenova/all-MiniLM-L6-v2', 'a model id'],
    ['PAPERBOY_SOURCE_NETWORKS', '10.0.0.0/33', '10.1.0.0/16'],
    ['PAPERBOY_SOURCE_NETWORKS', '10.0.0.0/8,lan', '10.1.0.0/16'],
  ])('%s stops the start with its name and what is expected', (name, value, expected) => {
    const [fault = '', ...more] = faults({ [name]: value });
    expect(more).toEqual([]);
    expect(fault).toMatch(new RegExp(`^${name}: `));
    expect(fault).toContain(expected);
  });

  test('is told with what was read', () => {
    expect(faults({ PAPERBOY_PORT: '80a' })).toEqual([expect.stringMatching(/but it is "80a"$/)]);
    expect(faults({ PAPERBOY_FROM: 'me\n' })).toEqual([expect.stringMatching(/"me\\n"$/)]);
  });

  test.each([
    ['DATABASE_URL', 'mysql://me:hunter2@localhost/papers'],
    ['REDIS_URL', 'http://:hunter2@localhost'],
    ['RESEND_API_KEY', 're_hunter2 '],
    ['RESEND_WEBHOOK_SECRET', 'hunter2'],
    ['PAPERBOY_SECRET', 'hunter2'],
    ['MAIL_URL', 'resend:re_hunter2'],
    ['MAIL_URL', 'smtps//me:hunter2@mail.example.org'],
    ['HF_BASE_URL', 'htp://me:hunter2@mirror.example.org'],
    ['RESEND_BASE_URL', 'htp://me:hunter2@proxy.example.org'],
  ])('%s never shows a secret in its error', (name, value) => {
    const said = faults({ [name]: value });
    expect(said).toHaveLength(1);
    expect(said.join()).not.toContain('hunter2');
  });

  test('does not hide the others: every fault has its line', () => {
    const said = faults({
      PAPERBOY_PORT: 'x',
      PAPERBOY_SECRET: 'x',
      MAIL_URL: 'x',
      PAPERBOY_X: 'x',
    });
    expect(said.map((line) => line.split(':')[0]).sort()).toEqual([
      'MAIL_URL',
      'PAPERBOY_PORT',
      'PAPERBOY_SECRET',
      'PAPERBOY_X',
    ]);
  });
});

test('an unknown PAPERBOY_ variable is refused with the names there are, and without its value', () => {
  const [fault = '', ...more] = faults({ PAPERBOY_HOEM: 'hunter2' });
  expect(more).toEqual([]);
  expect(fault).toMatch(/^PAPERBOY_HOEM: unknown variable/);
  expect(fault).toContain('PAPERBOY_HOME');
  expect(fault).not.toContain('hunter2');
});

describe('real sending', () => {
  test('has all that it needs', () => {
    expect(readConfig(RESEND).mail).toEqual({
      kind: 'resend',
      apiKey: 're_123',
      baseUrl: undefined,
    });
  });

  test.each(['RESEND_API_KEY', 'PAPERBOY_SECRET', 'PAPERBOY_POSTAL_ADDRESS', 'PAPERBOY_FROM'])(
    'without %s does not start',
    (name) => {
      expect(faults({ ...RESEND, [name]: '' })).toEqual([
        expect.stringMatching(new RegExp(`^${name}: needed with MAIL_URL=resend:.*not set$`)),
      ]);
    },
  );

  test('needs a sender of its own also when alerts alone leave; the outbox does not', () => {
    expect(faults({ PAPERBOY_ALERT_MAIL_URL: 'smtp://localhost:25' })).toEqual([
      expect.stringMatching(/^PAPERBOY_FROM: needed with PAPERBOY_ALERT_MAIL_URL .*not set$/),
    ]);
    expect(readConfig({ PAPERBOY_FROM: '' }).from).toBe('Paperboy <digest@paperboy.example.org>');
  });

  test.each([
    ['no public address', ''],
    ['an address without TLS', 'http://papers.example.org'],
  ])('with %s does not start: one-click unsubscribing needs https', (_, address) => {
    expect(faults({ ...RESEND, PAPERBOY_BASE_URL: address })).toEqual([
      expect.stringMatching(/^PAPERBOY_BASE_URL: .*https/),
    ]);
  });
});

describe('embeddings', () => {
  const endpoint = {
    PAPERBOY_EMBEDDINGS_URL: 'http://127.0.0.1:11434/v1/',
    PAPERBOY_EMBEDDINGS_MODEL: 'small',
  };
  const local = { PAPERBOY_EMBEDDINGS_LOCAL: 'Xenova/all-MiniLM-L6-v2' };

  test('come from an endpoint, from a local model, or from nobody', () => {
    expect(readConfig({}).embeddings).toBeUndefined();
    expect(readConfig(endpoint).embeddings).toEqual({
      url: 'http://127.0.0.1:11434/v1',
      model: 'small',
      apiKey: undefined,
      perDay: 2_000,
    });
    expect(readConfig({ ...local, PAPERBOY_EMBEDDINGS_PER_DAY: '50' }).embeddings).toEqual({
      model: 'local:Xenova/all-MiniLM-L6-v2',
      local: { source: 'Xenova/all-MiniLM-L6-v2', isFolder: false },
      perDay: 50,
    });
  });

  test('a folder is named from wherever Paperboy was started', () => {
    const source = resolve('models/mine');
    expect(readConfig({ PAPERBOY_EMBEDDINGS_LOCAL: './models/mine/' }).embeddings).toMatchObject({
      model: `local:${source}`,
      local: { source, isFolder: true },
    });
  });

  test.each([endpoint, { PAPERBOY_EMBEDDINGS_MODEL: 'small' }])(
    'do not come from both: %j',
    (other) => {
      const [fault = '', ...more] = faults({ ...local, ...other });
      expect(more).toEqual([]);
      for (const name of [...Object.keys(endpoint), ...Object.keys(local), 'unset']) {
        expect(fault).toContain(name);
      }
    },
  );
});

describe('what is read', () => {
  test('a base URL loses its slashes at the end', () => {
    const { baseUrl, places } = readConfig({
      PAPERBOY_BASE_URL: 'https://papers.example.org/news//',
      HF_BASE_URL: 'http://127.0.0.1:8080/',
    });
    expect([baseUrl, places.hf]).toEqual([
      'https://papers.example.org/news',
      'http://127.0.0.1:8080',
    ]);
  });

  test('networks that sources may reach are ranges with commas between', () => {
    const networks = (text: string) =>
      readConfig({ PAPERBOY_SOURCE_NETWORKS: text }).sourceNetworks;
    expect(networks('')).toEqual([]);
    expect(networks('10.1.0.0/16, fd00::/8,127.0.0.1')).toEqual([
      '10.1.0.0/16',
      'fd00::/8',
      '127.0.0.1',
    ]);
  });

  test('an outbox may have a folder', () => {
    expect(readConfig({ MAIL_URL: 'outbox:/var/mail' }).mail).toEqual({
      kind: 'outbox',
      dir: '/var/mail',
    });
  });

  test('the first key signs, and a secret on its own has a name', () => {
    const { keys } = readConfig({ PAPERBOY_SECRET: `new:${LONG} 2, old:${LONG}` });
    expect([...(keys ?? [])]).toEqual([
      ['new', `${LONG} 2`],
      ['old', LONG],
    ]);
    expect([...(parseKeys(LONG) ?? [])]).toEqual([['k1', LONG]]);
  });
});

test('.env.example names every variable that is read, once, and no other', () => {
  const lines = readFileSync('.env.example', 'utf8').split('\n');
  const named = lines.flatMap((line) => /^(?:# ?)?([A-Z][A-Z0-9_]*)=/.exec(line)?.[1] ?? []);
  expect([...named].sort()).toEqual([...variableNames].sort());
});
