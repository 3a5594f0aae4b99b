import { setTimeout as sleep } from 'node:timers/promises';
import { audit } from '../audit.ts';
import { check, type Row } from '../row.ts';
import { withStage } from '../stage.ts';
import { placeOf } from './conflicts.ts';
import { lying } from './network.ts';
import { victims } from './poison.ts';

const WORKERS = 2;
const SLICE = 100;
const STUCK_MS = 20_000;

/** Must show the fault: otherwise this suite could not fail. */
export const withoutKey: Row = {
  id: 'no-key',
  fault: 'control: without the idempotency key mail is repeated',
  run: (bench) =>
    withStage(bench, { name: 'row-no-key' }, async (stage) => {
      stage.provider.keyFor = () => '';
      stage.provider.script = lying(stage.dice, Math.ceil(stage.recipients / SLICE));
      await stage.ask();
      stage.start(WORKERS);
      await stage.settled();
      const found = await audit(stage);
      return {
        audit: found,
        checks: [check(`the fault shows, ${found.repeated} repeated`, found.repeated > 0)],
        other: `${found.accepted - found.recipients} emails too many`,
      };
    }),
};

/** What the first attempt sent is forgotten, and the edition looks otherwise at the next. */
export const renderedAfresh: Row = {
  id: 'afresh',
  fault: 'control: rendered afresh on retry, slices get stuck',
  run: (bench) =>
    withStage(bench, { name: 'row-afresh' }, async (stage) => {
      const slices = Math.ceil(stage.recipients / SLICE);
      const silent = victims(bench.settings.seed, 'afresh', Math.ceil(slices / 5), slices);
      stage.provider.script = ({ key }) =>
        silent.has(placeOf(key)) ? { taken: true, answer: 'drop' } : undefined;
      await stage.ask();
      stage.start(WORKERS);
      await stage.accepted(1);
      await Promise.all(stage.alive().map((worker) => worker.end('SIGKILL')));
      await stage.sql(
        `update editions set frame = jsonb_set(frame, '{postalAddress}', '"2 Other Street"')`,
      );
      await stage.sql(`update slices set fingerprint = null where state in ('open', 'submitting')`);
      stage.provider.script = () => undefined;
      stage.start(WORKERS);
      const until = performance.now() + STUCK_MS;
      const changed = () => [...stage.provider.account.keys.values()].filter((key) => key.changed);
      while (changed().length === 0) await sleep(SLICE);
      await stage.settled(until - performance.now());
      const found = await audit(stage);
      const stuck = (found.open + found.unknown) / SLICE;
      return {
        audit: found,
        checks: [check(`the fault shows, ${stuck} slices stuck`, stuck > 0)],
        other: `${silent.size} slices rendered afresh, ${stuck} stuck`,
      };
    }),
};
