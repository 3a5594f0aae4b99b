#!/usr/bin/env node
import { Command } from 'commander';
import { packageVersion } from '../root.ts';
import { fail } from './command.ts';

const program = new Command('paperboy')
  .description('Mails people the research papers worth their morning.')
  .version(packageVersion())
  .showHelpAfterError('(run with --help for usage)')
  .exitOverride();

/** In the order of the help. Only the one that is asked for is loaded: a start takes half the time. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import('./demo.ts')).demoCommand(),
  migrate: async () => (await import('./migrate.ts')).migrateCommand(),
  ingest: async () => (await import('./ingest.ts')).ingestCommand(),
  sources: async () => (await import('./sources.ts')).sourcesCommand(),
  papers: async () => (await import('./papers.ts')).papersCommand(),
  subscribers: async () => (await import('./subscribers.ts')).subscribersCommand(),
  embeddings: async () => (await import('./embeddings.ts')).embeddingsCommand(),
  digests: async () => (await import('./digests.ts')).digestsCommand(),
  freeze: async () => (await import('./freeze.ts')).freezeCommand(),
  fit: async () => (await import('./fit.ts')).fitCommand(),
  send: async () => (await import('./send.ts')).sendCommand(),
  replay: async () => (await import('./replay.ts')).replayCommand(),
  run: async () => (await import('./run.ts')).runCommand(),
  web: async () => (await import('./web.ts')).webCommand(),
  deliveries: async () => (await import('./deliveries.ts')).deliveriesCommand(),
  preview: async () => (await import('./preview.ts')).previewCommand(),
  explain: async () => (await import('./explain.ts')).explainCommand(),
  search: async () => (await import('./search.ts')).searchCommand(),
  templates: async () => (await import('./templates.ts')).templatesCommand(),
  jobs: async () => (await import('./jobs.ts')).jobsCommand(),
  pause: async () => (await import('./operate.ts')).pauseCommand(),
  resume: async () => (await import('./operate.ts')).resumeCommand(),
  cancel: async () => (await import('./operate.ts')).cancelCommand(),
  drop: async () => (await import('./operate.ts')).dropCommand(),
  retry: async () => (await import('./operate.ts')).retryCommand(),
  resolve: async () => (await import('./operate.ts')).resolveCommand(),
};

const asked = process.argv[2] ?? '';
for (const name of Object.hasOwn(commands, asked) ? [asked] : Object.keys(commands)) {
  const load = commands[name];
  if (load !== undefined) program.addCommand(await load());
}

// Who closes the pipe, as `head` does, has read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = fail(error, process.argv.includes('--json'));
}
