import { dayOf } from '../domain/calendar.ts';
import { editionId } from '../domain/edition.ts';
import { freezeEdition } from '../freeze.ts';
import { candidatesFor } from '../store/candidates.ts';
import { getDigest } from '../store/digests.ts';
import { isFrozen } from '../store/editions.ts';
import { command, parseDay, report, UsageError, withApp } from './command.ts';

interface Options {
  json?: boolean;
  date?: string;
  empty?: boolean;
}

export const freezeCommand = () =>
  command('freeze', 'freeze the edition of a day: its papers, their order, its template')
    .argument('<digest>', 'the digest, e.g. daily')
    .option('--date <day>', 'the day, e.g. 2025-03-14 (default: today in the digest’s time zone)')
    .option(
      '--empty',
      'freeze it also when no paper is listed: an edition never changes afterwards',
    )
    .action(async (name: string, options: Options) => {
      const given = options.date === undefined ? undefined : parseDay(options.date);
      await withApp(async (app) => {
        const digest = await getDigest(app.db, name);
        const today = dayOf(app.now(), digest.timeZone);
        const date = given ?? today;
        if (date > today) throw new UsageError(`--date: ${date} is in the future`);
        const empty = (await candidatesFor(app.db, digest, date, app.now())).length === 0;
        if (empty && options.empty !== true && !(await isFrozen(app.db, editionId(name, date)))) {
          throw new Error(
            `no paper is listed in the ${digest.windowDays} days up to ${date}: run \`paperboy ingest\` first, ` +
              'or freeze the empty day with --empty (an edition never changes afterwards)',
          );
        }
        const { edition, frozenNow } = await freezeEdition(app, name, date);
        const papers = edition.candidates.length;
        const fresh = edition.candidates.filter(({ newOn }) => newOn === date).length;
        const lacking = edition.lacking ?? [];
        const without = lacking.map(({ source, why }) => `\nwithout ${source}: ${why}`).join('');
        report(options, {
          json: { edition: edition.id, frozen: frozenNow, papers, new: fresh, lacking },
          text: frozenNow
            ? `${edition.id} is frozen: ${papers} papers, ${fresh} of them new that day${without}`
            : `${edition.id} was frozen before and never changes: ${papers} papers${without}`,
        });
      });
    });
