import { queryOnce } from '../../support/databases.ts';
import { audit } from '../audit.ts';
import { type Bench, copyDatabase, databaseUrl } from '../bench.ts';
import { later } from '../preload.ts';
import { check, clean, promises, type Row, stood } from '../row.ts';
import { type Stage, withStage } from '../stage.ts';
import { paceFor } from './kills.ts';

const WORKERS = 2;
const DAY_MS = 25 * 3_600_000;
const COPY = 'chaos_row_15_copy';

/**
 * A backup is taken while mail goes out. Soon an instance runs on a restored copy of it, beside the
 * first one, and a day later another one, when the provider has forgotten every key.
 */
export const restoredCopy: Row = {
  id: '15',
  fault: 'a second instance on a restored copy, same day and one day later',
  quick: true,
  run: (bench) => {
    const env = paceFor(bench.settings.recipients, bench.settings.quick ? 8 : 15);
    return withStage(bench, { name: 'row-15', env }, async (stage) => {
      const { provider } = stage;
      await stage.ask();
      await Promise.all(stage.start(WORKERS).map(({ ready }) => ready));
      await stage.accepted(0.3);
      await restore(bench, stage);
      const same = { name: 'row-15-same-day', provider, template: COPY, env };
      const second = await withStage(bench, same, async (copy) => {
        copy.start(WORKERS);
        const ends = await Promise.all([stage.settled(), copy.settled()]);
        return { found: await audit(copy), ends, stood: stood(copy) };
      });
      const found = await audit(stage);
      const own = [...promises(found), clean(found), stood(stage)];
      await Promise.all(stage.alive().map((worker) => worker.end('SIGKILL')));
      provider.keyFor = (key) => `${key}/forgotten`;
      const next = { name: 'row-15-next-day', provider, template: COPY };
      const third = await withStage(bench, next, async (copy) => {
        copy.start(WORKERS, later(DAY_MS));
        const end = await copy.settled();
        return { found: await audit(copy), end, stood: stood(copy) };
      });
      return {
        audit: { ...found, accepted: provider.account.accepted, repeated: third.found.repeated },
        checks: [
          ...own,
          check('an end for the first instance', second.ends[0]),
          check('an end for the copy', second.ends[1]),
          check('an end for the copy one day later', third.end),
          ...[second, third].flatMap((copy, index) =>
            [...promises(copy.found), copy.stood].map(({ promise, kept }) => ({
              promise: `${index === 0 ? 'same day' : 'next day'}: ${promise}`,
              kept,
            })),
          ),
        ],
        other: [
          `same day: ${second.found.open} open, ${second.found.repeated} repeated`,
          `next day: ${third.found.skipped} skipped, ${third.found.unknown} unknown, ${third.found.repeated} repeated`,
        ].join('; '),
      };
    });
  },
};

async function restore(bench: Bench, stage: Stage): Promise<void> {
  const { url } = bench.postgres;
  await queryOnce(url, `drop database if exists ${COPY}`);
  await queryOnce(url, `create database ${COPY}`);
  await copyDatabase(stage.databaseUrl, databaseUrl(url, COPY));
}
