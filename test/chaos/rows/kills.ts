import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type Failpoint, failpoints } from '../../../src/failpoint.ts';
import { audit } from '../audit.ts';
import { check, clean, promises, type Row, stood } from '../row.ts';
import { type Stage, withStage } from '../stage.ts';

const WORKERS = 4;
const SLICE = 100;
/** What one process hands over at a time. */
const AT_ONCE = 4;
const KILL_EVERY_MS = 2_000;
/** Requests per second so that sending lasts about so long. */
export function paceFor(recipients: number, seconds: number): Record<string, string> {
  const requests = Math.ceil(recipients / SLICE);
  return { PAPERBOY_REQUESTS_PER_SECOND: Math.max(0.5, requests / seconds).toFixed(2) };
}

/** Requests that came under a key that was there already. */
const again = ({ provider: { account } }: Stage) => account.requests.length - account.keys.size;

export const randomKills: Row = {
  id: '1',
  fault: 'kill -9 of a random worker every 2 s',
  quick: true,
  run: (bench) => {
    const kills = bench.settings.quick ? 1 : 20;
    // So slow that sending lasts as long as the killing, and every kill meets requests on their way.
    const slices = Math.ceil(bench.settings.recipients / SLICE);
    const answerMs = Math.min(4_000, (kills * KILL_EVERY_MS * WORKERS * AT_ONCE) / slices / 2);
    return withStage(bench, { name: 'row-1' }, async (stage) => {
      const some = () => stage.dice.int(0, answerMs);
      stage.provider.script = () => ({ delayMs: some(), lateMs: some() });
      await stage.ask();
      stage.start(WORKERS);
      await stage.accepted(0.01);
      let busy = 0;
      for (let kill = 0; kill < kills; kill++) {
        await sleep(KILL_EVERY_MS);
        const victim = stage.dice.pick(stage.alive());
        await victim.end('SIGKILL');
        stage.start(1);
        if (stage.provider.account.accepted < stage.recipients) busy += 1;
      }
      const settled = await stage.settled();
      const found = await audit(stage);
      return {
        audit: found,
        checks: [
          ...promises(found),
          clean(found),
          stood(stage),
          check('an end', settled),
          check(`at least half of the kills hit work, not ${busy}`, busy * 2 >= kills),
        ],
        other: `${kills} kills, ${busy} with mail waiting; ${again(stage)} requests repeated`,
      };
    });
  },
};

export const killsAtPlaces: Row = {
  id: '2',
  fault: `kill -9 at ${failpoints.join(', ')}`,
  quick: true,
  run: (bench) => {
    const each = bench.settings.quick ? 1 : 20;
    return withStage(bench, { name: 'row-2' }, async (stage) => {
      // Long enough that a dying process finishes little: there must be slices left to die with.
      stage.provider.script = () => ({ delayMs: stage.dice.int(300, 900) });
      const plan = stage.dice.shuffled(
        failpoints.flatMap((place) => Array.from({ length: each }, () => place)),
      );
      const deaths = new Map<Failpoint, number>(failpoints.map((place) => [place, 0]));
      await stage.ask();
      const lives = Array.from({ length: WORKERS }, () => live(stage, plan, deaths));
      const settled = await stage.settled();
      for (const worker of stage.alive()) await worker.end('SIGKILL');
      await Promise.all(lives);
      const found = await audit(stage);
      const died = [...deaths].map(([place, count]) => `${count} ${place}`).join(', ');
      return {
        audit: found,
        checks: [
          ...promises(found),
          clean(found),
          stood(stage),
          check('an end', settled),
          check(
            `${each} deaths at each place, not ${died}`,
            [...deaths.values()].every((count) => count === each),
          ),
        ],
        other: `died: ${died}; ${again(stage)} requests repeated`,
      };
    });
  },
};

/** Starts a process that dies at the next place of the plan, and another one when it has. */
async function live(stage: Stage, plan: Failpoint[], deaths: Map<Failpoint, number>) {
  for (;;) {
    const place = plan.pop();
    if (place === undefined) {
      stage.start(1);
      return;
    }
    const [worker] = stage.start(1, { PAPERBOY_FAILPOINT: `${place}@1` });
    const end = await worker?.ended;
    if (end === undefined || end.asked) return;
    deaths.set(place, (deaths.get(place) ?? 0) + 1);
  }
}

const STOP_MS_MAX = 10_000;

export const terminations: Row = {
  id: '17',
  fault: 'SIGTERM under load, ten times',
  run: (bench) => {
    const env = paceFor(bench.settings.recipients, 45);
    return withStage(bench, { name: 'row-17', env }, async (stage) => {
      stage.provider.script = () => ({ delayMs: stage.dice.int(100, 800) });
      await stage.ask();
      await Promise.all(stage.start(WORKERS - 1).map(({ ready }) => ready));
      await stage.accepted(0.01);
      const ends = [];
      let busy = 0;
      for (let stop = 0; stop < 10; stop++) {
        const [fresh] = stage.start(1);
        await fresh?.ready;
        await sleep(stage.dice.int(200, 1_200));
        const others = stage.alive().filter((worker) => worker !== fresh);
        if (stage.provider.account.accepted < stage.recipients) busy += 1;
        ends.push(await stage.dice.pick(others).end('SIGTERM'));
      }
      const settled = await stage.settled();
      const stalled = await stalledJobs(stage);
      const found = await audit(stage);
      const slowest = Math.max(...ends.map(({ tookMs }) => tookMs));
      const codes = [...new Set(ends.map(({ code, signal }) => code ?? signal))].join(', ');
      return {
        audit: found,
        checks: [
          ...promises(found),
          clean(found),
          stood(stage),
          check('an end', settled),
          check(`exit code 0, not ${codes}`, codes === '0'),
          check(`each stops within 10 s, not ${Math.round(slowest)} ms`, slowest <= STOP_MS_MAX),
          check(`no job is left to stall, not ${stalled}`, stalled === 0),
          check(`no request is repeated, not ${again(stage)}`, again(stage) === 0),
          check(`at least half of them hit work, not ${busy}`, busy >= 5),
        ],
        other: `${busy} with mail waiting; slowest stop ${Math.round(slowest)} ms, exit ${codes}, ${stalled} stalled jobs, ${again(stage)} requests repeated`,
      };
    });
  },
};

/** Jobs that BullMQ found without their worker, by its own account. */
async function stalledJobs({ redis }: Stage): Promise<number> {
  const client = new Redis(redis.url);
  try {
    const events = await client.xrange('{paperboy}:submit:events', '-', '+');
    return events.filter(([, fields]) => fields[1] === 'stalled').length;
  } finally {
    client.disconnect();
  }
}
