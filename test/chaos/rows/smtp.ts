import { audit } from '../audit.ts';
import { addressOf, type Bench } from '../bench.ts';
import { check, promises, type Row, stood } from '../row.ts';
import { asProvider, startMailServer } from '../smtp.ts';
import { withStage } from '../stage.ts';
import { victims } from './poison.ts';

const WORKERS = 2;
const SHARE_DROPPED = 0.02;
/** A slice is one email here: as many people would be a hundred times as many requests. */
const FEWER = 5;

export const forgetfulMailServer: Row = {
  id: '14',
  fault: 'SMTP server that stores the message and drops the line',
  run: async (bench) => {
    const hold = await play(bench, 'hold');
    const retry = await play(bench, 'retry');
    return {
      audit: hold.found,
      checks: [
        ...promises(hold.found),
        ...hold.checks,
        check(
          `hold: ${hold.dropped} unknown, not ${hold.found.unknown}`,
          hold.found.unknown === hold.dropped,
        ),
        ...retry.checks,
        check(`retry: none lost, not ${retry.found.lost}`, retry.found.lost === 0),
        check(`retry: none left open, not ${retry.found.open}`, retry.found.open === 0),
        check(
          `retry: each dropped one repeated, ${retry.dropped} and ${retry.found.repeated}`,
          retry.found.repeated === retry.dropped && retry.dropped > 0,
        ),
      ],
      other: `hold: ${hold.dropped} dropped, ${hold.found.unknown} unknown, ${hold.found.repeated} repeated; retry: ${retry.dropped} dropped, ${retry.found.repeated} repeated, ${retry.found.lost} lost`,
    };
  },
};

async function play(bench: Bench, onUnknown: 'hold' | 'retry') {
  const mail = await startMailServer();
  const { seed } = bench.settings;
  const recipients = Math.ceil(bench.settings.recipients / FEWER);
  const count = Math.max(2, Math.round(recipients * SHARE_DROPPED));
  const unlucky = new Set(
    [...victims(seed, `smtp ${onUnknown}`, count, recipients)].map((place) => addressOf(place + 1)),
  );
  mail.dropAfter = (recipient) => unlucky.delete(recipient); // once each
  const options = {
    name: `row-14-${onUnknown}`,
    recipients,
    provider: asProvider(mail),
    env: {
      MAIL_URL: mail.url,
      SMTP_ON_UNKNOWN: onUnknown,
      SMTP_ALLOW_PLAINTEXT: 'true',
      PAPERBOY_REQUESTS_PER_SECOND: '1000',
    },
  };
  try {
    return await withStage(bench, options, async (stage) => {
      await stage.ask();
      stage.start(WORKERS);
      const settled = await stage.settled();
      return {
        found: await audit(stage),
        dropped: mail.dropped,
        checks: [stood(stage), check(`${onUnknown}: an end`, settled)],
      };
    });
  } finally {
    await mail.close();
  }
}
