import { liftSuppression, suppress } from '../store/subscribers.ts';
import { addressFrom } from './address.ts';
import { command, report, withApp } from './command.ts';

export const suppressCommand = () =>
  command('suppress', 'never send to an address again, whoever subscribes it')
    .argument('<email>', 'the address')
    .option('--why <words>', 'for the record', 'by an operator')
    .action(async (email: string, options: { json?: boolean; why: string }) => {
      const address = addressFrom(email);
      await withApp(async (app) => {
        await suppress(app.db, address, 'operator', options.why, app.now());
        report(options, {
          json: { suppressed: address },
          text: `${address} gets nothing any more.`,
        });
      });
    });

export const liftCommand = () =>
  command('lift', 'take a suppression back; whoever owns the address may sign up again')
    .argument('<email>', 'the address')
    .action(async (email: string, options: { json?: boolean }) => {
      const address = addressFrom(email);
      await withApp(async (app) => {
        const lifted = await liftSuppression(app.db, address);
        report(options, {
          json: { email: address, lifted: lifted ?? null },
          text:
            lifted === undefined
              ? `${address} was not suppressed under its name; nothing changed. What erasing keeps stays.`
              : `${address} may get mail again. It was suppressed on ${lifted.at.toISOString()}: ${lifted.reason}${lifted.detail === null ? '' : `, ${lifted.detail}`}. A subscription that ended stays ended.`,
        });
      });
    });
