import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Digest } from '../domain/digest.ts';
import { sourceName } from '../domain/source-setting.ts';
import { listDigests, saveDigest } from '../store/digests.ts';
import { command, report, withApp } from './command.ts';
import { table } from './table.ts';

export const digestsCommand = () =>
  command('digests', 'list the digests, or save one from a JSON file')
    .argument('[file]', 'a JSON file with the settings of one digest, e.g. {"name":"daily", ...}')
    .action(async (file: string | undefined, options: { json?: boolean }) => {
      const digest = file === undefined ? undefined : parse(file, await text(file));
      await withApp(async (app) => {
        if (digest !== undefined) await saveDigest(app.db, digest);
        const all = await listDigests(app.db);
        report(options, {
          json: all,
          text: table(
            ['digest', 'title', 'sources', 'cut-off', 'window', 'latest by', 'template'],
            all.map((one) => [
              one.name,
              one.title,
              one.sources.map(sourceName).join(', '),
              `${one.freezeAt} ${one.timeZone}`,
              `${one.windowDays} d`,
              `${one.latestByHours} h`,
              one.template,
            ]),
          ),
        });
      });
    });

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
  const digest = Digest.safeParse(value);
  if (!digest.success) throw new Error(`${file}:\n${z.prettifyError(digest.error)}`);
  return digest.data;
}
