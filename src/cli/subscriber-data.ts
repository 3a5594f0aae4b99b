import { tombstones } from '../domain/erasure.ts';
import { BY_COMMAND } from '../store/leaving.ts';
import { erase, exportOf } from '../store/privacy.ts';
import { getSubscriber } from '../store/subscribers.ts';
import { command, report, UsageError, withApp } from './command.ts';

export const exportCommand = () =>
  command('export', 'print everything that is held on somebody, as one JSON document')
    .argument('<email>', 'their address')
    .action(async (email: string) => {
      await withApp(async (app) => {
        const { id } = await getSubscriber(app.db, email);
        report({ json: true }, { json: await exportOf(app.db, id), text: '' });
      });
    });

export const eraseCommand = () =>
  command('erase', 'remove everything that is held on somebody, for good')
    .argument('<email>', 'their address')
    .option('--yes', 'do it: there is no way back')
    .action(async (email: string, options: { json?: boolean; yes?: boolean }) => {
      if (options.yes !== true) throw new UsageError('erase cannot be undone: add --yes to do it');
      await withApp(async (app) => {
        const subscriber = await getSubscriber(app.db, email);
        const [tombstone = ''] = tombstones(app.keys, subscriber.email);
        await erase(app.db, subscriber.id, tombstone, BY_COMMAND, app.now());
        report(options, {
          json: { erased: subscriber.id },
          text: `Subscriber ${subscriber.id} is erased; a keyed code of the address stays, so that nobody adds it again.`,
        });
      });
    });
