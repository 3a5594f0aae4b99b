import { Command, Option } from 'commander';
import { z } from 'zod';
import type { App } from '../app.ts';
import { clockTime } from '../domain/calendar.ts';
import { tombstones } from '../domain/erasure.ts';
import { Preferences } from '../domain/preferences.ts';
import { BY_COMMAND, leave } from '../store/leaving.ts';
import {
  addSubscribers,
  getSubscriber,
  listSubscribers,
  type Subscriber,
} from '../store/subscribers.ts';
import { addressFrom } from './address.ts';
import { command, report, UsageError, withApp } from './command.ts';
import { libraryCommand } from './library.ts';
import { eraseCommand, exportCommand } from './subscriber-data.ts';
import { readSubscribers } from './subscriber-file.ts';
import { liftCommand, suppressCommand } from './suppressions.ts';
import { table } from './table.ts';

export const subscribersCommand = () =>
  new Command('subscribers')
    .description('add, import and list subscribers')
    .exitOverride()
    .addCommand(addCommand())
    .addCommand(importCommand())
    .addCommand(listCommand())
    .addCommand(unsubscribeCommand())
    .addCommand(suppressCommand())
    .addCommand(liftCommand())
    .addCommand(libraryCommand())
    .addCommand(exportCommand())
    .addCommand(eraseCommand());

interface AddOptions {
  json?: boolean;
  digest?: string[];
  topics?: string[];
  exclude?: string[];
  cadence?: string;
  weekday?: number;
  hour?: number;
  timeZone?: string;
  layout?: string;
  papers?: number;
  pausedUntil?: string;
}

const forgottenBy =
  ({ keys }: Pick<App, 'keys'>) =>
  (email: string) =>
    tombstones(keys, email);

const words = (text: string) => text.split(',').map((word) => word.trim());

const addCommand = () =>
  command('add', 'add one subscriber')
    .argument('<email>', 'their address')
    .option('--topics <words>', 'topics, separated by commas', words)
    .option('--exclude <words>', 'leave out papers with these words', words)
    .option('--digest <names>', 'which digests (default: daily)', words)
    .addOption(
      new Option('--cadence <cadence>', 'how often').choices(['daily', 'weekdays', 'weekly']),
    )
    .option('--weekday <n>', 'day of a weekly digest: 1 Monday to 7 Sunday', Number)
    .option('--hour <n>', 'local hour, 0 to 23.5; 6.5 is half past six (default: 7)', Number)
    .option('--time-zone <zone>', 'IANA time zone, e.g. Europe/Berlin (default: UTC)')
    .addOption(new Option('--layout <layout>', 'layout').choices(['full', 'compact', 'text']))
    .option('--papers <n>', 'most papers in one digest', Number)
    .option('--paused-until <day>', 'no digest before this day')
    .action(async (email: string, options: AddOptions) => {
      const newcomer = { email: addressFrom(email), preferences: preferencesOf(options) };
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
    });

function preferencesOf(options: AddOptions): Preferences {
  const given = {
    digests: options.digest,
    topics: options.topics,
    exclude: options.exclude,
    cadence: options.cadence,
    weekday: options.weekday,
    hour: options.hour,
    timeZone: options.timeZone,
    layout: options.layout,
    papersMax: options.papers,
    pausedUntil: options.pausedUntil,
  };
  const preferences = Preferences.safeParse(given);
  if (!preferences.success) throw new UsageError(z.prettifyError(preferences.error));
  return preferences.data;
}

const IMPORTED_AT_ONCE = 1000;

const importCommand = () =>
  command(
    'import',
    'add subscribers from a CSV or JSONL file; who is there already keeps what they have',
  )
    .argument('<file>', '.csv with a head line, or one JSON object a line')
    .addHelpText(
      'after',
      `
Columns (only email is needed): email, digests, topics, exclude, cadence, weekday, hour, timeZone,
layout, papersMax, pausedUntil. In CSV, several topics are separated by ";".`,
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
    await withApp(async (app) => {
      const all: Subscriber[] = [];
      for (let page = await listSubscribers(app.db); page.length > 0; ) {
        all.push(...page);
        page = await listSubscribers(app.db, page.at(-1)?.id);
      }
      report(options, {
        json: all,
        text: table(
          ['id', 'email', 'state', 'when', 'layout', 'topics'],
          all.map(({ id, email, state, suppressed, preferences }) => [
            id,
            email,
            suppressed ?? state,
            when(preferences),
            preferences.layout,
            preferences.topics.join(', '),
          ]),
        ),
      });
    });
  });

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
