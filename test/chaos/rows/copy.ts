import { queryOnce } from '../../support/databases.ts';
import { type Audit, audit } from '../audit.ts';
import { type Bench, copyDatabase, databaseUrl } from '../bench.ts';
import { later } from '../preload.ts';
import { type Check, check, clean, promises, type Row, stood } from '../row.ts';
import { type Stage, type StageOptions, withStage } from '../stage.ts';
import { paceFor } from './kills.ts';

const WORKERS = 2;
const DAY_MS = 25 * 3_600_000;
const COPY = 'chaos_row_15_copy';

/**
 * A backup is taken while mail goes out, and some time later the first instance dies. A second one on
 * the restored copy carries on, though it knows less than the provider; then the first one comes
 * back. A day later, when the provider has forgotten every key, another copy is started.
 */
export const restoredCopy: Row = {
  id: '15',
  fault: 'a second instance on a restored copy, same day and one day later',
  quick: true,
  run: (bench) => {
    const env = paceFor(bench.settings.recipients, bench.settings.quick ? 8 : 15);
    return withStage(bench, { name: 'row-15', env }, async (first) => {
      const { provider } = first;
      await first.ask();
      await Promise.all(first.start(WORKERS).map(({ ready }) => ready));
      await first.accepted(0.3);
      await restore(bench, first);
      await first.accepted(0.6);
      await killAll(first);
      const copy = { provider, template: COPY, env };
      const second = await live(bench, { ...copy, name: 'row-15-same-day' }, {});
      const sameDay = { accepted: provider.account.accepted, ...numbers(second.found) };
      const [back] = first.start(WORKERS);
      await back?.ready;
      const ended = await first.settled();
      const found = await audit(first);
      await killAll(first);
      provider.keyFor = (key) => `${key}/forgotten`;
      const third = await live(bench, { ...copy, name: 'row-15-next-day' }, later(DAY_MS));
      return {
        audit: { ...found, accepted: provider.account.accepted, repeated: third.found.repeated },
        checks: [
          ...about('same day', second.checks),
          ...about('same day', [clean(second.found)]),
          ...about('the first one again', [
            ...promises(found),
            clean(found),
            stood(first),
            check('an end', ended),
          ]),
          ...about('next day', third.checks),
        ],
        other: `same day: ${sameDay.accepted} accepted in the end, ${sameDay.text}; next day: ${numbers(third.found).text}`,
      };
    });
  },
};

/** A copy from its first process to its last settled slice. */
async function live(bench: Bench, options: StageOptions, env: Readonly<Record<string, string>>) {
  return withStage(bench, options, async (stage) => {
    stage.start(WORKERS, env);
    const settled = await stage.settled();
    const found = await audit(stage);
    // What it skips as too late, the first instance has sent: no stray.
    const kept = promises({ ...found, strays: 0 });
    return { found, checks: [...kept, stood(stage), check('an end', settled)] };
  });
}

const numbers = ({ lost, repeated, open, skipped, unknown }: Audit) => ({
  text: `${lost} lost, ${repeated} repeated, ${open} open, ${skipped} skipped, ${unknown} unknown`,
});

const about = (whom: string, checks: readonly Check[]): Check[] =>
  checks.map(({ promise, kept }) => ({ promise: `${whom}: ${promise}`, kept }));

async function killAll(stage: Stage): Promise<void> {
  await Promise.all(stage.alive().map((worker) => worker.end('SIGKILL')));
}

async function restore(bench: Bench, stage: Stage): Promise<void> {
  const { url } = bench.postgres;
  await queryOnce(url, `drop database if exists ${COPY}`);
  await queryOnce(url, `create database ${COPY}`);
  await copyDatabase(stage.databaseUrl, databaseUrl(url, COPY));
}
