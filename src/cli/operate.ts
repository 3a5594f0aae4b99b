import { Option } from 'commander';
import { jobs } from '../../jobs/index.ts';
import type { App } from '../app.ts';
import { goOn, redrive } from '../operate.ts';
import { EVERYTHING, editionBrake, listBrakes, PROVIDER, pause, resume } from '../store/brakes.ts';
import { editionRow } from '../store/editions.ts';
import { cancelEdition, type Finding, resolveUnknown } from '../store/operate.ts';
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
  command('resume', 'go on with everything, one edition, or the provider after a halt')
    .argument(
      '[target]',
      'an edition, or "provider" (default: everything that was paused as a whole)',
    )
    .action(async (target: string | undefined, options: Options) => {
      await withApp(async (app) => {
        const name = await brakeName(app, target);
        const released = await resume(app.db, name);
        await goOn(app);
        const brakes = await listBrakes(app.db);
        report(options, {
          json: { resumed: released ? name : null, brakes },
          text: [
            released ? `Resumed: ${name}.` : `Nothing held back ${name}.`,
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
  command('retry', 'ask again for what died: every dead letter, one edition’s, or one slice')
    .argument('[target]', 'an edition or a slice, as `paperboy jobs --dead` names them')
    .action(async (target: string | undefined, options: Options) => {
      await withApp(async (app) => {
        const editionId = target?.split('/').slice(0, 2).join('/');
        if (editionId !== undefined) await editionRow(app.db, editionId);
        const only =
          target === undefined || editionId === undefined
            ? {}
            : target === editionId
              ? { editionId }
              : { sliceId: target };
        const again = await redrive(app, only);
        await workHere(app);
        const count = again.slices.length + again.jobs.length;
        report(options, {
          json: again,
          text: [
            count === 0 ? 'Nothing is dead.' : 'Asked for again:',
            ...again.slices,
            ...again.jobs,
          ].join('\n'),
        });
      });
    });

export const resolveCommand = () =>
  command('resolve', 'decide an unknown delivery, of which nobody can say whether it went out')
    .argument('<delivery>', 'e.g. daily/2025-03-14/17')
    .addOption(
      new Option(
        '--as <finding>',
        'delivered: it arrived; not-sent: send it again; dropped: let it be',
      )
        .choices(['delivered', 'not-sent', 'dropped'])
        .makeOptionMandatory(),
    )
    .action(async (delivery: string, options: Options & { as: Finding }) => {
      const [, editionId, number] = /^(.+)\/(\d+)$/.exec(delivery) ?? [];
      if (editionId === undefined || number === undefined) {
        throw new UsageError(
          `delivery: expected an id such as daily/2025-03-14/17, but it is "${delivery}"`,
        );
      }
      await withApp(async (app) => {
        const id = { editionId, subscriberId: Number(number) };
        const sliceId = await resolveUnknown(app.db, id, options.as, app.now());
        if (sliceId !== undefined) await app.queue.enqueue('submit', { sliceId });
        await workHere(app);
        report(options, {
          json: { delivery, as: options.as, slice: sliceId ?? null },
          text:
            sliceId === undefined
              ? `${delivery} counts as ${options.as}.`
              : `${delivery} is handed over again, as slice ${sliceId}.`,
        });
      });
    });

/** On the embedded default no other process does the work. */
async function workHere(app: App): Promise<void> {
  if (app.config.databaseUrl !== undefined || app.config.redisUrl !== undefined) return;
  app.queue.work(jobs, app);
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
