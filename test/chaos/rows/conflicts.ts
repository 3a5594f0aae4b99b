import { audit } from '../audit.ts';
import { type Fault, problem } from '../provider.ts';
import { check, promises, type Row, stood } from '../row.ts';
import { withStage } from '../stage.ts';
import { victims } from './poison.ts';

const WORKERS = 2;
const SLICE = 100;

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
      stage.provider.script = ({ key, attempt }): Fault | undefined => {
        if (placeOf(key) === bitten) {
          return attempt === 1 ? { taken: true, answer: 'drop' } : { answer: otherPayload };
        }
        return busy.has(placeOf(key)) && attempt <= 2
          ? { taken: attempt === 1, answer: inProgress }
          : undefined;
      };
      await stage.ask();
      stage.start(WORKERS);
      const settled = await stage.settled();
      const alerts = stage.logbook.count(/different payload|other bytes/, 50);
      const found = await audit(stage);
      const keys = account.keys.size;
      const again = account.requests.length - keys;
      return {
        audit: found,
        checks: [
          ...promises(found),
          check(`the bitten slice alone is unknown, not ${found.unknown}`, found.unknown === SLICE),
          check(`none refused, not ${found.refused}`, found.refused === 0),
          stood(stage),
          check('an end', settled),
          check(`a key for each of ${slices} slices, not ${keys}`, keys === slices),
          check(`an alert for it, not ${alerts}`, alerts === 1),
        ],
        other: `${busy.size} slices in progress, 1 with another payload; ${keys} keys, ${again} requests repeated, ${alerts} alerts`,
      };
    }),
};
