import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { audit } from '../audit.ts';
import { problem } from '../provider.ts';
import { check, clean, promises, type Row, stood } from '../row.ts';
import { type Stage, withStage } from '../stage.ts';

const WORKERS = 2;
/** What one process hands over at a time. */
const AT_ONCE = 4;
const RETRY_AFTER_S = 2;
const QUOTA_S = 60;
const RESUME_MS_MAX = 5_000;
/** Two clocks and two loaded processors disagree by so much. */
const SLACK_MS = 200;

export const busyThenQuota: Row = {
  id: '6',
  fault: '429 with retry-after 2 for 15 s, then a daily quota for a minute',
  quick: true,
  run: (bench) =>
    withStage(bench, { name: 'row-6' }, async (stage) => {
      const { account } = stage.provider;
      const busyMs = bench.settings.quick ? 6_000 : 15_000;
      const window: { busy?: number; quota?: number } = {};
      stage.provider.script = ({ at }) => {
        if (account.accepted >= 0.2 * stage.recipients) window.busy ??= at;
        if (window.busy !== undefined && at < window.busy + busyMs) return tooMany;
        if (bench.settings.quick || account.accepted < 0.5 * stage.recipients) return undefined;
        window.quota ??= at;
        const leftMs = window.quota + QUOTA_S * 1_000 - at;
        return leftMs > 0 ? quotaReached(leftMs) : undefined;
      };
      await stage.ask();
      await Promise.all(stage.start(WORKERS).map(({ ready }) => ready));
      await stage.accepted(0.2);
      await sleep(busyMs);
      const attempts = await attemptsMade(stage);
      const settled = await stage.settled();
      const found = await audit(stage);
      const busy = held(stage, window.busy ?? 0, busyMs);
      const quota =
        window.quota === undefined ? undefined : held(stage, window.quota, QUOTA_S * 1_000);
      const alerts = stage.logbook.count(/daily_quota_exceeded/, 50);
      return {
        audit: found,
        checks: [
          ...promises(found),
          clean(found),
          stood(stage),
          check('an end', settled),
          ...[busy, ...(quota === undefined ? [] : [quota])].flatMap((one) => one.checks),
          check('at most one request in the quota’s window', (quota?.probes ?? 0) === 0),
          check(`no attempt of a job used up, not ${attempts}`, attempts === 0),
          check(`one alert for the quota, not ${alerts}`, quota === undefined || alerts === 1),
        ],
        other: [
          `429: ${busy.burst} in flight, then ${busy.probes} probes, resumed after ${busy.resumedMs} ms`,
          ...(quota === undefined
            ? []
            : [
                `quota: ${quota.burst} in flight, then ${quota.probes}, resumed after ${quota.resumedMs} ms, ${alerts} alert`,
              ]),
          `${attempts} attempts used`,
        ].join('; '),
      };
    }),
};

const tooMany = {
  answer: problem(429, 'rate_limit_exceeded', 'Too many requests', {
    'retry-after': `${RETRY_AFTER_S}`,
    'ratelimit-reset': `${RETRY_AFTER_S}`,
  }),
};

const quotaReached = (leftMs: number) => ({
  answer: problem(429, 'daily_quota_exceeded', 'You have reached your daily email quota', {
    'retry-after': `${Math.ceil(leftMs / 1_000)}`,
  }),
});

/**
 * What came in while the provider took nothing, and how soon it went on afterwards. The first
 * requests were on their way when the first answer said no: as many as run at a time, at most. Every
 * later one must keep its distance.
 */
function held({ provider: { account } }: Stage, from: number, ms: number) {
  const times = account.requests
    .map(({ at }) => at)
    .filter((at) => at >= from && at < from + ms)
    .sort((a, b) => a - b);
  const apart = RETRY_AFTER_S * 1_000 - SLACK_MS;
  const gaps = times.map((at, index) => (times[index + 1] ?? from + ms) - at);
  const burst = gaps.findIndex((gap) => gap >= apart) + 1;
  const crowded = gaps.slice(burst, -1).filter((gap) => gap < apart).length;
  const next = account.takenAt.find((at) => at >= from + ms);
  const resumedMs = (next ?? Number.POSITIVE_INFINITY) - from - ms;
  return {
    burst,
    probes: times.length - burst,
    resumedMs,
    checks: [
      check(`at most ${WORKERS * AT_ONCE} in flight, not ${burst}`, burst <= WORKERS * AT_ONCE),
      check(`at most one request per window, not ${crowded} too early`, crowded === 0),
      check(`resumes within 5 s, not ${resumedMs} ms`, resumedMs <= RESUME_MS_MAX),
    ],
  };
}

