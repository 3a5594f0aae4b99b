import { entryFault, nextSlot, timetable } from '../domain/timetable.ts';
import { listBrakes } from '../store/brakes.ts';
import { countDeadLetters, listDeadLetters } from '../store/dead-letters.ts';
import { listDigests } from '../store/digests.ts';
import { listSlots } from '../store/slots.ts';
import { command, report, withApp } from './command.ts';
import { brakesTable } from './operate.ts';
import { table } from './table.ts';

interface Options {
  json?: boolean;
  dead?: boolean;
  slots?: boolean;
}

const SLOTS_SHOWN = 50;
const SHOWN = 100;

export const jobsCommand = () =>
  command('jobs', 'show the timetable and the queues; with --dead the dead letters')
    .option('--dead', 'jobs that nothing will try again by itself')
    .option('--slots', 'the newest slots of the timetable, run and skipped')
    .action(async (options: Options) => {
      await withApp(async (app) => {
        if (options.dead === true) {
          const all = await countDeadLetters(app.db);
          const json = options.json === true;
          const letters = await listDeadLetters(app.db, json ? all : SHOWN);
          const more = all > letters.length ? `\n… and ${all - letters.length} more` : '';
          const rows = letters.map((letter) => [
            letter.id,
            letter.diedAt.toISOString(),
            letter.job,
            JSON.stringify(letter.payload),
            letter.attempts,
            letter.why.split('\n')[0],
          ]);
          const text = table(['id', 'died', 'job', 'payload', 'attempts', 'why'], rows) + more;
          return report(options, { json: letters, text: all === 0 ? 'No dead letters.' : text });
        }
        if (options.slots === true) {
          const slots = await listSlots(app.db, SLOTS_SHOWN);
          return report(options, {
            json: slots,
            text: table(
              ['slot', 'timetable', 'state', 'why'],
              slots.map((slot) => [slot.at.toISOString(), slot.timetable, slot.state, slot.why]),
            ),
          });
        }
        const now = app.now();
        const entries = timetable(await listDigests(app.db)).map((entry) => {
          const fault = entryFault(entry);
          const next = fault === undefined ? nextSlot(entry, now)?.toISOString() : undefined;
          const { name, pattern, timeZone, latestByHours } = entry;
          return { name, pattern, timeZone, next: next ?? null, latestByHours, fault };
        });
        const faults = entries.flatMap(({ fault }) => fault ?? []);
        const queues = await app.queue.counts();
        const brakes = await listBrakes(app.db);
        report(options, {
          json: { timetable: entries, queues, brakes },
          failed: faults.length > 0,
          text: [
            table(
              ['timetable', 'pattern', 'time zone', 'next', 'latest by'],
              entries.map((entry) => [
                entry.name,
                entry.pattern,
                entry.timeZone,
                entry.fault === undefined ? entry.next : 'NEVER: see below',
                `${entry.latestByHours} h`,
              ]),
            ),
            ...faults.map((fault) => `\n${fault}`),
            '',
            table(
              ['queue', 'waiting', 'active', 'delayed'],
              Object.entries(queues).map(([name, counts]) => [
                name,
                counts.waiting ?? 0,
                counts.active ?? 0,
                counts.delayed ?? 0,
              ]),
            ),
            ...(brakes.length > 0 ? ['', brakesTable(brakes)] : []),
          ].join('\n'),
        });
      });
    });
