import { readFile, stat } from 'node:fs/promises';
import { Command } from 'commander';
import { FILE_BYTES_MAX, type ImportedLibrary, importLibrary } from '../import-library.ts';
import { clearLibrary, libraryOf } from '../store/library.ts';
import { getSubscriber } from '../store/subscribers.ts';
import { wordsFor } from '../words/words.ts';
import { command, report, UsageError, withApp } from './command.ts';
import { table } from './table.ts';

const REFUSED_SHOWN = 20;
const TITLE_CHARS = 70;

export const libraryCommand = () =>
  new Command('library')
    .description('what somebody brought along: papers that they know, as likes for a start')
    .exitOverride()
    .addCommand(importCommand())
    .addCommand(listCommand())
    .addCommand(clearCommand());

const importCommand = () =>
  command('import', 'keep the newest 500 papers of a library file')
    .argument('<email>', 'whose')
    .argument(
      '<file>',
      'BibTeX, RIS, Zotero RDF, CSL-JSON, ORCID works, or a list of arXiv ids and DOIs',
    )
    .action(async (email: string, file: string, options: { json?: boolean }) => {
      const bytes = await bytesOf(file);
      await withApp(async (app) => {
        const { id } = await getSubscriber(app.db, email);
        const imported = await importLibrary(app.db, id, bytes, app.now());
        const none = imported.read === imported.refused.length;
        report(options, { json: imported, text: textOf(imported), failed: none });
      });
    });

const listCommand = () =>
  command('list', 'list it, newest first')
    .argument('<email>', 'whose')
    .action(async (email: string, options: { json?: boolean }) => {
      await withApp(async (app) => {
        const { id } = await getSubscriber(app.db, email);
        const entries = (await libraryOf(app.db, [id])).get(id) ?? [];
        const rows = entries.map(({ at, paperId, text }) => [
          at.toISOString().slice(0, 10),
          paperId ?? 'text',
          (text?.title ?? '').slice(0, TITLE_CHARS),
        ]);
        report(options, { json: entries, text: table(['added', 'paper', 'title'], rows) });
      });
    });

const clearCommand = () =>
  command('clear', 'forget it')
    .argument('<email>', 'whose')
    .action(async (email: string, options: { json?: boolean }) => {
      await withApp(async (app) => {
        const { id } = await getSubscriber(app.db, email);
        const cleared = await clearLibrary(app.db, id);
        report(options, { json: { cleared }, text: `${cleared} entries are forgotten.` });
      });
    });

/** @throws UsageError when the file is not there, or larger than what is read. */
async function bytesOf(file: string): Promise<Uint8Array> {
  const about = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`${file} cannot be read: ${cause.code ?? cause.message}`);
  });
  if (!about.isFile()) throw new UsageError(`${file} is no file`);
  if (about.size > FILE_BYTES_MAX) {
    throw new UsageError(
      `${file} has ${about.size} bytes, the most is ${FILE_BYTES_MAX}: split it`,
    );
  }
  return readFile(file);
}

function textOf(imported: ImportedLibrary): string {
  const { library } = wordsFor('en');
  const place = library.places[imported.format];
  const refused = imported.refused
    .slice(0, REFUSED_SHOWN)
    .map(({ at, why }) => `  ${place} ${at}: ${library.refusals[why]}`);
  const more = imported.refused.length - refused.length;
  return [
    ...library.counts(imported),
    ...refused,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n');
}
