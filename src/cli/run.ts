import type { App } from '../app.ts';
import { listDigests } from '../store/digests.ts';
import { startTimetable } from '../timetable.ts';
import { startWatch } from '../watch.ts';
import { command, FAILED, report, withApp } from './command.ts';
import { loadDigestTemplate } from './digest-template.ts';
import { untilAskedToStop } from './signals.ts';

/** After the signal: what still runs by then is left to the ledger, whose leases end by themselves. */
const STOP_WITHIN_MS = 9_500;
/** For jobs to end by themselves; then requests are broken off, and what became of them is written down. */
const DRAIN_MS = 6_000;
const BROKEN_OFF_MS = 2_000;

export const runCommand = () =>
  command('run', 'work off the queues and follow the timetable until SIGTERM, which drains')
    .option('--web', 'answer over HTTP as well: what an embedded home, of one process, needs')
    .action(async (options: { json?: boolean; web?: boolean }) => {
      const stopped = untilAskedToStop();
      await withApp((app) => run(app, stopped, options.web === true), { logLevel: 'info' });
      if (options.json === true) report(options, { json: { stopped: await stopped }, text: '' });
    });

/** A template that cannot be used stops the start, and not the first morning. @throws TemplateError */
async function loadTemplates(app: App): Promise<void> {
  await app.noticeTemplate();
  for (const digest of await listDigests(app.db)) {
    if (!digest.off) await loadDigestTemplate(app, digest);
  }
}

async function run(app: App, stopped: Promise<NodeJS.Signals>, web: boolean): Promise<void> {
  await loadTemplates(app);
  for (const warning of await app.queue.warnings().catch(() => [])) app.log.warn(warning);
  const server = web ? await (await import('../web/server.ts')).listen(app) : undefined;
  if (server !== undefined) app.log.info({ url: server.url }, 'listening');
  const { jobs } = await import('../../jobs/index.ts');
  await app.queue.work(jobs, app);
  const stopTimetable = startTimetable(app);
  const stopWatch = startWatch(app, (why) => {
    app.log.error({ why }, 'stuck: ending, so that a supervisor starts a new process');
    process.exit(FAILED);
  });
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
  setTimeout(() => {
    app.log.warn('ending with work under way: its leases end by themselves, and it is tried again');
    process.exit();
  }, STOP_WITHIN_MS).unref();
  const closed = server?.close(DRAIN_MS); // beside the jobs: both have to end in time
  await Promise.all([stopTimetable(), stopWatch()]);
  if (!(await app.queue.drain(DRAIN_MS))) {
    app.log.warn('breaking off the requests that are under way');
    await app.provider.close();
    await app.queue.drain(BROKEN_OFF_MS);
  }
  await closed;
}
