import { Command } from 'commander';
import type { App } from '../app.ts';
import { clockTime } from '../domain/calendar.ts';
import { tombstones } from '../domain/erasure.ts';
import { Preferences } from '../domain/preferences.ts';
import { BY_COMMAND, leave } from '../store/leaving.ts';
import {
  addSubscribers,
  changePreferences,
  getSubscriber,
  listSubscribers,
  type Subscriber,
} from '../store/subscribers.ts';
import { addressFrom } from './address.ts';
import { command, report, UsageError, withApp } from './command.ts';
import { libraryCommand } from './library.ts';
import { type PreferenceOptions, preferencesOver, withPreferences } from './preference-options.ts';
import { reportRows } from './rows.ts';
import { eraseCommand, exportCommand } from './subscriber-data.ts';
import { readSubscribers } from './subscriber-file.ts';
import { liftCommand, suppressCommand } from './suppressions.ts';

export const subscribersCommand = () =>
  new Command('subscribers')
    .description('add, change, import and list subscribers')
    .exitOverride()
    .addCommand(addCommand())
    .addCommand(setCommand())
    .addCommand(importCommand())
    .addCommand(listCommand())
    .addCommand(unsubscribeCommand())
    .addCommand(suppressCommand())
    .addCommand(liftCommand())
    .addCommand(libraryCommand())
    .addCommand(exportCommand())
    .addCommand(eraseCommand());

interface AddOptions extends PreferenceOptions {
  json?: boolean;
}

const forgottenBy =
  ({ keys }: Pick<App, 'keys'>) =>
  (email: string) =>
    tombstones(keys, email);

const addCommand = () =>
  withPreferences(command('add', 'add one subscriber').argument('<email>', 'their address')).action(
    async (email: string, options: AddOptions) => {
      const newcomer = { email: addressFrom(email), preferences: preferencesOver({}, options) };
      await withApp(async (app) => {
        const added = await addSubscribers(app.db, [newcomer], app.now(), forgottenBy(app));
        report(options, {
          json: { added, known: 1 - added },
          text:
            added === 1
              ? `${newcomer.email} is subscribed`
              : `${newcomer.email} was subscribed before, or had their data erased; nothing changed`,
        });
      });
    },
  );

const setCommand = () =>
  withPreferences(
    command('set', 'change what one subscriber asked for; what is not named stays').argument(
      '<email>',
      'their address',
    ),
  )
    .addHelpText('after', '\nAn empty list takes everything of it away: --topics ""')
    .action(async (email: string, options: AddOptions) => {
      const { json: _, ...given } = options;
      if (Object.keys(given).length === 0) {
        throw new UsageError('nothing to change: name at least one preference (see --help)');
      }
      await withApp(async (app) => {
        const subscriber = await getSubscriber(app.db, email);
        const preferences =
          (await changePreferences(app.db, subscriber.id, (now) => preferencesOver(now, given))) ??
          subscriber.preferences;
        report(options, {
          json: { email: subscriber.email, preferences },
          text: `${subscriber.email}: ${when(preferences)}, from the next digest on. Their own page says the same.`,
        });
      });
    });

const IMPORTED_AT_ONCE = 1000;
const COLUMNS = ['email', ...Object.keys(Preferences.shape)];
const COLUMNS_HALF = Math.ceil(COLUMNS.length / 2);

const importCommand = () =>
  command(
    'import',
    'add subscribers from a CSV or JSONL file; who is there already keeps what they have',
  )
    .argument('<file>', '.csv with a head line, or one JSON object a line')
    .addHelpText(
      'after',
      `
Columns, of which only email is needed:
  ${COLUMNS.slice(0, COLUMNS_HALF).join(', ')},
  ${COLUMNS.slice(COLUMNS_HALF).join(', ')}
In CSV, several values of one column, such as topics, are separated by ";".`,
    )
    .action(async (file: string, options: { json?: boolean }) => {
      const { newcomers, rejections } = await readSubscribers(file);
      await withApp(async (app) => {
        let added = 0;
        for (let from = 0; from < newcomers.length; from += IMPORTED_AT_ONCE) {
          const some = newcomers.slice(from, from + IMPORTED_AT_ONCE);
          added += await addSubscribers(app.db, some, app.now(), forgottenBy(app));
        }
        const counts = {
          seen: newcomers.length + rejections.length,
          added,
          known: newcomers.length - added,
          rejected: rejections.length,
        };
        report(options, {
          json: { ...counts, rejections },
          text: [
            `${counts.seen} seen: ${added} added, ${counts.known} known already, ${counts.rejected} rejected`,
            ...rejections.slice(0, 20).map(({ at, why }) => `  line ${at}: ${why}`),
          ].join('\n'),
          failed: newcomers.length === 0,
        });
      });
    });

const listCommand = () =>
  command('list', 'list subscribers').action(async (options: { json?: boolean }) => {
    await withApp((app) =>
      reportRows(options, everySubscriber(app), {
        json: (subscriber) => subscriber,
        head: ['id', 'email', 'state', 'when', 'layout', 'topics'],
        text: ({ id, email, state, suppressed, preferences }) => [
          id,
          email,
          suppressed ?? state,
          when(preferences),
          preferences.layout,
          preferences.topics.join(', '),
        ],
      }),
    );
  });

async function* everySubscriber({ db }: Pick<App, 'db'>): AsyncGenerator<Subscriber> {
  for (let page = await listSubscribers(db); page.length > 0; ) {
    yield* page;
    page = await listSubscribers(db, page.at(-1)?.id);
  }
}

const unsubscribeCommand = () =>
  command('unsubscribe', 'end somebody’s subscription, as their own click would')
    .argument('<email>', 'their address')
    .action(async (email: string, options: { json?: boolean }) => {
      await withApp(async (app) => {
        const subscriber = await getSubscriber(app.db, email);
        await leave(app.db, subscriber.id, BY_COMMAND, app.now());
        report(options, {
          json: { unsubscribed: subscriber.email },
          text: `${subscriber.email} is unsubscribed: no request that is first made from now on has them.`,
        });
      });
    });

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `weekly on Fri at 07:00 Europe/Berlin` */
export function when(preferences: Preferences): string {
  const { cadence, weekday, hour, timeZone } = preferences;
  const day = cadence === 'weekly' ? ` on ${WEEKDAYS[weekday - 1]}` : '';
  return `${cadence}${day} at ${clockTime(hour)} ${timeZone}`;
}
