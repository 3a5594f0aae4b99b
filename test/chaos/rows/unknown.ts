import { setTimeout as sleep } from 'node:timers/promises';
import { audit } from '../audit.ts';
import { EDITION } from '../bench.ts';
import { later } from '../preload.ts';
import { check, promises, type Row, stood } from '../row.ts';
import { type Stage, withStage } from '../stage.ts';
import { placeOf } from './conflicts.ts';
import { victims } from './poison.ts';

const WORKERS = 2;
const SLICE = 100;
const UNKNOWN = 20;
const HOUR_MS = 3_600_000;
/** How long a slice is asked for again under its key. */
const KEY_LIFE_MS = 23 * HOUR_MS;
/** What is left of it when the workers come back. */
const LEFT_MS = 15_000;
const UNKNOWN_MS_MAX = 120_000;
const POLL_MS = 100;

export const expiredKeys: Row = {
  id: '11',
  fault: `${UNKNOWN} slices unknown when the key's life ends`,
  run: (bench) =>
    withStage(bench, { name: 'row-11' }, async (stage) => {
      const { account } = stage.provider;
      const slices = Math.ceil(stage.recipients / SLICE);
      const count = Math.min(UNKNOWN, Math.floor(slices / 2));
      const silent = victims(bench.settings.seed, 'silent', count, slices);
      const answerless = { taken: true, answer: 'drop' } as const;
      stage.provider.script = ({ key }) => (silent.has(placeOf(key)) ? answerless : undefined);
      await stage.ask();
      stage.start(WORKERS);
      await stage.accepted(1);
      await answered(stage, slices - count); // of the others the ledger knows that they were taken
      await killAll(stage);
      const since = Math.min(
        ...[...account.keys].filter(([key]) => silent.has(placeOf(key))).map(([, s]) => s.firstAt),
      );
      // The key of some ends while they are asked for again and again,
      stage.start(WORKERS, later(KEY_LIFE_MS - LEFT_MS - (Date.now() - since)));
      const some = await untilUnknown(stage, Math.ceil(count / 4) * SLICE);
      await killAll(stage);
      // that of the others while nobody runs: the provider has forgotten them.
      const before = account.requests.length;
      stage.provider.keyFor = (key) => `${key}/forgotten`;
      stage.start(WORKERS, later(KEY_LIFE_MS + HOUR_MS));
      const settled = await stage.settled();
      const found = await audit(stage);
      const resent = account.requests.length - before;
      const listed = await listedUnknown(stage);
      const mails = count * SLICE;
      return {
        audit: found,
        checks: [
          ...promises(found),
          stood(stage),
          check('an end', settled),
          check(`some ended while we asked, ${some}`, some > 0 && some < mails),
          check(`${mails} unknown, not ${found.unknown}`, found.unknown === mails),
          check(`all listed, not ${listed}`, listed === mails),
          check(`no request under a key that has ended, not ${resent}`, resent === 0),
        ],
        other: `${count} slices: ${found.unknown} unknown (${some} while asking), ${listed} listed, ${resent} requests after the key's end`,
      };
    }),
};

/** Resolves when so many slices are settled. @throws after two minutes. */
async function answered(stage: Stage, slices: number): Promise<void> {
  const until = performance.now() + UNKNOWN_MS_MAX;
  for (;;) {
    const [row] = await stage.sql<{ n: number }>(
      "select count(*)::int as n from slices where state = 'settled'",
    );
    if ((row?.n ?? 0) >= slices) return;
    if (performance.now() > until) throw new Error(`${row?.n} of ${slices} slices were settled`);
    await sleep(POLL_MS);
  }
}

async function killAll(stage: Stage): Promise<void> {
  await Promise.all(stage.alive().map((worker) => worker.end('SIGKILL')));
}

/** @returns how many deliveries are unknown when there are enough, or when that takes too long. */
async function untilUnknown(stage: Stage, enough: number): Promise<number> {
  const until = performance.now() + UNKNOWN_MS_MAX;
  for (;;) {
    const [row] = await stage.sql<{ n: number }>(
      "select count(*)::int as n from deliveries where state = 'unknown'",
    );
    if ((row?.n ?? 0) >= enough || performance.now() > until) return row?.n ?? 0;
    await sleep(POLL_MS);
  }
}

async function listedUnknown(stage: Stage): Promise<number> {
  const args = ['deliveries', '--edition', EDITION, '--state', 'unknown', '--json'];
  const { deliveries } = JSON.parse(await stage.paperboy(args)) as { deliveries: unknown[] };
  return deliveries.length;
}