/** The most attempts that BullMQ counts for a job that waits. */
async function attemptsMade({ redis }: Stage): Promise<number> {
  const client = new Redis(redis.url);
  try {
    const jobs = await client.keys('{paperboy}:submit:submit-*');
    const made = await Promise.all(
      jobs.filter((key) => !key.endsWith(':lock')).map((key) => client.hget(key, 'atm')),
    );
    return Math.max(0, ...made.map(Number));
  } finally {
    client.disconnect();
  }
}

const DOWN_MS = 10_000;
const CALLS_MAX = 10;
/** Those in flight when it opens, and one each time that it lets one through. */
const MORE_CALLS_MAX = WORKERS * AT_ONCE + 6;
const POLL_MS = 10;

export const errorsOnly: Row = {
  id: '7',
  fault: 'all 5xx for 10 s: a breaker opens within 10 calls',
  alone: true,
  run: (bench) =>
    withStage(bench, { name: 'row-7' }, async (stage) => {
      const { account } = stage.provider;
      let from: number | undefined;
      stage.provider.script = ({ at }) => {
        if (account.accepted >= 0.2 * stage.recipients) from ??= at;
        if (from === undefined || at >= from + DOWN_MS) return undefined;
        const status = stage.dice.pick([500, 502, 503, 504]);
        const taken = stage.dice.next() < 0.3;
        return { taken, answer: problem(status, 'internal_server_error', 'Something broke') };
      };
      await stage.ask();
      await Promise.all(stage.start(WORKERS).map(({ ready }) => ready));
      const opening = callsUntilOpen(stage, () => from);
      const settled = await stage.settled();
      const found = await audit(stage);
      const opened = await opening;
      const since = from ?? 0;
      const calls = account.requests.filter(({ at }) => at >= since && at < since + DOWN_MS).length;
      const resumedMs =
        (account.takenAt.find((at) => at >= since + DOWN_MS) ?? 0) - since - DOWN_MS;
      return {
        audit: found,
        checks: [
          ...promises(found),
          clean(found),
          stood(stage),
          check('an end', settled),
          check(`opens within ${CALLS_MAX} calls, not ${opened}`, opened <= CALLS_MAX),
          check(
            `then one at a time: ${MORE_CALLS_MAX} more at most, not ${calls - opened}`,
            calls - opened <= MORE_CALLS_MAX,
          ),
        ],
        other: `open after ${opened} calls, ${calls} calls in all, resumed after ${resumedMs} ms`,
      };
    }),
};

/** Calls that had come when every process could see that the breaker is open. */
async function callsUntilOpen(stage: Stage, from: () => number | undefined): Promise<number> {
  const { requests } = stage.provider.account;
  const calls = () =>
    requests.filter(({ at }) => at >= (from() ?? Number.POSITIVE_INFINITY)).length;
  for (;;) {
    const brakes = await stage.sql(
      "select from brakes where name = 'provider' and until is not null",
    );
    const started = from();
    if (brakes.length > 0) return calls();
    if (started !== undefined && Date.now() > started + DOWN_MS) return Number.POSITIVE_INFINITY;
    await sleep(POLL_MS);
  }
}

const RATE = 8;
const MANY = 8;

export const rateOverProcesses: Row = {
  id: 'rate',
  fault: `${RATE} requests per second over ${MANY} processes`,
  alone: true,
  run: (bench) => {
    const env = { PAPERBOY_REQUESTS_PER_SECOND: `${RATE}` };
    return withStage(bench, { name: 'row-rate', env }, async (stage) => {
      await Promise.all(stage.start(MANY).map(({ ready }) => ready));
      await stage.send();
      const settled = await stage.settled();
      const found = await audit(stage);
      const times = stage.provider.account.requests.map(({ at }) => at).sort((a, b) => a - b);
      const { most, from } = fullest(times, 1_000);
      const [first = 0] = times;
      const rate = (times.length - 1) / (((times.at(-1) ?? 0) - first) / 1_000);
      return {
        audit: found,
        checks: [
          ...promises(found),
          clean(found),
          stood(stage),
          check('an end', settled),
          check(`no second with more than ${RATE} requests, not ${most}`, most <= RATE),
          check(`a second with at least ${RATE / 2}, not ${most}`, most >= RATE / 2),
        ],
        other: `at most ${most} requests in any second (after ${((from - first) / 1_000).toFixed(1)} s), ${rate.toFixed(1)} per second on average`,
      };
    });
  },
};

/** The window of so many milliseconds with the most requests, wherever it begins. */
function fullest(times: readonly number[], windowMs: number): { most: number; from: number } {
  let first = 0;
  let full = { most: 0, from: 0 };
  for (const [index, at] of times.entries()) {
    while (at - (times[first] ?? 0) >= windowMs) first += 1;
    const most = index - first + 1;
    if (most > full.most) full = { most, from: times[first] ?? 0 };
  }
  return full;
}
