import { Command } from 'commander';
import { listen } from '../web/server.ts';
import { withApp } from './command.ts';
import { untilAskedToStop } from './signals.ts';

export const webCommand = () =>
  new Command('web')
    .description('answer over HTTP: health checks and the provider’s webhooks')
    .exitOverride()
    .action(async () => {
      const stopped = untilAskedToStop();
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
    });
