import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize, sep } from 'node:path';
import { expect, test } from 'vitest';

/** Who may import whom. Read it from the bottom up: the domain knows nobody. */
const floors: Record<string, readonly string[]> = {
  'src/domain': [],
  'src/domain/rank': ['src/domain'],
  'src/domain/compose': ['src/domain'],
  'src/domain/summary': ['src/domain'],
  'src/store': ['src/domain'],
  'src/store/migrations': [],
  'src/sources': ['src/domain'],
  'src/library': ['src/domain', 'src/sources'], // reads XML as sources do
  'src/providers': ['src/domain'],
  'src/words': ['src/domain'],
  'src/render': ['src/domain', 'src/words'],
  'src/queue': ['src/domain'],
  src: [
    'src/domain',
    'src/words',
    'src/store',
    'src/sources',
    'src/library',
    'src/providers',
    'src/render',
    'src/queue',
  ],
  'src/web': [
    'src',
    'src/domain',
    'src/words',
    'src/store',
    'src/library',
    'src/providers',
    'src/render',
    'src/queue',
  ],
  jobs: ['src', 'src/domain', 'src/store', 'src/sources', 'src/queue'],
  'src/cli': [
    'jobs',
    'src',
    'src/domain',
    'src/words',
    'src/store',
    'src/sources',
    'src/web',
    'src/queue',
  ],
};
/** A folder below a floor that is part of it. */
const within: Record<string, readonly string[]> = {
  'src/domain': ['src/domain/rank', 'src/domain/compose', 'src/domain/summary'],
  'src/store': ['src/store/migrations'],
};

const files = ['src', 'jobs'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, name)),
);
const floorOf = (file: string) => file.split(sep).slice(0, -1).join('/');
const importsOf = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
const targetsOf = (file: string) =>
  importsOf(file)
    .filter((path) => path.startsWith('.'))
    .map((path) => floorOf(normalize(join(file, '..', path))));

test.each(files)('%s imports only from its own floor or below', (file) => {
  const floor = floorOf(file);
  const allowed = [floor, ...(floors[floor] ?? []), ...(within[floor] ?? [])];
  const below = allowed.flatMap((one) => [one, ...(within[one] ?? [])]);
  expect(targetsOf(file).filter((target) => !below.includes(target))).toEqual([]);
});

test('every floor is known, so that a new folder has to say where it stands', () => {
  expect([...new Set(files.map(floorOf))].filter((floor) => !(floor in floors))).toEqual([]);
});

/** What the outer world is reached with, and the only floor that may do so. */
const owners: Record<string, readonly string[]> = {
  bullmq: ['src/queue'],
  ioredis: ['src/queue'],
  pg: ['src/store', 'src/queue'],
  kysely: ['src/store', 'src/store/migrations', 'src/web'],
  hono: ['src/web', 'src/providers'], // the outbox pages use its escaping templates
  mjml: ['src/render'],
  handlebars: ['src/render'],
  resend: ['src/providers'],
  nodemailer: ['src/providers'],
  commander: ['src/cli'],
};

test.each(Object.entries(owners))('%s is known to %j only', (library, allowed) => {
  const users = files.filter((file) =>
    importsOf(file).some((name) => name === library || name.startsWith(`${library}/`)),
  );
  expect(users.map(floorOf).filter((floor) => !allowed.includes(floor))).toEqual([]);
});

test('the domain is pure: no I/O, no clock, no randomness, no process', () => {
  const impure =
    /\b(?:process\.|Date\.now\(|new Date\(\)|Math\.random\(|fetch\(|setTimeout\(|randomBytes|randomUUID)|node:(?:fs|net|http|child_process|os)/;
  const domain = files.filter((file) => floorOf(file).startsWith('src/domain'));
  expect(domain.filter((file) => impure.test(readFileSync(file, 'utf8')))).toEqual([]);
});

test('only config.ts and the command line read the environment', () => {
  const readers = files.filter((file) => readFileSync(file, 'utf8').includes('process.env'));
  expect(readers.filter((file) => floorOf(file) !== 'src/cli')).toEqual([]);
});

test('no file is two concepts: 250 lines at most', () => {
  // A catalogue is a list, not code, and a language is one file.
  const code = files.filter((file) => floorOf(file) !== 'src/words');
  const long = code.filter((file) => readFileSync(file, 'utf8').split('\n').length > 251);
  expect(long).toEqual([]);
});
