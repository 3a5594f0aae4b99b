import { wouldTake } from '../preview.ts';
import { frozenDelivery } from '../store/deliveries.ts';
import { getSubscriber } from '../store/subscribers.ts';
import { command, report, UsageError, withApp } from './command.ts';

interface Options {
  json?: boolean;
  subscriber: string;
  html?: boolean;
  text?: boolean;
}

export const previewCommand = () =>
  command('preview', 'show what a subscriber gets of an edition, or got; sends nothing')
    .argument('<edition>', 'e.g. daily/2025-03-14')
    .requiredOption('--subscriber <email>', 'whose digest')
    .option('--html', 'print the HTML part alone')
    .option('--text', 'print the text part alone')
    .action(async (editionId: string, options: Options) => {
      if (options.html === true && options.text === true) {
        throw new UsageError('--html and --text: choose one');
      }
      await withApp(async (app) => {
        const live = await app.edition(editionId);
        const subscriber = await getSubscriber(app.db, options.subscriber);
        const frozen = await frozenDelivery(app.db, editionId, subscriber.id);
        const { taken, datedAt } = frozen ?? {
          taken: await wouldTake(app, editionId, subscriber),
          datedAt: app.now(),
        };
        if (taken.composition.length === 0) {
          throw new Error(
            `${subscriber.email} would get nothing of ${editionId}: nothing new for them`,
          );
        }
        const email = live.render(taken, datedAt);
        if (options.html === true && email.html === undefined) {
          throw new Error(`${subscriber.email} reads text only: there is no HTML part`);
        }
        const head = Object.entries({
          From: email.from,
          To: email.to,
          Subject: email.subject,
          ...email.headers,
        });
        const full = [...head.map(([name, value]) => `${name}: ${value}`), '', email.text].join(
          '\n',
        );
        report(options, {
          json: { frozen: frozen !== undefined, ...email, composition: taken.composition },
          text:
            options.html === true ? (email.html ?? '') : options.text === true ? email.text : full,
        });
      });
    });
