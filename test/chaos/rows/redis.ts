import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { audit, sum } from '../audit.ts';
import type { Bench } from '../bench.ts';
import { check, clean, promises, type Row, stood } from '../row.ts';
import { type Stage, withStage } from '../stage.ts';
import { paceFor } from './kills.ts';

const WORKERS = 2;
const AWAY_MS = 10_000;
const FULL_MS = 6_000;
const SENDING_S = 25;

/** What happens to Redis, and what it is called. */
const troubles = {
  FLUSHALL: (stage: Stage) => asked(stage, (redis) => redis.flushall()),
  SIGKILL: ({ redis }: Stage) => redis.restart('crash'),
  away: async ({ redis }: Stage) => {
    await redis.stop('crash');
    await sleep(AWAY_MS);
    await redis.start();
  },
  'memory full': async (stage: Stage) => {
    await asked(stage, (redis) => redis.config('SET', 'maxmemory', '1'));
    await sleep(FULL_MS);
    await asked(stage, (redis) => redis.config('SET', 'maxmemory', '0'));
  },
} satisfies Record<string, (stage: Stage) => Promise<unknown>>;
type Trouble = keyof typeof troubles;

async function asked(stage: Stage, work: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(stage.redis.url);
  try {
    await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** Each of them twice, side by side: most of it is waiting for what was lost to be asked for again. */
const plans: readonly { appendonly: boolean; order: readonly Trouble[] }[] = [
  { appendonly: false, order: ['FLUSHALL', 'SIGKILL'] },
  { appendonly: false, order: ['SIGKILL', 'FLUSHALL'] },
  { appendonly: true, order: ['SIGKILL', 'memory full', 'away', 'memory full', 'away', 'SIGKILL'] },
];

export const redisTroubles: Row = {
  id: '3',
  fault: 'Redis: FLUSHALL, SIGKILL with and without AOF, 10 s away, memory full: each twice',
  quick: true,
  run: async (bench) => {
    const chosen = bench.settings.quick ? plans.slice(0, 1) : plans;
    const parts = await Promise.all(chosen.map((plan, index) => play(bench, plan, index)));
    const found = sum(parts.map(({ found }) => found));
    const slowest = Math.max(...parts.flatMap(({ waits }) => waits));
    return {
      audit: found,
      checks: [...promises(found), clean(found), ...parts.flatMap(({ checks }) => checks)],
      other: `${parts.flatMap(({ order }) => order).length} troubles, mail went on within ${Math.round(slowest / 1000)} s`,
    };
  },
};

function play(bench: Bench, { appendonly, order }: (typeof plans)[number], index: number) {
  const options = {
    name: `row-3-${index + 1}`,
    redis: { appendonly },
    env: paceFor(bench.settings.recipients, SENDING_S),
  };
  return withStage(bench, options, async (stage) => {
    const { account } = stage.provider;
    await stage.ask();
    stage.start(WORKERS);
    const waits: number[] = [];
    for (const [at, trouble] of order.entries()) {
      await stage.accepted((at + 0.5) / (order.length + 0.5));
      await troubles[trouble](stage);
      const before = account.accepted;
      const from = performance.now();
      await stage.accepted(Math.min(1, (before + 1) / stage.recipients));
      waits.push(performance.now() - from);
    }
    const settled = await stage.settled();
    const found = await audit(stage);
    const checks = [stood(stage), check('an end', settled)];
    return { found, checks, waits, order };
  });
}
