import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import type { App } from '../app.ts';
import { type Digest, NewDigest } from '../domain/digest.ts';
import { sourceName } from '../domain/source-setting.ts';
import { listDigests, saveDigest, turnDigest } from '../store/digests.ts';
import { command, report, withApp } from './command.ts';
import { loadDigestTemplate } from './digest-template.ts';
import { table } from './table.ts';

export const digestsCommand = () =>
  command('digests', 'list the digests, save one from a JSON file, or turn one off or on')
    .argument('[file]', 'a JSON file with the settings of one digest, e.g. {"name":"daily", ...}')
    .action(async (file: string | undefined, options: { json?: boolean }) => {
      const digest = file === undefined ? undefined : parse(file, await text(file));
      await withApp(async (app) => {
        if (digest !== undefined) {
          await loadDigestTemplate(app, digest);
          await saveDigest(app.db, digest);
        }
        await list(app, options);
      });
    })
    .addCommand(
      turnCommand(
        'off',
        'nothing more is read, frozen or sent for it by itself; what there is stays',
      ),
    )
    .addCommand(turnCommand('on', 'its timetable is followed again'));

const turnCommand = (name: 'off' | 'on', description: string) =>
  command(name, description)
    .argument('<name>', 'of the digest')
    .action(async (digest: string, _: unknown, self: Command) => {
      await withApp(async (app) => {
        await turnDigest(app.db, digest, name === 'off');
        await list(app, self.optsWithGlobals());
      });
    });

async function list(app: App, options: { json?: boolean }): Promise<void> {
  const all = await listDigests(app.db);
  report(options, {
    json: all,
    text: table(
      ['digest', 'title', 'sources', 'cut-off', 'window', 'latest by', 'template', ''],
      all.map((one) => [
        one.name,
        one.title,
        one.sources.map(sourceName).join(', '),
        `${one.freezeAt} ${one.timeZone}`,
        `${one.windowDays} d`,
        `${one.latestByHours} h`,
        one.template,
        one.off ? 'off' : '',
      ]),
    ),
  });
}

async function text(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${file} cannot be read: ${cause.code ?? cause.message}`, { cause });
  });
}

function parse(file: string, text: string): Digest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const digest = NewDigest.safeParse(value);
  if (!digest.success) throw new Error(`${file}:\n${z.prettifyError(digest.error)}`);
  return digest.data;
}
