import { Option } from 'commander';
import type { App } from '../app.ts';
import { type Dead, drop, type Ended, letGo, redrive } from '../operate.ts';
import { EVERYTHING, editionBrake, listBrakes, PROVIDER, pause } from '../store/brakes.ts';
import { editionRow } from '../store/editions.ts';
import { cancelEdition, type Finding, resolveUnknown, unknownOf } from '../store/operate.ts';
import { command, report, UsageError, withApp } from './command.ts';
import { table } from './table.ts';

interface Options {
  json?: boolean;
}

/** The name of a brake: `everything`, `provider`, or an edition's. */
async function brakeName(app: App, target: string | undefined): Promise<string> {
  if (target === undefined || target === EVERYTHING) return EVERYTHING;
  if (target === PROVIDER) return PROVIDER;
  return editionBrake((await editionRow(app.db, target)).id);
}

export const pauseCommand = () =>
  command('pause', 'stop submitting, of everything or of one edition, until it is resumed')
    .argument('[edition]', 'e.g. daily/2025-03-14 (default: everything)')
    .option('--why <words>', 'for those who wonder', 'paused by an operator')
    .action(async (target: string | undefined, options: Options & { why: string }) => {
      await withApp(async (app) => {
        const name = await brakeName(app, target);
        if (name === PROVIDER) throw new UsageError('pause everything, or an edition');
        await pause(app.db, name, options.why, app.now());
        report(options, {
          json: { paused: name },
          text: `Paused: ${name}. Requests that have left are seen through.`,
        });
      });
    });

export const resumeCommand = () =>
  command('resume', 'go on: with everything, also with a provider that halted, or one of them')
    .argument(
      '[target]',
      'an edition, or "provider" (default: the pause of everything and the brake on the provider)',
    )
    .action(async (target: string | undefined, options: Options) => {
      await withApp(async (app) => {
        const name = await brakeName(app, target);
        const names = name === EVERYTHING ? [EVERYTHING, PROVIDER] : [name];
        const released = await letGo(app, names);
        const brakes = await listBrakes(app.db);
        report(options, {
          json: { resumed: released.length > 0 ? released.join(', ') : null, brakes },
          text: [
            released.length > 0
              ? `Resumed: ${released.join(', ')}.`
              : `Nothing held back ${names.join(' or ')}.`,
            ...(brakes.length > 0 ? ['Still held back:', brakesTable(brakes)] : []),
          ].join('\n'),
        });
      });
    });

export const cancelCommand = () =>
  command('cancel', 'cancel an edition: whoever has not got it does not get it')
    .argument('<edition>', 'e.g. daily/2025-03-14')
    .action(async (editionId: string, options: Options) => {
      await withApp(async (app) => {
        await editionRow(app.db, editionId);
        const skipped = await cancelEdition(app.db, editionId, app.now());
        report(options, {
          json: { cancelled: editionId, skipped },
          text: `${editionId} is cancelled: ${skipped} deliveries skipped. What may be with the provider already is seen through.`,
        });
      });
    });

export const retryCommand = () =>
  command('retry', 'ask again for what died: every dead letter, one, one edition’s, or one slice')
    .argument('[target]', 'an edition, a slice or a number, as `paperboy jobs --dead` names them')
    .action(async (target: string | undefined, options: Options) => {
      await withApp(async (app) => {
        const again = await redrive(app, await deadOf(app, target));
        await workHere(app);
        report(options, { json: again, text: told(again, 'Asked for again:') });
      });
    });

export const dropCommand = () =>
  command('drop', 'let be what died: whoever was to get it gets nothing')
    .argument(
      '<target>',
      'an edition, a slice or a number, as `paperboy jobs --dead` names them; or "all"',
    )
    .action(async (target: string, options: Options) => {
      await withApp(async (app) => {
        const ended = await drop(app, await deadOf(app, target === 'all' ? undefined : target));
        report(options, { json: ended, text: told(ended, 'Dropped:') });
      });
    });

/** What a target names. @throws when it is no edition's. */
async function deadOf(app: App, target: string | undefined): Promise<Dead> {
  if (target === undefined) return {};
  if (/^\d+$/.test(target)) return { letter: Number(target) };
  const editionId = target.split('/').slice(0, 2).join('/');
  await editionRow(app.db, editionId);
  return target === editionId ? { editionId } : { sliceId: target };
}

const told = ({ slices, jobs }: Ended, head: string) =>
  slices.length + jobs.length === 0 ? 'Nothing is dead.' : [head, ...slices, ...jobs].join('\n');

export const resolveCommand = () =>
  command('resolve', 'decide unknown deliveries, of which nobody can say whether they went out')
    .argument('<target>', 'a delivery, e.g. daily/2025-03-14/17, or all of an edition')
    .addOption(
      new Option(
        '--as <finding>',
        'delivered: it arrived; not-sent: send it again; dropped: let it be',
      )
        .choices(['delivered', 'not-sent', 'dropped'])
        .makeOptionMandatory(),
    )
    .action(async (target: string, options: Options & { as: Finding }) => {
      const [, edition, number] = /^([^/]+\/[^/]+)(?:\/(\d+))?$/.exec(target) ?? [];
      if (edition === undefined) {
        throw new UsageError(
          `target: expected a delivery such as daily/2025-03-14/17, or an edition, but it is "${target}"`,
        );
      }
      await withApp(async (app) => {
        const { id: editionId } = await editionRow(app.db, edition);
        const ids = number === undefined ? await unknownOf(app.db, editionId) : [Number(number)];
        const slices: string[] = [];
        for (const subscriberId of ids) {
          const id = { editionId, subscriberId };
          const sliceId = await resolveUnknown(app.db, id, options.as, app.now());
          if (sliceId !== undefined) slices.push(sliceId);
        }
        await app.queue.enqueueAll(
          'submit',
          slices.map((sliceId) => ({ sliceId })),
        );
        await workHere(app);
        const deliveries = ids.map((id) => `${editionId}/${id}`);
        report(options, {
          json: { deliveries, as: options.as, slices },
          text: resolved(target, deliveries, options.as, slices),
        });
      });
    });

function resolved(target: string, deliveries: string[], as: Finding, slices: string[]): string {
  if (deliveries.length === 0) return `${target} has no unknown delivery.`;
  return slices.length > 0
    ? ['Handed over again:', ...slices].join('\n')
    : deliveries
        .map((delivery) =>
          as === 'not-sent'
            ? `${delivery} is suppressed: its subscriber was erased.`
            : `${delivery} counts as ${as}.`,
        )
        .join('\n');
}

/** On the embedded default no other process does the work. */
async function workHere(app: App): Promise<void> {
  if (app.config.databaseUrl !== undefined || app.config.redisUrl !== undefined) return;
  const { jobs } = await import('../../jobs/index.ts');
  await app.queue.work(jobs, app);
  await app.queue.still();
}

/** What holds submitting back. */
export function brakesTable(brakes: Awaited<ReturnType<typeof listBrakes>>): string {
  return table(
    ['held back', 'kind', 'until', 'why'],
    brakes.map((brake) => [
      brake.name,
      brake.kind,
      brake.until?.toISOString() ?? 'an operator resumes',
      brake.why,
    ]),
  );
}
