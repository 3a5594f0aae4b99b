import { type Command, Option } from 'commander';
import { z } from 'zod';
import { LANGUAGES } from '../domain/language.ts';
import { Preferences } from '../domain/preferences.ts';
import { UsageError } from './command.ts';

/** What of the preferences was given on the command line. */
export interface PreferenceOptions {
  digest?: string[];
  topics?: string[];
  exclude?: string[];
  categories?: string[];
  authors?: string[];
  organisations?: string[];
  cadence?: string;
  weekday?: number;
  hour?: number;
  timeZone?: string;
  layout?: string;
  papers?: number;
  dial?: number;
  sendEmpty?: string;
  language?: string;
  pausedUntil?: string;
}

/** `""` is an empty list. */
const words = (text: string) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

/**
 * The options of a command that says what a subscriber wants. Whether their likes may help others is not among
 * them: that consent is theirs to give.
 */
export function withPreferences(command: Command): Command {
  return command
    .option('--topics <words>', 'topics, separated by commas', words)
    .option('--exclude <words>', 'leave out papers with these words', words)
    .option('--categories <names>', 'arXiv categories, e.g. cs.CL,stat.ML', words)
    .option('--authors <names>', 'people whose papers come first', words)
    .option('--organisations <names>', 'places whose papers come first', words)
    .option('--digest <names>', 'which digests (default: daily)', words)
    .addOption(
      new Option('--cadence <cadence>', 'how often').choices(['daily', 'weekdays', 'weekly']),
    )
    .option('--weekday <n>', 'day of a weekly digest: 1 Monday to 7 Sunday', Number)
    .option('--hour <n>', 'local hour, 0 to 23.5; 6.5 is half past six (default: 7)', Number)
    .option('--time-zone <zone>', 'IANA time zone, e.g. Europe/Berlin (default: UTC)')
    .addOption(new Option('--layout <layout>', 'layout').choices(['full', 'compact', 'text']))
    .option('--papers <n>', 'most papers in one digest', Number)
    .option('--dial <n>', 'from 0, popular, to 100, relevant (default: 50)', Number)
    .addOption(
      new Option('--send-empty <yes|no>', 'a note on days with nothing new').choices(['yes', 'no']),
    )
    .addOption(new Option('--language <language>', 'of the frame').choices([...LANGUAGES]))
    .option('--paused-until <day>', 'no digest before this day; "" ends a pause');
}

/**
 * What was given over what holds; the rest stays.
 * @throws UsageError that names the option's field and what is expected.
 */
export function preferencesOver(
  current: Partial<Preferences>,
  options: PreferenceOptions,
): Preferences {
  const { digest, papers, sendEmpty, pausedUntil, ...same } = options;
  const { topics, exclude, categories, authors, organisations } = same;
  const { cadence, weekday, hour, timeZone, layout, dial, language } = same;
  const given = {
    digests: digest,
    papersMax: papers,
    sendEmpty: sendEmpty === undefined ? undefined : sendEmpty === 'yes',
    pausedUntil: pausedUntil === '' ? undefined : pausedUntil,
    ...{ topics, exclude, categories, authors, organisations },
    ...{ cadence, weekday, hour, timeZone, layout, dial, language },
  };
  const kept = { ...current };
  if (pausedUntil === '') delete kept.pausedUntil;
  const told = Object.entries(given).filter(([, value]) => value !== undefined);
  const preferences = Preferences.safeParse({ ...kept, ...Object.fromEntries(told) });
  if (!preferences.success) throw new UsageError(z.prettifyError(preferences.error));
  return preferences.data;
}
