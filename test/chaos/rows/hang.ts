import { audit } from '../audit.ts';
import { loopProbe } from '../preload.ts';
import { check, clean, promises, type Row, stood } from '../row.ts';
import { type Stage, withStage } from '../stage.ts';
import type { Worker } from '../worker.ts';

const WORKERS = 2;
const HANGING_MS = 5_000;
const P99_MS_MAX = 200;
/** The product's own limit for a request, and a little. */
const TIMEOUT_MS_MAX = 40_000;

export const hangingProvider: Row = {
  id: '9',
  fault: 'provider hangs: timeout, then the same key',
  alone: true,
  run: (bench) =>
    withStage(bench, { name: 'row-9' }, async (stage) => {
      const { account } = stage.provider;
      let from: number | undefined;
      const hung = new Map<string, number>();
      stage.provider.script = ({ at, key }) => {
        if (account.accepted >= 0.3 * stage.recipients) from ??= at;
        if (from === undefined || at >= from + HANGING_MS) return undefined;
        hung.set(key, at);
        return { taken: stage.dice.next() < 0.5, answer: 'hang' };
      };
      await stage.ask();
      const workers = stage.start(WORKERS, loopProbe);
      await Promise.all(workers.map(({ ready }) => ready));
      for (const { pid } of workers) process.kill(pid, 'SIGUSR2');
      const settled = await stage.settled();
      const loops = workers.map((worker) => loopDelay(stage, worker));
      const found = await audit(stage);
      const waits = [...hung].map(([key, at]) => again(stage, key, at));
      const p99 = Math.max(...loops);
      const changed = [...account.keys.values()].filter((story) => story.changed).length;
      return {
        audit: found,
        checks: [
          ...promises(found),
          clean(found),
          stood(stage),
          check('an end', settled),
          check('some requests hung', hung.size > 0),
          check(
            'each asked again under its key',
            waits.every((ms) => ms < TIMEOUT_MS_MAX + 20_000),
          ),
          check(`the same bytes, not ${changed} changed`, changed === 0),
          check(`event loop below ${P99_MS_MAX} ms at p99, not ${p99}`, p99 < P99_MS_MAX),
        ],
        other: `${hung.size} hung, asked again after ${seconds(Math.min(...waits))} to ${seconds(Math.max(...waits))} s; event loop p99 ${Math.round(p99)} ms`,
      };
    }),
};

const seconds = (ms: number) => Math.round(ms / 1_000);

/** How long after a request that hung the next one came under its key. */
function again({ provider: { account } }: Stage, key: string, at: number): number {
  const next = account.requests.find((request) => request.key === key && request.at > at);
  return (next?.at ?? Number.POSITIVE_INFINITY) - at;
}

/** The last that a process told of its event loop, ms at p99. */
function loopDelay({ logbook }: Stage, { pid }: Worker): number {
  return logbook.loops.get(pid) ?? Number.POSITIVE_INFINITY;
}
