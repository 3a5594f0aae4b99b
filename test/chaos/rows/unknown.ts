import { audit } from '../audit.ts';
import { EDITION } from '../bench.ts';
import { check, promises, type Row, stood } from '../row.ts';
import { type Stage, withStage } from '../stage.ts';
import { placeOf } from './conflicts.ts';
import { victims } from './poison.ts';

const WORKERS = 2;
const SLICE = 100;
const UNKNOWN = 20;
/** Of the keys' 23 h, for those whose end comes while we ask again and again. */
const LEFT_S = 10;

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
      await stage.accepted(1); // by the provider; the ledger does not know of all of them
      await Promise.all(stage.alive().map((worker) => worker.end('SIGKILL')));
      const overnight = await travel(stage, [...silent]);
      const asked = () => overnight.map((place) => requestsOf(stage, place));
      const before = asked();
      stage.provider.keyFor = (key) =>
        overnight.includes(placeOf(key)) ? `${key}/forgotten` : key;
      stage.start(WORKERS);
      const settled = await stage.settled();
      const found = await audit(stage);
      const resent = asked().filter((requests, index) => requests !== before[index]).length;
      const listed = await listedUnknown(stage);
      const mails = count * SLICE;
      return {
        audit: found,
        checks: [
          ...promises(found),
          stood(stage),
          check('an end', settled),
          check(`${mails} unknown, not ${found.unknown}`, found.unknown === mails),
          check(`all listed, not ${listed}`, listed === mails),
          check(`no request under a key that has ended, not ${resent}`, resent === 0),
        ],
        other: `${count} slices: ${found.unknown} unknown, ${listed} listed, ${resent} slices resent after their key's end, ${account.requests.length} requests`,
      };
    }),
};

/**
 * Half of the slices are as if their first attempt was 25 h ago, when all processes died; the other
 * half as if their key ended in some seconds.
 * @returns the places of the former.
 */
async function travel(stage: Stage, places: readonly number[]): Promise<number[]> {
  const overnight = places.slice(0, places.length / 2);
  const age = (some: readonly number[], ago: string) =>
    stage.sql(
      `update slices set first_attempt_at = now() - $1::interval, next_try_at = now(),
                         lease_until = case when state = 'submitting' then now() end
        where state in ('open', 'submitting') and place = any ($2)`,
      [ago, some],
    );
  await age(overnight, '25 hours');
  await age(places.slice(places.length / 2), `22 hours 59 minutes ${60 - LEFT_S} seconds`);
  return overnight;
}

const requestsOf = ({ provider: { account } }: Stage, place: number) =>
  account.requests.filter(({ key }) => placeOf(key) === place).length;

async function listedUnknown(stage: Stage): Promise<number> {
  const args = ['deliveries', '--edition', EDITION, '--state', 'unknown', '--json'];
  const { deliveries } = JSON.parse(await stage.paperboy(args)) as { deliveries: unknown[] };
  return deliveries.length;
}
