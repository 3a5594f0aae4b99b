#!/usr/bin/env node
import { Command } from 'commander';
import { packageVersion } from '../root.ts';
import { fail } from './command.ts';
import { deliveriesCommand } from './deliveries.ts';
import { demoCommand } from './demo.ts';
import { digestsCommand } from './digests.ts';
import { freezeCommand } from './freeze.ts';
import { ingestCommand } from './ingest.ts';
import { jobsCommand } from './jobs.ts';
import { migrateCommand } from './migrate.ts';
import {
  cancelCommand,
  dropCommand,
  pauseCommand,
  resolveCommand,
  resumeCommand,
  retryCommand,
} from './operate.ts';
import { papersCommand } from './papers.ts';
import { previewCommand } from './preview.ts';
import { replayCommand } from './replay.ts';
import { runCommand } from './run.ts';
import { sendCommand } from './send.ts';
import { sourcesCommand } from './sources.ts';
import { subscribersCommand } from './subscribers.ts';
import { webCommand } from './web.ts';

const program = new Command('paperboy')
  .description('Mails people the research papers worth their morning.')
  .version(packageVersion())
  .showHelpAfterError('(run with --help for usage)')
  .exitOverride();

for (const made of [
  demoCommand,
  migrateCommand,
  ingestCommand,
  sourcesCommand,
  papersCommand,
  subscribersCommand,
  digestsCommand,
  freezeCommand,
  sendCommand,
  replayCommand,
  runCommand,
  webCommand,
  deliveriesCommand,
  previewCommand,
  jobsCommand,
  pauseCommand,
  resumeCommand,
  cancelCommand,
  dropCommand,
  retryCommand,
  resolveCommand,
]) {
  program.addCommand(made());
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = fail(error, process.argv.includes('--json'));
}
