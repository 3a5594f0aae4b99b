import { Command } from 'commander';
import { jobs } from '../../jobs/index.ts';
import { startTimetable } from '../timetable.ts';
import { withApp } from './command.ts';
import { untilAskedToStop } from './signals.ts';

export const runCommand = () =>
  new Command('run')
    .description('work off the queues and follow the timetable until SIGTERM, which drains')
    .exitOverride()
    .action(async () => {
      const stopped = untilAskedToStop();
      await withApp(
        async (app) => {
          app.queue.work(jobs, app);
          const stopTimetable = startTimetable(app);
          app.log.info(
            {
              database: app.config.databaseUrl === undefined ? 'embedded' : 'postgres',
              queue: app.config.redisUrl === undefined ? 'in the database' : 'redis',
              mail: app.provider.name,
            },
            'running',
          );
          const signal = await stopped;
          app.log.info({ signal }, 'draining');
          await stopTimetable();
        },
        { logLevel: 'info' },
      );
    });
