import { setTimeout as sleep } from 'node:timers/promises';
import { audit } from '../audit.ts';
import { later } from '../preload.ts';
import { type Fault, problem } from '../provider.ts';
import { check, promises, type Row, stood } from '../row.ts';
import { type Stage, withStage } from '../stage.ts';
import { victims } from './poison.ts';

const WORKERS = 2;
const SLICE = 100;
/** How long an answer of an error of ours may go on before an operator comes. */
const WATCHED_MS = 8_000;
const RESUME_MS_MAX = 35_000;
/** How long the product waits after such an answer, and a little. */
const HALT_MS = 310_000;
const POLL_MS = 100;

const inProgress = problem(409, 'concurrent_idempotent_requests', 'Still being worked on', {
  'retry-after': '1',
});
const otherPayload = problem(
  409,
  'invalid_idempotent_request',
  'The key came with a different payload before',
);

/** The number at the end of a slice's key: its place among those that are due together. */
export const placeOf = (key: string) => Number(/-(\d+)$/.exec(key)?.[1] ?? -1);

export const conflicts: Row = {
  id: '10',
  fault: '409 in progress; 409 other payload on our own key: never a new key',
  quick: true,
  run: (bench) =>
    withStage(bench, { name: 'row-10' }, async (stage) => {
      const { account } = stage.provider;
      const slices = Math.ceil(stage.recipients / SLICE);
      const { seed } = bench.settings;
      const busy = victims(seed, 'in progress', Math.ceil(slices * 0.3), slices);
      const [bitten] = victims(seed, 'other payload', 1, slices);
      let wrong = true;
      stage.provider.script = ({ key, attempt }): Fault | undefined => {
        if (placeOf(key) === bitten && wrong) {
          return attempt === 1 ? { taken: true, answer: 'drop' } : { answer: otherPayload };
        }
        return busy.has(placeOf(key)) && attempt <= 2
          ? { taken: attempt === 1, answer: inProgress }
          : undefined;
      };
      await stage.ask();
      stage.start(WORKERS);
      await stage.accepted(0.9);
      await sleep(WATCHED_MS);
      const alerts = stage.logbook.count(/different payload|other bytes/, 50);
      wrong = false;
      const resumedMs = await resumed(stage);
      await Promise.all(stage.alive().map((worker) => worker.end('SIGKILL')));
      stage.start(WORKERS, later(HALT_MS)); // what was in doubt keeps its pace
      const settled = await stage.settled();
      const found = await audit(stage);
      const keys = account.keys.size;
      const again = account.requests.length - keys;
      return {
        audit: found,
        checks: [
          ...promises(found),
          check(
            `at most the bitten slice is unknown, and told so, not ${found.unknown}`,
            found.unknown === 0 || found.unknown === SLICE,
          ),
          check(`none refused, not ${found.refused}`, found.refused === 0),
          stood(stage),
          check('an end', settled),
          check(`a key for each of ${slices} slices, not ${keys}`, keys === slices),
          check(`the error of ours is told, ${alerts} times`, alerts > 0),
          check(`an operator's resume is acted on within 35 s`, resumedMs <= RESUME_MS_MAX),
        ],
        other: `${busy.size} slices in progress, 1 with another payload; ${keys} keys, ${again} requests repeated, ${alerts} alerts, the others through ${Math.round(resumedMs / 1000)} s after the operator's resume`,
      };
    }),
};

/**
 * An operator has mended what was wrong and says so.
 * @returns how long it took until all was submitted but the one slice that is in doubt, ms.
 */
async function resumed(stage: Stage): Promise<number> {
  const from = performance.now();
  await stage.paperboy(['resume', 'provider']);
  for (;;) {
    const ms = performance.now() - from;
    const open = await stage.sql(
      "select from slices where state in ('open', 'submitting') limit 2",
    );
    if (open.length <= 1) return ms;
    if (ms > RESUME_MS_MAX) return Number.POSITIVE_INFINITY;
    await sleep(POLL_MS);
  }
}
