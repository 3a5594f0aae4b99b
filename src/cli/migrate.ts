import { command, report, withApp } from './command.ts';

export const migrateCommand = () =>
  command(
    'migrate',
    'bring the tables up to date (every command that needs them does so too)',
  ).action(async (options: { json?: boolean }) => {
    await withApp(async (app) => {
      const where =
        app.config.databaseUrl === undefined ? `PGlite in ${app.config.home}` : 'PostgreSQL';
      report(options, {
        json: { migrated: true, database: where },
        text: `${where} is up to date`,
      });
    });
  });
