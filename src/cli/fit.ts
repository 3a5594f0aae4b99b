import { type Fitted, fitModel } from '../fit.ts';
import { command, report, withApp } from './command.ts';

export const fitCommand = () =>
  command('fit', 'fit a model on the archive now, as the timetable does every night')
    .addHelpText(
      'after',
      `
Editions that are frozen from then on rank by it; those that stand keep theirs. Nothing new in the archive and in
what consenting readers like: nothing happens.`,
    )
    .action(async (options: { json?: boolean }) => {
      const fitted = await withApp((app) => fitModel(app));
      report(options, { json: fitted, text: words(fitted) });
    });

function words(fitted: Fitted): string {
  switch (fitted.kind) {
    case 'fitted': {
      const megabytes = (fitted.bytes / 1e6).toFixed(1);
      return `model ${fitted.version}: ${fitted.papers} papers, ${fitted.readers} readers, ${megabytes} MB, ${fitted.seconds} s`;
    }
    case 'unchanged':
      return `nothing changed since model ${fitted.version}`;
    case 'nothing to fit':
      return 'the archive is empty: run `paperboy ingest` first';
    case 'broken off':
      return 'broken off';
  }
}
