import { command, report, withApp } from './command.ts';
import { untilAskedToStop } from './signals.ts';

export const webCommand = () =>
  command(
    'web',
    'answer over HTTP: the pages of subscribers, the archive, webhooks, health checks',
  ).action(async (options: { json?: boolean }) => {
    const stopped = untilAskedToStop();
    const { listen } = await import('../web/server.ts');
    await withApp(
      async (app) => {
        const server = await listen(app);
        app.log.info({ url: server.url }, 'listening');
        const signal = await stopped;
        app.log.info({ signal }, 'closing');
        await server.close();
      },
      { logLevel: 'info' },
    );
    if (options.json === true) report(options, { json: { stopped: await stopped }, text: '' });
  });
