import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/root.ts';
import { newHome, onlyDocument, paperboy } from '../support/cli.ts';

const { home, remove } = newHome();
afterAll(remove);
const bundled = join(packageRoot(), 'templates');

test('the bundled templates keep every rule', async () => {
  const { code, stdout } = await paperboy(['templates', 'check', '--json'], { home });
  const told = onlyDocument(stdout) as { faults: number; templates: { emails: unknown[] }[] };
  expect({ code, faults: told.faults }).toEqual({ code: 0, faults: 0 });
  expect(told.templates.flatMap(({ emails }) => emails).length).toBeGreaterThan(50);
});

test('a fault ends with exit code 1 and names template, sample and rule; one that does not load its line', async () => {
  const own = join(home, 'own');
  await cp(join(bundled, 'digest'), join(own, 'digest'), { recursive: true });
  const body = join(own, 'digest', 'body.txt');
  await writeFile(body, (await readFile(body, 'utf8')).replaceAll('{{links.unsubscribe}}', ''));
  await mkdir(join(own, 'notice'));
  await writeFile(join(own, 'notice', 'subject.txt'), '{{{subject}}}');
  const { code, stdout } = await paperboy(['templates', 'check', '--dir', own], { home });
  expect(code).toBe(1);
  expect(stdout).toContain('digest  full/ten  unsubscribe  the text has no link to it');
  expect(stdout).toContain(
    `notice  load  ${own}/notice/subject.txt:1: subject would not be escaped, write {{subject}}`,
  );
});

test('a broken template of an own folder stops the start and the freeze', async () => {
  const own = join(home, 'broken');
  await mkdir(join(own, 'digest'), { recursive: true });
  await writeFile(join(own, 'digest', 'subject.txt'), '{{headline}}');
  const options = { home, env: { PAPERBOY_TEMPLATES: own } };
  for (const words of [['run'], ['freeze', 'daily', '--date', '2025-03-14', '--empty']]) {
    const { code, stderr } = await paperboy(words, options);
    expect({ code, words }).toEqual({ code: 1, words });
    expect(stderr).toContain(
      `${own}/digest/subject.txt:1: no field is named headline; here there are`,
    );
  }
});

test.each([
  ['--dir nowhere', 'PAPERBOY_TEMPLATES: expected a folder with templates, but'],
  ['--port none', "unknown option '--port'"],
])('templates check %s is wrong usage', async (words, message) => {
  const { code, stderr } = await paperboy(['templates', 'check', ...words.split(' ')], { home });
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
