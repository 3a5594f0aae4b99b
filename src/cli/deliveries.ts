import { Option } from 'commander';
import { localTime } from '../domain/calendar.ts';
import { balances } from '../store/balance.ts';
import { type DeliveryRow, listDeliveries } from '../store/deliveries.ts';
import { editionRow } from '../store/editions.ts';
import type { DeliveryState } from '../store/schema.ts';
import { command, report, UsageError, withApp } from './command.ts';
import { table } from './table.ts';

interface Options {
  json?: boolean;
  edition?: string;
  state?: DeliveryState;
  limit: string;
}

const STATES = ['open', 'submitted', 'refused', 'suppressed', 'skipped', 'unknown'];

export const deliveriesCommand = () =>
  command('deliveries', 'list deliveries, with why somebody got nothing')
    .option('--edition <id>', 'only of this edition, e.g. daily/2025-03-14')
    .addOption(new Option('--state <state>', 'only in this state').choices(STATES))
    .option('--limit <n>', 'at most this many', '10000')
    .action(async (options: Options) => {
      const limit = Number(options.limit);
      if (!Number.isInteger(limit) || limit < 1) {
        throw new UsageError(
          `--limit: expected a whole number from 1, but it is "${options.limit}"`,
        );
      }
      await withApp(async (app) => {
        const { edition, state } = options;
        if (edition !== undefined) await editionRow(app.db, edition);
        const rows = await listDeliveries(app.db, {
          limit,
          ...(edition === undefined ? {} : { editionId: edition }),
          ...(state === undefined ? {} : { state }),
        });
        const editions = await balances(
          app.db,
          edition === undefined ? {} : { editionId: edition },
        );
        report(options, {
          json: { editions, deliveries: rows },
          text: [
            table(
              [
                'edition',
                'planned',
                'submitted',
                'skipped',
                'suppressed',
                'refused',
                'unknown',
                'open',
                '',
              ],
              editions.map((e) => [
                e.editionId,
                e.planned,
                e.submitted,
                e.skipped,
                e.suppressed,
                e.refused,
                e.unknown,
                e.open,
                e.faults.join('; '),
              ]),
            ),
            '',
            deliveriesTable(rows),
          ].join('\n'),
          failed: editions.some(({ faults }) => faults.length > 0),
        });
      });
    });

/** Who got what, and why the others did not. */
export function deliveriesTable(rows: readonly DeliveryRow[]): string {
  return table(
    ['delivery', 'subscriber', 'local time', 'state', 'layout', 'papers', 'why'],
    rows.map((row) => [
      row.id,
      row.email,
      `${localTime(row.dueAt, row.timeZone)} ${row.timeZone}`,
      row.state,
      row.composition === null ? '' : row.layout,
      row.composition?.length ?? '',
      row.why ?? (row.nextTryAt === null ? '' : `next try ${row.nextTryAt.toISOString()}`),
    ]),
  );
}
